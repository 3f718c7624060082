import { open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { dropUnknown } from './attachments.ts'
import { readRefs, writeRefs } from './git/refs.ts'
import { repositoriesDir, repositoryDir } from './git/repository.ts'
import type { Machine } from './machine.ts'
import type { Delivery } from './webhooks.ts'
import type { World } from './world.ts'

/** All of an emulator that outlives its process: one file, replaced as a whole after each change and before anybody hears of the change. */
export interface Kept {
  v: 1
  private_key: string
  port: number
  world: World
  /** Of each repository, as they belong to `world`. */
  refs: Record<string, Record<string, string>>
  /** Webhooks that nobody has taken. */
  undelivered: Delivery[]
  next_delivery: number
}

// Written by `keeper` below and by nobody else: what is looked at is whether it is that file at all.
const Kept = z.object({
  v: z.literal(1),
  private_key: z.string(),
  port: z.int(),
  world: z.custom<World>((value) => typeof value === 'object' && value !== null && 'repositories' in value),
  refs: z.record(z.string(), z.record(z.string(), z.string())),
  undelivered: z.array(z.custom<Delivery>()),
  next_delivery: z.int(),
})

const name = 'world.json'

/** What an emulator here kept; null where none has been. */
export async function readKept(data_dir: string): Promise<Kept | null> {
  const file = join(data_dir, name)
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const parsed = Kept.safeParse(jsonOf(text))
  if (!parsed.success) throw new Error(`${file} is not what the emulator wrote`)
  return parsed.data
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/**
 * The repositories as they were when the world was written. What a process that was killed had begun, nobody was told of:
 * it did not happen, and whoever asked for it asks again.
 */
export async function rollBack(data_dir: string, kept: Kept): Promise<void> {
  await dropUnknown(data_dir, kept.world.attachments ?? [])
  const known = new Set(kept.world.repositories.map(({ id }) => `${id}.git`))
  for (const entry of await readdir(repositoriesDir(data_dir)).catch(() => [])) {
    if (!known.has(entry)) await rm(join(repositoriesDir(data_dir), entry), { recursive: true, force: true })
  }
  for (const { id } of kept.world.repositories) {
    const dir = repositoryDir(data_dir, id)
    await removeLocks(dir)
    const then = new Map(Object.entries(kept.refs[id] ?? {}))
    const now = await readRefs(dir)
    const changed = [...new Set([...then.keys(), ...now.keys()])].filter((ref) => then.get(ref) !== now.get(ref))
    await writeRefs(
      dir,
      changed.map((ref) => [ref, then.get(ref) ?? null]),
    )
  }
}

/** A git that was killed leaves its locks, and every later one would wait for it. */
async function removeLocks(dir: string): Promise<void> {
  const here = await readdir(dir)
  const below = await readdir(join(dir, 'refs'), { recursive: true })
  const locks = [...here.map((file) => join(dir, file)), ...below.map((file) => join(dir, 'refs', file))].filter((file) => file.endsWith('.lock'))
  for (const lock of locks) await rm(lock, { force: true })
}

/** Gives what writes the present state, when it is another than the last. To be called between changes, never within one. */
export function keeper(machine: Machine, own: { private_key: string; port: number }): () => Promise<void> {
  let written = ''
  return async () => {
    const { world, webhooks, data_dir, clock } = machine
    world.tokens = world.tokens.filter((token) => token.expires_at > clock())
    const refs = await Promise.all(world.repositories.map(async ({ id }) => [String(id), Object.fromEntries(await readRefs(repositoryDir(data_dir, id)))] as const))
    const kept: Kept = { v: 1, ...own, world, refs: Object.fromEntries(refs), ...webhooks.kept() }
    const text = JSON.stringify(kept)
    if (text === written) return
    await replace(join(data_dir, name), text)
    written = text
  }
}

/** The old file or the new one, whatever happens in between, power cuts included. */
async function replace(file: string, text: string): Promise<void> {
  const beside = `${file}.new`
  const handle = await open(beside, 'w', 0o600)
  try {
    await handle.writeFile(text)
    await handle.datasync()
  } finally {
    await handle.close()
  }
  await rename(beside, file)
}
