import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { z } from 'zod'

import type { SetUpPlaces, Setups, Wanted } from '../../ports/setups.ts'
import { came, seen } from './came.ts'
import { copyInto } from './copy.ts'

export interface SetupsOptions {
  dir: string
  /** Of all that is kept; what was not used for longest goes first. */
  limit_bytes: number
  /** One holder of a lock file at a time, over all processes. */
  exclusive: <T>(file: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
}

const Kept = z.object({ bytes: z.number(), work: z.array(z.string()), home: z.array(z.string()) })
type Kept = z.infer<typeof Kept>

const ABANDONED_MS = 24 * 60 * 60 * 1000
/** Who holds an entry for longer than this is using it. */
const PATIENCE_MS = 1_000

/**
 * Each entry is a folder that is made aside and moved into place whole. Its contents were written by commands of strangers:
 * they are moved and copied, never read, and no link in them is followed.
 */
export function diskSetups({ dir, limit_bytes, exclusive }: SetupsOptions): Setups {
  const entry = (key: string) => join(dir, 'kept', key)
  const lock = (key: string) => join(dir, 'locks', key)

  async function provide(want: Wanted, make: (at: SetUpPlaces) => Promise<boolean>, signal?: AbortSignal): ReturnType<Setups['provide']> {
    if (!/^[0-9a-f]{64}$/.test(want.key)) throw new Error(`not a key: ${want.key}`)
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await mkdir(join(dir, 'kept'), { recursive: true })
    const outcome = await exclusive(
      lock(want.key),
      async () => {
        const known = await described(entry(want.key))
        const kept = known ?? (await made(want, make))
        if (kept === null) return 'failed'
        await copyInto({ dir: join(entry(want.key), 'work'), home: join(entry(want.key), 'home') }, kept, want.into)
        const now = new Date()
        await utimes(entry(want.key), now, now)
        return known === null ? 'made' : 'kept'
      },
      signal,
    )
    if (outcome === 'made') await clear(want.key)
    return outcome
  }

  async function made({ key, fill }: Wanted, make: (at: SetUpPlaces) => Promise<boolean>): Promise<Kept | null> {
    const aside = join(dir, `.new-${key.slice(0, 12)}-${randomUUID()}`)
    const at = { dir: join(aside, 'tree'), home: join(aside, 'home') }
    try {
      await mkdir(at.dir, { recursive: true })
      await mkdir(at.home)
      await fill(at.dir)
      const before = await seen(at.dir)
      if (!(await make(at))) return null
      const kept = await gather(at, before, join(aside, 'kept'))
      await rename(join(aside, 'kept'), entry(key))
      return kept
    } finally {
      await rm(aside, { recursive: true, force: true })
    }
  }

  /** Until all of it has room again. One that somebody is using stays. */
  async function clear(used: string): Promise<void> {
    const names = await readdir(join(dir, 'kept'))
    const found = await Promise.all(names.map(async (key) => ({ key, bytes: (await described(entry(key)))?.bytes ?? 0, used_ms: (await stat(entry(key)).catch(() => null))?.mtimeMs ?? 0 })))
    let total = found.reduce((sum, one) => sum + one.bytes, 0)
    for (const one of found.toSorted((a, b) => a.used_ms - b.used_ms)) {
      if (total <= limit_bytes) break
      if (one.key === used) continue
      const gone = await exclusive(lock(one.key), () => drop(one.key), AbortSignal.timeout(PATIENCE_MS)).catch(() => false)
      if (gone) total -= one.bytes
    }
    for (const name of await readdir(dir)) {
      const found = name.startsWith('.') ? await stat(join(dir, name)).catch(() => null) : null
      if (found !== null && Date.now() - found.mtimeMs > ABANDONED_MS) await rm(join(dir, name), { recursive: true, force: true })
    }
  }

  async function drop(key: string): Promise<true> {
    const old = join(dir, `.old-${randomUUID()}`)
    await rename(entry(key), old)
    await rm(old, { recursive: true, force: true })
    return true
  }

  return { provide }
}

/** Moves what came to be into a folder that becomes the entry, and writes down what it is. */
async function gather(at: SetUpPlaces, before: ReadonlyMap<string, 'folder' | 'other'>, to: string): Promise<Kept> {
  const work = await came(at.dir, before)
  await mkdir(join(to, 'work'), { recursive: true })
  for (const path of work) {
    await mkdir(join(to, 'work', path, '..'), { recursive: true })
    await rename(join(at.dir, path), join(to, 'work', path))
  }
  await rename(at.home, join(to, 'home'))
  const { stdout } = await promisify(execFile)('du', ['-sxB1', to])
  const kept = { bytes: Number.parseInt(stdout, 10), work, home: await readdir(join(to, 'home')) }
  await writeFile(join(to, 'kept.json'), JSON.stringify(kept))
  return kept
}

async function described(entry: string): Promise<Kept | null> {
  const text = await readFile(join(entry, 'kept.json'), 'utf8').catch(() => null)
  return text === null ? null : Kept.parse(JSON.parse(text))
}
