import { git } from './run.ts'

export interface Person {
  name: string
  email: string
  /** ISO 8601. */
  date: string
}

export interface Commit {
  sha: string
  tree: string
  parents: string[]
  author: Person
  committer: Person
  message: string
}

/** Newest first unless `reverse`. `range` is what `git log` takes. */
export async function readCommits(dir: string, range: string[], options: { reverse?: boolean } = {}): Promise<Commit[]> {
  const format = ['%H', '%T', '%P', '%an', '%ae', '%aI', '%cn', '%ce', '%cI', '%B'].join('%x00')
  const order = options.reverse ? ['--topo-order', '--reverse'] : []
  const text = await git(dir, ['log', '-z', `--format=${format}%x00%x1e`, ...order, ...range])
  return text
    .split('\0\x1e')
    .map((record) => record.replace(/^\0/, ''))
    .filter((record) => record.includes('\0'))
    .map(parseCommit)
}

export async function readCommit(dir: string, sha: string): Promise<Commit> {
  const [commit] = await readCommits(dir, ['-1', sha])
  if (commit === undefined) throw new Error(`no commit ${sha}`)
  return commit
}

function parseCommit(record: string): Commit {
  const [sha = '', tree = '', parents = '', an = '', ae = '', ad = '', cn = '', ce = '', cd = '', message = ''] = record.split('\0')
  return {
    sha,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name: an, email: ae, date: utc(ad) },
    committer: { name: cn, email: ce, date: utc(cd) },
    message: message.trimEnd(),
  }
}

function utc(date: string): string {
  return `${new Date(date).toISOString().slice(0, 19)}Z`
}

export interface NewCommit {
  tree: string
  parents: string[]
  message: string
  author: Person
  committer: Person
}

export async function writeCommit(dir: string, commit: NewCommit): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent])
  const env = {
    GIT_AUTHOR_NAME: commit.author.name,
    GIT_AUTHOR_EMAIL: commit.author.email,
    GIT_AUTHOR_DATE: commit.author.date,
    GIT_COMMITTER_NAME: commit.committer.name,
    GIT_COMMITTER_EMAIL: commit.committer.email,
    GIT_COMMITTER_DATE: commit.committer.date,
  }
  return (await git(dir, ['commit-tree', commit.tree, ...parents], { stdin: commit.message, env })).trim()
}
