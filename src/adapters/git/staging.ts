import { lstat } from 'node:fs/promises'
import path from 'node:path'
import { GitFailed } from './command.ts'
import type { Git, GitCall } from './command.ts'
import type { RunPlaces } from './places.ts'

export interface Staging {
  git: Git
  git_dir: string
  run: RunPlaces
  /** What the index falls back to when it is lost or broken. */
  head: () => Promise<string>
}

/** The directory holds something that does not belong in a commit; the sentence is for its author. */
export class WorkspaceRefused extends Error {
  readonly retryable = false
}

const file_limit_bytes = 50 * 1024 * 1024

/** Paths of the working directory that differ from the index, and the nested repositories that are not taken. */
export async function candidates(staging: Staging, signal?: AbortSignal): Promise<{ paths: string[]; nested: string[] }> {
  const [changed, others] = await Promise.all([
    onTree(staging, ['ls-files', '-z', '--modified', '--format=%(objectmode) %(path)'], { signal }),
    onTree(staging, ['ls-files', '-z', '--others', '--exclude-standard'], { signal }),
  ])
  // A submodule of the repository is never touched; a directory that is a repository of its own is listed with a slash.
  const tracked = records(changed).flatMap((record) => (record.startsWith('160000 ') ? [] : [record.slice(7)]))
  const fresh = records(others)
  return {
    paths: [...new Set([...tracked, ...fresh.filter((name) => !name.endsWith('/'))])].toSorted(),
    nested: fresh.filter((name) => name.endsWith('/')),
  }
}

/**
 * Brings the index to what the directory holds and answers the tree. Plumbing, not `git add`: that one would ask nested
 * repositories for their state, with the settings that it finds there.
 */
export async function stage(staging: Staging, signal?: AbortSignal): Promise<{ tree: string; nested: string[] }> {
  try {
    return await stageOnce(staging, signal)
  } catch (error) {
    if (!(error instanceof GitFailed)) throw error
  }
  await resetIndex(staging)
  return stageOnce(staging, signal)
}

export async function resetIndex(staging: Staging): Promise<void> {
  await staging.git({ git_dir: staging.git_dir, index: staging.run.index, args: ['read-tree', '--reset', await staging.head()] })
}

async function stageOnce(staging: Staging, signal?: AbortSignal): Promise<{ tree: string; nested: string[] }> {
  const { paths, nested } = await candidates(staging, signal)
  await checkSizes(staging.run.tree, paths)
  const stdin = paths.map((name) => `${name}\0`).join('')
  if (paths.length > 0) await onTree(staging, ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], { stdin, signal })
  const tree = await staging.git({ git_dir: staging.git_dir, index: staging.run.index, args: ['write-tree'], signal })
  return { tree: tree.stdout.toString('utf8').trim(), nested }
}

async function checkSizes(tree: string, paths: readonly string[]): Promise<void> {
  for (const name of paths) {
    const found = await lstat(path.join(tree, name)).catch(() => undefined)
    if (found?.isFile() && found.size > file_limit_bytes)
      throw new WorkspaceRefused(`${name} is larger than ${file_limit_bytes / 1024 / 1024} MB; delete it or name it in .gitignore.`)
  }
}

/** Every command that reads the directory while an agent may be writing to it goes through here, confined. */
async function onTree(staging: Staging, args: readonly string[], more: Pick<GitCall, 'stdin' | 'signal'>): Promise<Buffer> {
  const { git, git_dir, run } = staging
  const answer = await git({ git_dir, work_tree: run.tree, index: run.index, args, confined_to: run.base, timeout_ms: 5 * 60 * 1000, ...more })
  return answer.stdout
}

export function records(output: Buffer): string[] {
  return output.toString('utf8').split('\0').filter(Boolean)
}
