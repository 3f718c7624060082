import { randomUUID } from 'node:crypto'
import { access as exists, lstat, mkdir, rename, rm, unlink } from 'node:fs/promises'
import path from 'node:path'
import type { Sha } from '../../domain/id.ts'
import type { RepositoryRef } from '../../ports/workspaces.ts'
import { checkAccess } from './access.ts'
import type { Access } from './access.ts'
import { GitFailed } from './command.ts'
import type { Git } from './command.ts'
import { withLock } from './lock.ts'
import type { Places } from './places.ts'

export type Credential = (repository: RepositoryRef, access: 'read' | 'write') => Promise<Access>

/** One bare repository per GitHub repository: its branches under refs/remotes/origin, the runs' commits under refs/missions. */
export interface Mirrors {
  /** Works on the mirror; it is there, and a broken one is healed and the work repeated once. */
  use<T>(repository: RepositoryRef, work: (dir: string) => Promise<T>, signal?: AbortSignal): Promise<T>
  /** All branches as they stand now. */
  fetch(repository: RepositoryRef, signal?: AbortSignal): Promise<void>
  /** The commits are in the mirror; fetches when they are not yet. Throws `CommitMissing`. */
  ensure(repository: RepositoryRef, commits: readonly Sha[], signal?: AbortSignal): Promise<void>
}

export class CommitMissing extends GitFailed {
  constructor(commits: readonly string[]) {
    super('fetch', null, `${commits.join(', ')} is not in the repository`)
  }
}

const fetch_timeout_ms = 20 * 60 * 1000
const stale_lock_ms = 3500

