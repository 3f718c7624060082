import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Sha } from '../../domain/id.ts'
import type { RepositoryRef, Workspace } from '../../ports/workspaces.ts'
import { messageOf, writeCommit } from './commits.ts'
import type { Author } from './commits.ts'
import type { Git } from './command.ts'
import { diffCommits } from './diff.ts'
import { isAncestor, mergedTree } from './merge.ts'
import { isThere } from './mirrors.ts'
import type { Mirrors } from './mirrors.ts'
import { refs, runPlaces } from './places.ts'
import type { Places, RunPlaces } from './places.ts'
import { candidates, records, resetIndex, stage, WorkspaceRefused } from './staging.ts'
import type { Staging } from './staging.ts'

export interface WorkspaceParts {
  git: Git
  mirrors: Mirrors
  places: Places
  author: Author
}

export interface WorkspaceSpec {
  repository: RepositoryRef
  run: string
  at: Sha
  merge?: Sha
}

/**
 * There is no git directory for a run: its objects and refs are the mirror's, its index lies beside its tree. So nothing has to be
 * registered anywhere, any number can be opened at once, and every commit is there for every process as soon as it is made.
 */
export async function openWorkspace(parts: WorkspaceParts, spec: WorkspaceSpec, signal?: AbortSignal): Promise<Workspace> {
  const { mirrors, places } = parts
  const run = places.run(spec.run)
  await mirrors.ensure(spec.repository, [spec.at, ...(spec.merge === undefined ? [] : [spec.merge])], signal)
  await mirrors.use(spec.repository, (dir) => prepare(parts, { ...spec, dir, run }, signal), signal)
  return workspace(parts, { ...spec, dir: places.mirror(spec.repository), place: run })
}

async function prepare(parts: WorkspaceParts, spec: Omit<WorkspaceSpec, 'run'> & { dir: string; run: RunPlaces }, signal?: AbortSignal): Promise<void> {
  const { git } = parts
  const { dir, run } = spec
  const name = path.basename(run.base)
  const known = await standing(git, dir, name)
  if (known.head === null) await begin(git, dir, { name, at: spec.at, merge: spec.merge })
  if ((await isThere(run.tree)) && (await isThere(run.index))) {
    await mkdir(run.home, { recursive: true })
    await rm(`${run.index}.lock`, { force: true }) // Left by a git that was killed.
    if (known.head === null) await resetIndex({ git, git_dir: dir, run, head: async () => spec.at })
    return
  }
  await build(parts, { dir, run, name }, signal)
}

/** Made aside and moved into place, so that a directory that is there is whole. */
async function build(parts: WorkspaceParts, spec: { dir: string; run: RunPlaces; name: string }, signal?: AbortSignal): Promise<void> {
  const { git, places } = parts
  const { dir, run, name } = spec
  const { head, merge } = await standing(git, dir, name)
  if (head === null) throw new Error(`the run ${name} was released while it was being opened`)
  const aside = runPlaces(path.join(places.work, `.new-${name}-${randomUUID()}`))
  const old = path.join(places.work, `.old-${name}-${randomUUID()}`)
  await mkdir(aside.tree, { recursive: true })
  await mkdir(aside.home)
  try {
    const tree = merge === null ? head : await mergedTree(git, dir, { ours: head, theirs: merge, aside: aside.base })
    const args = ['read-tree', '--reset', '-u', '--no-recurse-submodules', tree]
    await git({ git_dir: dir, work_tree: aside.tree, index: aside.index, args, timeout_ms: 10 * 60 * 1000, signal })
    if (await isThere(run.base)) await rename(run.base, old).catch(unless('ENOENT'))
    await rename(aside.base, run.base).catch(unless('ENOTEMPTY', 'EEXIST')) // Another process was first: its directory is as good.
  } finally {
    await rm(aside.base, { recursive: true, force: true })
    await rm(old, { recursive: true, force: true })
  }
}

