import path from 'node:path'
import type { RepositoryRef } from '../../ports/workspaces.ts'

/** Where everything lies below the data directory. */
export interface Places {
  mirrors: string
  work: string
  mirror(repository: Pick<RepositoryRef, 'id'>): string
  lock(repository: Pick<RepositoryRef, 'id'>): string
  run(run: string): RunPlaces
}

export interface RunPlaces {
  base: string
  /** The working directory: the only part a sandbox sees. */
  tree: string
  index: string
  /** HOME of the run's sandbox. */
  home: string
}

export function places(data_dir: string): Places {
  const mirrors = path.resolve(data_dir, 'mirrors')
  const work = path.resolve(data_dir, 'work')
  return {
    mirrors,
    work,
    mirror: (repository) => path.join(mirrors, `${repository.id}.git`),
    lock: (repository) => path.join(mirrors, `${repository.id}.lock`),
    run: (run) => runPlaces(path.join(work, runName(run))),
  }
}

export function runPlaces(base: string): RunPlaces {
  return { base, tree: path.join(base, 'tree'), index: path.join(base, 'index'), home: path.join(base, 'home') }
}

/** A run's name is a folder and part of a ref. */
export function runName(run: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._@-]{0,199}$/.test(run) || /\.\.|\.lock$|\.$/.test(run)) throw new Error(`not the name of a run: ${JSON.stringify(run)}`)
  return run
}

/** Refs of a run in its mirror: they keep its commits from being collected, and tell any process where it stands. */
export const refs = {
  /** The last commit of the run. */
  head: (run: string) => `refs/missions/${runName(run)}/head`,
  /** The commit that the next commit of the run merges. */
  merge: (run: string) => `refs/missions/${runName(run)}/merge`,
  branch: (branch: string) => `refs/remotes/origin/${branchName(branch)}`,
}

export function branchName(branch: string): string {
  // The rules of git check-ref-format, and no leading dash.
  const wrong = /[\p{Cc} ~^:?*[\\]|\.\.|@\{|\/\/|^[-/]|\/$|\.$|(^|\/)\.|\.lock(\/|$)/u
  if (branch === '' || branch === '@' || wrong.test(branch)) throw new Error(`not the name of a branch: ${JSON.stringify(branch)}`)
  return branch
}