export function createMirrors(parts: { git: Git; places: Places; credential: Credential }): Mirrors {
  const { git, places, credential } = parts

  async function use<T>(repository: RepositoryRef, work: (dir: string) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const dir = places.mirror(repository)
    await present(repository, signal)
    try {
      return await work(dir)
    } catch (error) {
      if (!(error instanceof GitFailed) || !(await heal(repository, error, signal))) throw error
    }
    return work(dir)
  }

  async function fetch(repository: RepositoryRef, signal?: AbortSignal): Promise<void> {
    if ((await present(repository, signal)) === 'new') return
    await use(repository, (dir) => withLock(places.lock(repository), () => fetchInto(dir, repository, branches, signal), signal), signal)
  }

  async function ensure(repository: RepositoryRef, commits: readonly Sha[], signal?: AbortSignal): Promise<void> {
    const missing = (): Promise<Sha[]> => use(repository, (dir) => missingIn(dir, commits), signal)
    if ((await missing()).length === 0) return
    await fetch(repository, signal)
    const rest = await missing()
    if (rest.length === 0) return
    // GitHub gives any commit that some ref of its own still reaches, such as the head of a pull request whose branch is gone.
    await use(repository, (dir) => fetchInto(dir, repository, rest, signal), signal).catch((error: unknown) => {
      if (error instanceof GitFailed) throw new CommitMissing(rest)
      throw error
    })
  }

  async function present(repository: RepositoryRef, signal?: AbortSignal): Promise<'there' | 'new'> {
    const there = (): Promise<boolean> => isThere(path.join(places.mirror(repository), 'HEAD'))
    if (await there()) return 'there'
    return withLock(places.lock(repository), async () => ((await there()) ? 'there' : build(repository, signal)), signal)
  }

  /** Made aside and moved into place: a mirror that is there is whole. What a broken one still holds of runs is taken over. */
  async function build(repository: RepositoryRef, signal?: AbortSignal): Promise<'new'> {
    const dir = places.mirror(repository)
    const fresh = path.join(places.mirrors, `.new-${repository.id}-${randomUUID()}`)
    const old = path.join(places.mirrors, `.old-${repository.id}-${randomUUID()}`)
    try {
      await mkdir(places.mirrors, { recursive: true })
      await git({ git_dir: fresh, args: ['init', '--bare', '--quiet', '--template='], signal })
      await fetchInto(fresh, repository, branches, signal)
      await git({ git_dir: fresh, args: ['pack-refs', '--all'], signal })
      if (await isThere(dir)) {
        await salvage(dir, fresh, signal)
        await rename(dir, old)
      }
      await rename(fresh, dir)
      return 'new'
    } finally {
      await rm(fresh, { recursive: true, force: true })
      await rm(old, { recursive: true, force: true })
    }
  }

  async function salvage(from: string, into: string, signal?: AbortSignal): Promise<void> {
    const listed = await git({ git_dir: from, args: ['for-each-ref', '--format=%(refname)', 'refs/missions'], answers: [128], signal }).catch(nothing)
    for (const ref of listed?.stdout.toString('utf8').split('\n').filter(Boolean) ?? []) {
      const args = ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', from, `${ref}:${ref}`]
      await git({ git_dir: into, args, access: { url: from, authorization: '' }, signal }).catch(nothing)
    }
  }

  async function fetchInto(dir: string, repository: RepositoryRef, specs: readonly string[], signal?: AbortSignal): Promise<void> {
    const access = checkAccess(await credential(repository, 'read'))
    const prune = specs === branches ? ['--prune'] : []
    const args = ['fetch', '--quiet', ...prune, '--no-tags', '--no-write-fetch-head', '--no-recurse-submodules', access.url, ...specs]
    await git({ git_dir: dir, args, access, timeout_ms: fetch_timeout_ms, signal })
  }

  async function missingIn(dir: string, commits: readonly Sha[]): Promise<Sha[]> {
    const { stdout } = await git({ git_dir: dir, args: ['cat-file', '--batch-check=%(objecttype)'], stdin: `${commits.join('\n')}\n` })
    const types = stdout.toString('utf8').trimEnd().split('\n')
    return commits.filter((_, position) => types[position] !== 'commit')
  }

  /** True when something was mended, so that the same work has a chance now. */
  async function heal(repository: RepositoryRef, error: GitFailed, signal?: AbortSignal): Promise<boolean> {
    const dir = places.mirror(repository)
    const lock = /Unable to create '([^']+\.lock)': File exists/.exec(error.stderr)?.[1]
    if (lock?.startsWith(dir + path.sep)) return removeStale(lock)
    if (!looksBroken.test(error.stderr)) return false
    return withLock(
      places.lock(repository),
      async () => {
        if (await isWhole(dir)) return notThere.test(error.stderr) // Another process was exchanging it just then.
        await build(repository, signal)
        return true
      },
      signal,
    )
  }

  async function isWhole(dir: string): Promise<boolean> {
    const check = await git({ git_dir: dir, args: ['fsck', '--full', '--no-dangling', '--no-progress'], answers: [1, 2, 3, 4, 5, 6, 7, 8, 128], timeout_ms: fetch_timeout_ms })
    return !looksBroken.test(check.stderr) && !/^(missing|broken) /m.test(check.stdout.toString('utf8'))
  }

  return { use, fetch, ensure }
}

const branches: readonly string[] = ['+refs/heads/*:refs/remotes/origin/*']
const notThere = /not a git repository/i
const looksBroken =
  /not a git repository|bad object|bad tree object|unable to read|could not read|corrupt|invalid object|object file .* is empty|packfile|too short to be a|missing (blob|tree|commit)|bad config|inflate|nonexistent object|invalid sha1 pointer|did not send all necessary objects|unable to unpack|garbage at end|bad signature/i

/** Git itself waited for it and no git of ours holds one that long: its owner was killed. */
async function removeStale(lock: string): Promise<boolean> {
  const found = await lstat(lock).catch(nothing)
  if (found === undefined) return true
  if (Date.now() - found.mtimeMs < stale_lock_ms) return false
  await unlink(lock).catch(nothing)
  return true
}

export function isThere(file: string): Promise<boolean> {
  return exists(file).then(
    () => true,
    () => false,
  )
}

function nothing(): undefined {
  return undefined
}
