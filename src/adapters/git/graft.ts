import { randomUUID } from 'node:crypto'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import type { Sha } from '../../domain/id.ts'
import type { Git } from './command.ts'
import { writeCommit } from './commits.ts'
import type { Author } from './commits.ts'
import type { Places } from './places.ts'

/**
 * The commit `onto` with some paths as they are in `from`: the same objects, so the same bytes and modes. A path that
 * `from` does not hold is taken out. Same input, same commit.
 */
export async function graftCommit(git: Git, git_dir: string, spec: { onto: Sha; from: Sha; paths: readonly string[]; places: Places; author: Author }): Promise<Sha> {
  const { onto, from, paths, places, author } = spec
  await mkdir(places.work, { recursive: true })
  const index = path.join(places.work, `.graft-${randomUUID()}`)
  try {
    await git({ git_dir, index, args: ['read-tree', onto] })
    const found = paths.length === 0 ? [] : await entries(git, git_dir, from, paths)
    const gone = paths.filter((name) => !found.some((entry) => entry.endsWith(`\t${name}`)))
    const lines = [...gone.map((name) => `0 ${'0'.repeat(40)}\t${name}`), ...found]
    if (lines.length > 0) await git({ git_dir, index, args: ['update-index', '-z', '--add', '--index-info'], stdin: lines.map((line) => `${line}\0`).join('') })
    const tree = (await git({ git_dir, index, args: ['write-tree'] })).stdout.toString('utf8').trim()
    const date = await git({ git_dir, args: ['show', '-s', '--format=%ct', from] })
    return await writeCommit(git, git_dir, { tree, parents: [onto], message: `Take over ${paths.length} files of ${from}`, author, seconds: Number(date.stdout.toString('utf8').trim()) })
  } finally {
    await rm(index, { force: true })
    await rm(`${index}.lock`, { force: true })
  }
}

/** `mode type object\tpath` as ls-tree says it, which update-index reads. */
async function entries(git: Git, git_dir: string, commit: Sha, paths: readonly string[]): Promise<string[]> {
  const found: string[] = []
  for (let at = 0; at < paths.length; at += 200) {
    const listed = await git({ git_dir, args: ['ls-tree', '-z', '--full-tree', commit, '--', ...paths.slice(at, at + 200)] })
    found.push(...listed.stdout.toString('utf8').split('\0').filter(Boolean))
  }
  return found
}
