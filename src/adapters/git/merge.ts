import { randomUUID } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import type { Sha } from '../../domain/id.ts'
import { writeCommit } from './commits.ts'
import type { Author } from './commits.ts'
import type { Git } from './command.ts'
import { records } from './staging.ts'

/** A merge commit without a working directory. Same parents and message, same commit: its date is the later one of its parents'. */
export async function mergeCommits(
  git: Git,
  git_dir: string,
  spec: { ours: Sha; theirs: Sha; message: string; author: Author },
): Promise<{ outcome: 'merged' | 'already'; sha: Sha } | { outcome: 'conflict'; paths: string[] }> {
  const { ours, theirs, message, author } = spec
  if (await isAncestor(git, git_dir, theirs, ours)) return { outcome: 'already', sha: ours }
  const args = ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', '--allow-unrelated-histories', ours, theirs]
  const merged = await git({ git_dir, args, answers: [1] })
  const [tree = '', ...paths] = records(merged.stdout)
  if (merged.code === 1) return { outcome: 'conflict', paths: [...new Set(paths)].toSorted() }
  const dates = await git({ git_dir, args: ['show', '-s', '--format=%ct', ours, theirs] })
  const seconds = Math.max(...dates.stdout.toString('utf8').trim().split(/\s+/).map(Number))
  return { outcome: 'merged', sha: await writeCommit(git, git_dir, { tree, parents: [ours, theirs], message, author, seconds }) }
}

/** The tree of a merge with its conflicts in the files, marked with the branches' names. */
export async function mergedTree(git: Git, git_dir: string, spec: { ours: Sha; theirs: Sha; aside: string }): Promise<string> {
  // The marks repeat the words that the two sides were called by. Here those are branches of a repository that lives for this one
  // call and has its objects in the mirror, so that no other ref can take their meaning.
  const labels = path.join(spec.aside, `labels-${randomUUID()}`)
  const ours = `ours/${await label(git, git_dir, spec.ours)}`
  const theirs = `theirs/${await label(git, git_dir, spec.theirs)}`
  try {
    await writeRefs(labels, { [ours]: spec.ours, [theirs]: spec.theirs })
    const args = ['merge-tree', '--write-tree', '-z', '--no-messages', '--allow-unrelated-histories', ours, theirs]
    const merged = await git({ git_dir: labels, args, answers: [1], env: { GIT_OBJECT_DIRECTORY: path.join(git_dir, 'objects') } })
    return records(merged.stdout)[0] ?? ''
  } finally {
    await rm(labels, { recursive: true, force: true })
  }
}

export async function isAncestor(git: Git, git_dir: string, ancestor: string, head: string): Promise<boolean> {
  return (await git({ git_dir, args: ['merge-base', '--is-ancestor', ancestor, head], answers: [1] })).code === 0
}

/** The branch that stands at the commit, else its short name. */
async function label(git: Git, git_dir: string, sha: Sha): Promise<string> {
  const args = ['for-each-ref', `--points-at=${sha}`, '--format=%(refname:lstrip=3)', 'refs/remotes/origin']
  const [branch] = (await git({ git_dir, args })).stdout.toString('utf8').split('\n').filter(Boolean)
  return branch ?? sha.slice(0, 12)
}

async function writeRefs(dir: string, branches: Record<string, Sha>): Promise<void> {
  await mkdir(path.join(dir, 'refs'), { recursive: true })
  await writeFile(path.join(dir, 'HEAD'), 'ref: refs/heads/none\n')
  for (const [name, sha] of Object.entries(branches)) {
    const file = path.join(dir, 'refs/heads', name)
    await mkdir(path.dirname(file), { recursive: true })
    await writeFile(file, `${sha}\n`)
  }
}
