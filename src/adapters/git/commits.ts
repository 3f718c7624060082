import { Sha } from '../../domain/id.ts'
import type { Git } from './command.ts'

export interface Author {
  name: string
  email: string
}

export interface NewCommit {
  tree: string
  parents: readonly Sha[]
  message: string
  author: Author
  /** Since 1970, UTC; author's and committer's date. */
  seconds: number
}

/** Nothing but these fields goes in, so that a repeat is the same commit. */
export async function writeCommit(git: Git, git_dir: string, commit: NewCommit): Promise<Sha> {
  const date = `@${commit.seconds} +0000`
  const { stdout } = await git({
    git_dir,
    args: ['commit-tree', commit.tree, ...commit.parents.flatMap((parent) => ['-p', parent])],
    stdin: `${commit.message.replaceAll('\0', '').trimEnd()}\n`,
    env: {
      GIT_AUTHOR_NAME: commit.author.name,
      GIT_AUTHOR_EMAIL: commit.author.email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: commit.author.name,
      GIT_COMMITTER_EMAIL: commit.author.email,
      GIT_COMMITTER_DATE: date,
    },
  })
  return Sha.parse(stdout.toString('utf8').trim())
}

/** A value is one line, a key is a word: neither can bring a second trailer in. */
export function messageOf(text: string, trailers: Record<string, string>): string {
  const lines = Object.entries(trailers).map(([key, value]) => {
    if (!/^[A-Za-z][A-Za-z0-9-]*$/.test(key)) throw new Error(`not the name of a trailer: ${JSON.stringify(key)}`)
    return `${key}: ${value.replace(/\s+/g, ' ').trim()}`
  })
  return [text.trim(), lines.join('\n')].filter(Boolean).join('\n\n')
}