function workspace(parts: WorkspaceParts, spec: WorkspaceSpec & { dir: string; place: RunPlaces }): Workspace {
  const { git, author } = parts
  const { dir, run, place } = spec
  const staging: Staging = { git, git_dir: dir, run: place, head }
  const lane = oneByOne()

  async function head(): Promise<Sha> {
    const at = (await standing(git, dir, run)).head
    if (at === null) throw new Error(`the run ${run} was released`)
    return at
  }

  async function commit(message: Parameters<Workspace['commit']>[0]): Promise<Sha | null> {
    const { tree, nested } = await stage(staging)
    if (nested[0] !== undefined) throw new WorkspaceRefused(`${nested[0]} is a git repository of its own; delete its .git or name it in .gitignore.`)
    const { merge } = await standing(git, dir, run)
    const at = await head()
    const before = await git({ git_dir: dir, args: ['rev-parse', '--verify', `${at}^{tree}`] })
    if (before.stdout.toString('utf8').trim() === tree && merge === null) return null
    const parents = merge === null ? [at] : [at, merge]
    const seconds = Math.floor(message.at.getTime() / 1000)
    const sha = await writeCommit(git, dir, { tree, parents, message: messageOf(message.text, message.trailers), author, seconds })
    const lines = [`update ${refs.head(run)} ${sha} ${at}`, ...(merge === null ? [] : [`delete ${refs.merge(run)} ${merge}`])]
    await git({ git_dir: dir, args: ['update-ref', '--stdin'], stdin: `${lines.join('\n')}\n` })
    return sha
  }

  async function changed(): Promise<string[]> {
    const args = ['diff-index', '--cached', '--name-only', '--no-renames', '-z', await head()]
    const staged = await git({ git_dir: dir, index: place.index, args })
    const { present, gone } = await candidates(staging)
    return [...new Set([...records(staged.stdout), ...present, ...gone])].toSorted()
  }

  async function diff(from: Sha): ReturnType<Workspace['diff']> {
    await parts.mirrors.ensure(spec.repository, [from])
    const { tree } = await stage(staging)
    return diffCommits(git, dir, { base: from, head: await head(), tree })
  }

  async function files(): ReturnType<Workspace['files']> {
    const { stdout } = await git({ git_dir: dir, index: place.index, args: ['ls-files', '--stage', '-z'], limit_bytes: 64 * 1024 * 1024 })
    return records(stdout).map((record) => {
      const [mode = '', oid = ''] = record.split(' ')
      return { path: record.slice(record.indexOf('\t') + 1), mode, oid }
    })
  }

  async function exportTo(to: string): Promise<void> {
    const args = ['checkout-index', '--all', '--force', `--prefix=${path.resolve(to)}/`]
    await git({ git_dir: dir, work_tree: to, index: place.index, args, timeout_ms: 10 * 60 * 1000 })
  }

  return {
    dir: place.tree,
    home: place.home,
    files: () => lane(files),
    export: (to) => lane(() => exportTo(to)),
    head,
    commit: (message) => lane(() => commit(message)),
    changed: () => lane(changed),
    diff: (from) => lane(() => diff(from)),
  }
}

/** Where the run stands, from the mirror alone. A merge that the head holds already is no longer to be done. */
async function standing(git: Git, dir: string, run: string): Promise<{ head: Sha | null; merge: Sha | null }> {
  const listed = await git({ git_dir: dir, args: ['for-each-ref', '--format=%(refname) %(objectname)', `refs/missions/${run}`] })
  const found = new Map(listed.stdout.toString('utf8').split('\n').filter(Boolean).map(pair))
  const head = found.get(refs.head(run)) ?? null
  const merge = found.get(refs.merge(run)) ?? null
  if (head === null || merge === null) return { head, merge: null }
  return { head, merge: (await isAncestor(git, dir, merge, head)) ? null : merge }
}

async function begin(git: Git, dir: string, spec: { name: string; at: Sha; merge: Sha | undefined }): Promise<void> {
  const merge = spec.merge === undefined ? [] : [`update ${refs.merge(spec.name)} ${spec.merge}`]
  const lines = [`update ${refs.head(spec.name)} ${spec.at}`, ...merge]
  await git({ git_dir: dir, args: ['update-ref', '--stdin'], stdin: `${lines.join('\n')}\n` })
}

function pair(line: string): [string, Sha] {
  const space = line.indexOf(' ')
  return [line.slice(0, space), Sha.parse(line.slice(space + 1))]
}

function unless(...codes: string[]): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!codes.includes(error.code ?? '')) throw error
  }
}

/** The index of a run has one user at a time. */
function oneByOne(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }
}
