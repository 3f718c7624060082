import { lstat, rm } from 'node:fs/promises'
import path from 'node:path'
import { GitFailed } from './command.ts'
import type { Git, GitAnswer, GitCall } from './command.ts'
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

export interface Candidates {
  /** To be taken in as they are now. */
  present: string[]
  /** Tracked, and no longer there. */
  gone: string[]
  /** Directories that are git repositories of their own; these are not taken. */
  nested: string[]
}

/** Paths of the working directory that differ from the index. A submodule of the repository is left as it is. */
export async function candidates(staging: Staging, signal?: AbortSignal): Promise<Candidates> {
  await onTree(staging, ['update-index', '-q', '--refresh', '--ignore-submodules'], { signal, answers: [1] })
  const [changed, others] = await Promise.all([
    onTree(staging, ['diff-files', '-z', '--name-status', '--no-renames', '--ignore-submodules=all'], { signal }),
    onTree(staging, ['ls-files', '-z', '--others', '--exclude-standard'], { signal }),
  ])
  const found: Candidates = { present: [], gone: [], nested: [] }
  const parts = records(changed.stdout)
  for (let at = 0; at + 1 < parts.length; at += 2) (parts[at] === 'D' ? found.gone : found.present).push(parts[at + 1] ?? '')
  for (const name of records(others.stdout)) (name.endsWith('/') ? found.nested : found.present).push(name)
  return found
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
  const { git, git_dir, run } = staging
  for (const file of [`${run.index}.lock`, run.index]) await rm(file, { force: true })
  await git({ git_dir, index: run.index, args: ['read-tree', await staging.head()] })
}

async function stageOnce(staging: Staging, signal?: AbortSignal): Promise<{ tree: string; nested: string[] }> {
  const { present, gone, nested } = await candidates(staging, signal)
  await checkFiles(staging.run.tree, present)
  if (gone.length > 0) await onTree(staging, ['update-index', '-z', '--force-remove', '--stdin'], { stdin: list(gone), signal })
  if (present.length > 0) {
    const { stderr } = await onTree(staging, ['update-index', '-z', '--add', '--remove', '--replace', '--stdin'], { stdin: list(present), signal })
    const ignored = /^Ignoring path (.*)$/m.exec(stderr)?.[1]
    if (ignored !== undefined) throw new WorkspaceRefused(`${ignored} is not a path that git takes; delete it.`)
  }
  const tree = await staging.git({ git_dir: staging.git_dir, index: staging.run.index, args: ['write-tree'], signal })
  return { tree: tree.stdout.toString('utf8').trim(), nested }
}

async function checkFiles(tree: string, paths: readonly string[]): Promise<void> {
  for (const name of paths) {
    if (name.includes('\uFFFD')) throw new WorkspaceRefused(`${name} is not valid UTF-8; give the file another name.`)
    const found = await lstat(path.join(tree, name)).catch(() => undefined)
    if (found?.isFile() && found.size > file_limit_bytes) throw new WorkspaceRefused(`${name} is larger than ${file_limit_bytes / 1024 / 1024} MB; delete it or name it in .gitignore.`)
  }
}

/** Every command that reads the directory while an agent may be writing to it goes through here, confined. */
async function onTree(staging: Staging, args: readonly string[], more: Pick<GitCall, 'stdin' | 'signal' | 'answers'>): Promise<GitAnswer> {
  const { git, git_dir, run } = staging
  return git({ git_dir, work_tree: run.tree, index: run.index, args, confined_to: run.base, timeout_ms: 5 * 60 * 1000, ...more })
}

export function records(output: Buffer): string[] {
  return output.toString('utf8').split('\0').filter(Boolean)
}

function list(paths: readonly string[]): string {
  return paths.map((name) => `${name}\0`).join('')
}
