import { readCommit, readCommits, writeCommit } from './commits.ts'
import type { Person } from './commits.ts'
import { git, GitFailed } from './run.ts'

/** The merged tree, or `null` on a conflict. */
export async function mergeTrees(dir: string, ours: string, theirs: string): Promise<string | null> {
  try {
    const [tree = ''] = (await git(dir, ['merge-tree', '--write-tree', '--allow-unrelated-histories', ours, theirs])).split('\n')
    return tree
  } catch (error) {
    if (error instanceof GitFailed && error.code === 1) return null
    throw error
  }
}

export interface MergeRequest {
  base: string
  head: string
  message: string
  author: Person
  committer: Person
}

/** Each way answers the new head of the base, or `null` on a conflict. */
export async function mergeCommit(dir: string, request: MergeRequest): Promise<string | null> {
  const { base, head, message, author, committer } = request
  const tree = await mergeTrees(dir, base, head)
  return tree === null ? null : writeCommit(dir, { tree, parents: [base, head], message, author, committer })
}

export async function squash(dir: string, request: MergeRequest): Promise<string | null> {
  const { base, head, message, author, committer } = request
  const tree = await mergeTrees(dir, base, head)
  return tree === null ? null : writeCommit(dir, { tree, parents: [base], message, author, committer })
}

export async function rebase(dir: string, request: MergeRequest): Promise<string | null> {
  const { base, head, committer } = request
  const commits = await readCommits(dir, ['--no-merges', `${base}..${head}`], { reverse: true })
  let tip = base
  for (const commit of commits) {
    const tree = await pick(dir, tip, commit.sha)
    if (tree === null) return null
    tip = await writeCommit(dir, { tree, parents: [tip], message: commit.message, author: commit.author, committer })
  }
  return tip
}

/** `merge-tree` of this git takes no merge base, so three commits that exist only for this stand in for one. */
async function pick(dir: string, onto: string, sha: string): Promise<string | null> {
  const commit = await readCommit(dir, sha)
  const [parent] = commit.parents
  if (parent === undefined || parent === onto) return commit.tree
  const person = commit.committer
  const stand = (tree: string, parents: string[]): Promise<string> => writeCommit(dir, { tree, parents, message: 'pick', author: person, committer: person })
  const root = await stand((await readCommit(dir, parent)).tree, [])
  const ours = await stand((await readCommit(dir, onto)).tree, [root])
  const theirs = await stand(commit.tree, [root])
  return mergeTrees(dir, ours, theirs)
}
