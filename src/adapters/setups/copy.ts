import { execFile } from 'node:child_process'
import { lstat, mkdir, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

import type { SetUpPlaces } from '../../ports/setups.ts'

/** Shares blocks where the file system can. Never links: what one run writes must not show in another. */
export async function copyInto(from: SetUpPlaces, what: { work: readonly string[]; home: readonly string[] }, into: SetUpPlaces): Promise<void> {
  await copy(from.dir, what.work, into.dir)
  await copy(from.home, what.home, into.home)
}

async function copy(from: string, paths: readonly string[], into: string): Promise<void> {
  const ready: string[] = []
  for (const path of paths) {
    // Where the tree has a file or a link in the way, what belongs below it has no place here.
    if (!(await folders(into, dirname(path)))) continue
    await rm(join(into, path), { recursive: true, force: true })
    ready.push(path)
  }
  for (const [folder, names] of byFolder(ready)) {
    for (let at = 0; at < names.length; at += 500) {
      const sources = names.slice(at, at + 500).map((name) => join(from, folder, name))
      await promisify(execFile)('cp', ['-a', '--reflink=auto', '--', ...sources, `${join(into, folder)}/`], { maxBuffer: 1024 ** 2 })
    }
  }
}

/** True when every step from the root down is a real folder; those that are missing are made. */
async function folders(root: string, path: string): Promise<boolean> {
  if (path === '.') return true
  if (!(await folders(root, dirname(path)))) return false
  const found = await lstat(join(root, path)).catch(() => null)
  if (found === null) await mkdir(join(root, path))
  return found === null || found.isDirectory()
}

function byFolder(paths: readonly string[]): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const path of paths) found.set(dirname(path), [...(found.get(dirname(path)) ?? []), path.slice(dirname(path) === '.' ? 0 : dirname(path).length + 1)])
  return found
}
