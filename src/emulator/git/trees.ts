import { rm } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { git, gitBytes } from './run.ts'

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: string
  size: number
  path: string
}

/** Entries of a commit or tree at `path`: the entry itself, or with a slash at the end what is in the folder. */
export async function listTree(dir: string, commit: string, path: string, options: { recursive?: boolean } = {}): Promise<TreeEntry[]> {
  const flags = options.recursive ? ['-r', '-t'] : []
  const text = await git(dir, ['ls-tree', '-z', '-l', ...flags, commit, ...(path === '' ? [] : ['--', path])])
  return text
    .split('\0')
    .filter(Boolean)
    .map((line): TreeEntry => {
      const tab = line.indexOf('\t')
      const [mode = '', type = '', sha = '', size = '0'] = line.slice(0, tab).split(/ +/)
      return { mode, type: type === 'tree' || type === 'commit' ? type : 'blob', sha, size: Number(size) || 0, path: line.slice(tab + 1) }
    })
}

export async function readBlob(dir: string, sha: string): Promise<Buffer> {
  return gitBytes(dir, ['cat-file', 'blob', sha])
}

export async function writeBlob(dir: string, content: Uint8Array): Promise<string> {
  return (await git(dir, ['hash-object', '-w', '--stdin'], { stdin: content })).trim()
}

/** A tree like that of `base` (or an empty one) with some entries put in; `sha: null` takes one out. */
export async function treeWith(dir: string, base: string | null, entries: { path: string; mode: string; sha: string | null }[]): Promise<string> {
  const index = `${dir}.index-${randomUUID()}`
  const env = { GIT_INDEX_FILE: index }
  try {
    if (base !== null) await git(dir, ['read-tree', base], { env })
    const lines = entries.map(({ path, mode, sha }) => (sha === null ? `0 ${'0'.repeat(40)}\t${path}` : `${mode} ${sha}\t${path}`))
    await git(dir, ['update-index', '-z', '--index-info'], { env, stdin: lines.map((line) => `${line}\0`).join('') })
    return (await git(dir, ['write-tree'], { env })).trim()
  } finally {
    await rm(index, { force: true })
  }
}
