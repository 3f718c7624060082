import { Sha } from '../../domain/id.ts'
import type { Git } from './command.ts'
import { forkPoint } from './diff.ts'
import { boundaryRule, filterLines, leavesTree, looseCase, pathRule, shown } from './gate-rules.ts'
import { isAncestor } from './merge.ts'
import { records } from './staging.ts'

interface Change {
  path: string
  old_mode: string
  new_mode: string
  old_blob: string
  new_blob: string
}

const size_limit_bytes = 5 * 1024 * 1024
const text_limit_bytes = 1024 * 1024

/** One sentence for each thing that must not be pushed. Reads git objects only, never a working directory. */
export async function gateChange(git: Git, git_dir: string, spec: { base: Sha; head: Sha; merged?: Sha | null; protected: readonly string[]; boundaries: readonly string[] }): Promise<string[]> {
  const { base, head, merged = null } = spec
  const start = await forkPoint(git, git_dir, base, head)
  const changes = await ownChanges(git, git_dir, { start, head, merged })
  const added = changes.filter(({ new_mode }) => new_mode !== '000000')
  const problems = [
    ...changes.flatMap(({ path }) => pathRule(path, spec.protected)),
    ...changes.flatMap(({ path }) => boundaryRule(path, spec.boundaries)),
    ...changes.filter(isGitlink).map(({ path }) => `${shown(path)} is a submodule, which is not allowed.`),
    ...(await linkProblems(git, git_dir, added)),
    ...(await attributeProblems(git, git_dir, changes)),
    ...(await caseProblems(git, git_dir, { head, added })),
    ...(await sizeProblems(git, git_dir, { start, head })),
  ]
  return [...new Set(problems)]
}

/** Without rename detection: a rename is one path that goes and one that comes, and each is judged. */
async function changesOf(git: Git, git_dir: string, start: string, head: string): Promise<Change[]> {
  const { stdout } = await git({ git_dir, args: ['diff-tree', '-r', '-z', '--raw', '--no-renames', '--full-index', start, head] })
  const parts = records(stdout)
  const changes: Change[] = []
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [old_mode = '', new_mode = '', old_blob = '', new_blob = ''] = (parts[at] ?? '').slice(1).split(' ')
    changes.push({ path: parts[at + 1] ?? '', old_mode, new_mode, old_blob, new_blob })
  }
  return changes
}

/** What the other side of a merge brought is not the change's own. */
async function ownChanges(git: Git, git_dir: string, spec: { start: string; head: Sha; merged: Sha | null }): Promise<Change[]> {
  const changes = await changesOf(git, git_dir, spec.start, spec.head)
  if (spec.merged === null || !(await isAncestor(git, git_dir, spec.merged, spec.head))) return changes
  const against = new Set((await changesOf(git, git_dir, spec.merged, spec.head)).map(({ path }) => path))
  return changes.filter(({ path }) => against.has(path))
}

function isGitlink({ old_mode, new_mode }: Change): boolean {
  return old_mode === '160000' || new_mode === '160000'
}

async function linkProblems(git: Git, git_dir: string, added: readonly Change[]): Promise<string[]> {
  const problems: string[] = []
  for (const change of added.filter(({ new_mode }) => new_mode === '120000')) {
    const target = await readBlob(git, git_dir, change.new_blob)
    if (leavesTree(change.path, target)) problems.push(`${shown(change.path)} is a link to ${shown(target)}, which leaves the repository.`)
  }
  return problems
}

/** A filter names a program that runs on a checkout. Lines that were there before are the repository's own. */
async function attributeProblems(git: Git, git_dir: string, changes: readonly Change[]): Promise<string[]> {
  const problems: string[] = []
  for (const change of changes.filter(({ path }) => looseCase(path).split('/').at(-1) === '.gitattributes')) {
    const before = change.old_mode.startsWith('100') ? filterLines(await readBlob(git, git_dir, change.old_blob)) : []
    const after = change.new_mode.startsWith('100') ? filterLines(await readBlob(git, git_dir, change.new_blob)) : []
    if (after.some((line) => !before.includes(line))) problems.push(`${shown(change.path)} names a filter, which would run a program on a checkout.`)
    if (change.new_mode === '120000') problems.push(`${shown(change.path)} is a link, which is not allowed for attributes.`)
  }
  return problems
}

/** Two names that differ in case or in Unicode form only are one file on other systems. Folders count. */
async function caseProblems(git: Git, git_dir: string, spec: { head: Sha; added: readonly Change[] }): Promise<string[]> {
  const fresh = new Set(spec.added.filter(({ old_mode }) => old_mode === '000000').map(({ path }) => path))
  if (fresh.size === 0) return []
  const { stdout } = await git({ git_dir, args: ['ls-tree', '-r', '-z', '--name-only', '--full-tree', spec.head] })
  const known = new Map<string, string>()
  const problems: string[] = []
  // The old names first, so that the sentence names the new one.
  for (const path of records(stdout).toSorted((a, b) => Number(fresh.has(a)) - Number(fresh.has(b)))) {
    const steps = path.split('/')
    for (let depth = 1; depth <= steps.length; depth++) {
      const prefix = steps.slice(0, depth).join('/')
      const loose = looseCase(prefix)
      const other = known.get(loose) ?? prefix
      if (other !== prefix && fresh.has(path)) problems.push(`${shown(path)} differs from ${shown(other)} in upper and lower case only.`)
      if (other !== prefix) break
      known.set(loose, prefix)
    }
  }
  return problems
}

/** Every blob of every new commit, also one that a later commit took away: it would be pushed all the same. */
async function sizeProblems(git: Git, git_dir: string, spec: { start: string; head: Sha }): Promise<string[]> {
  const range = Sha.safeParse(spec.start).success && (await isCommit(git, git_dir, spec.start)) ? [`^${spec.start}`] : []
  const listed = await git({ git_dir, args: ['rev-list', '--objects', spec.head, ...range] })
  const names = new Map(
    listed.stdout
      .toString('utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, 40), line.slice(41)]),
  )
  const sizes = await git({ git_dir, args: ['cat-file', '--batch-check=%(objecttype) %(objectname) %(objectsize)'], stdin: `${[...names.keys()].join('\n')}\n` })
  return sizes.stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([type, , size]) => type === 'blob' && Number(size) > size_limit_bytes)
    .map(([, blob = '', size]) => `${shown(names.get(blob) ?? blob)} has ${(Number(size) / 1024 / 1024).toFixed(1)} MB; more than 5 MB is not pushed.`)
}

async function isCommit(git: Git, git_dir: string, sha: string): Promise<boolean> {
  return (await git({ git_dir, args: ['cat-file', '-t', sha] })).stdout.toString('utf8').trim() === 'commit'
}

async function readBlob(git: Git, git_dir: string, blob: string): Promise<string> {
  return (await git({ git_dir, args: ['cat-file', 'blob', blob], limit_bytes: text_limit_bytes, beyond: 'cut' })).stdout.toString('utf8')
}
