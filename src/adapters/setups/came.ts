import { readdir } from 'node:fs/promises'
import { join } from 'node:path'

/** Paths below a folder, without a link being followed. */
export async function seen(root: string): Promise<Map<string, 'folder' | 'other'>> {
  const found = new Map<string, 'folder' | 'other'>()
  await walk('')
  return found

  async function walk(at: string): Promise<void> {
    for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
      const path = join(at, entry.name)
      found.set(path, entry.isDirectory() ? 'folder' : 'other')
      if (entry.isDirectory()) await walk(path)
    }
  }
}

/**
 * The topmost paths that were not there before. What was a file before stays the repository's, whatever it is now; and a
 * git directory that somebody left is nobody's.
 */
export async function came(root: string, before: ReadonlyMap<string, 'folder' | 'other'>): Promise<string[]> {
  const found: string[] = []
  await walk('')
  return found.toSorted()

  async function walk(at: string): Promise<void> {
    for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
      const path = join(at, entry.name)
      const known = before.get(path)
      if (known === undefined && entry.name !== '.git') found.push(path)
      if (known === 'folder' && entry.isDirectory()) await walk(path)
    }
  }
}
