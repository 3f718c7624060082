import path from 'node:path'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import type { Sha } from '../../domain/id.ts'
import { messageOf, writeCommit } from './commits.ts'
import type { Author } from './commits.ts'
import type { Git } from './command.ts'
import { shown } from './gate-rules.ts'
import { records } from './staging.ts'

const file_limit_bytes = 256 * 1024
const files_limit = 200

/** Texts of the regular files directly in a folder of a commit, by name. Links, folders and what is too large are left out. */
export async function readFolder(git: Git, git_dir: string, at: Sha, folder: string): Promise<Record<string, string>> {
  const listed = await git({ git_dir, args: ['ls-tree', '-z', '--long', '--full-tree', at, `${folder}/`] })
  const found: Record<string, string> = {}
  for (const record of records(listed.stdout).slice(0, files_limit)) {
    const [, mode = '', blob = '', size = '', name = ''] = /^(\d+) \w+ ([0-9a-f]+) +(\d+|-)\t([^]*)$/.exec(record) ?? []
    if (!mode.startsWith('100') || Number(size) > file_limit_bytes) continue
    found[path.posix.basename(name)] = (await git({ git_dir, args: ['cat-file', 'blob', blob] })).stdout.toString('utf8')
  }
  return found
}

/** A commit with some files written anew, without a working directory. The same again is the same commit; the parent, where nothing differs. */
export async function writeFiles(
  git: Git,
  git_dir: string,
  spec: { parent: Sha; files: Readonly<Record<string, string>>; text: string; trailers: Record<string, string>; at: Date; author: Author },
): Promise<{ sha: Sha } | { refused: string }> {
  const { parent, files, author } = spec
  if (Object.keys(files).length === 0) return { sha: parent }
  const inTheWay = await notFolders(git, git_dir, parent, Object.keys(files))
  if (inTheWay !== null) return { refused: `${shown(inTheWay)} is not a folder there.` }
  const aside = await mkdtemp(path.join(tmpdir(), 'missions-index-'))
  const index = path.join(aside, randomUUID())
  try {
    await git({ git_dir, index, args: ['read-tree', parent] })
    const entries: string[] = []
    for (const [name, content] of Object.entries(files)) {
      const blob = (await git({ git_dir, args: ['hash-object', '-w', '--no-filters', '--stdin'], stdin: content })).stdout.toString('utf8').trim()
      entries.push(`100644 ${blob}\t${name}\0`)
    }
    await git({ git_dir, index, args: ['update-index', '-z', '--index-info'], stdin: entries.join('') })
    const tree = (await git({ git_dir, index, args: ['write-tree'] })).stdout.toString('utf8').trim()
    const before = (await git({ git_dir, args: ['rev-parse', '--verify', `${parent}^{tree}`] })).stdout.toString('utf8').trim()
    if (tree === before) return { sha: parent }
    return { sha: await writeCommit(git, git_dir, { tree, parents: [parent], message: messageOf(spec.text, spec.trailers), author, seconds: Math.floor(spec.at.getTime() / 1000) }) }
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** A file, link or submodule of the commit that stands where a folder is needed, or a folder or link where a file is; null when none does. */
async function notFolders(git: Git, git_dir: string, at: Sha, names: readonly string[]): Promise<string | null> {
  const folders = new Set(
    names.flatMap((name) =>
      name
        .split('/')
        .slice(0, -1)
        .map((_, depth, steps) => steps.slice(0, depth + 1).join('/')),
    ),
  )
  const listed = await git({ git_dir, args: ['ls-tree', '-z', '--full-tree', at, '--', ...folders, ...names] })
  for (const record of records(listed.stdout)) {
    const [, mode = '', type = '', name = ''] = /^(\d+) (\w+) [0-9a-f]+\t([^]*)$/.exec(record) ?? []
    const sound = folders.has(name) ? type === 'tree' : mode.startsWith('100')
    if (!sound) return name
  }
  return null
}
