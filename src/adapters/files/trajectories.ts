import { mkdir, open, readFile, type FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { EffectId } from '../../domain/id.ts'
import type { Trajectories } from '../../ports/trajectories.ts'

/**
 * A file of JSON lines per run, `<dir>/<mission key>/<rest of the run id>.jsonl`. A line counts once its newline is there: a
 * torn one (the process died while it wrote) is not read, and is cut off before the next is written. One process at a time
 * writes a run.
 */
export function fileTrajectories(dir: string): Trajectories {
  /** The last append of each run that has one under way: appends of one run go one after the other. */
  const queued = new Map<EffectId, Promise<void>>()
  return {
    async read(run) {
      const { path } = placeOf(dir, run)
      return parse(path, await readFile(path, 'utf8').catch(unlessMissing))
    },
    append(run, line) {
      const place = placeOf(dir, run)
      const text = `${JSON.stringify(line ?? null)}\n`
      const written = (queued.get(run) ?? Promise.resolve()).catch(() => {}).then(() => write(place, text))
      queued.set(run, written)
      const forget = () => void (queued.get(run) === written && queued.delete(run))
      written.then(forget, forget)
      return written
    },
  }
}

interface Place {
  folder: string
  path: string
}

/** The schema of an id lets no slash through; with `.jsonl` behind it no rest is `.` or `..`. */
function placeOf(dir: string, run: EffectId): Place {
  const id = EffectId.parse(run)
  const dot = id.indexOf('.')
  const folder = join(dir, id.slice(0, dot))
  return { folder, path: join(folder, `${id.slice(dot + 1)}.jsonl`) }
}

function parse(path: string, text: string): unknown[] {
  const lines = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  return lines.map((line, n) => {
    try {
      return JSON.parse(line)
    } catch (error) {
      throw new Error(`${path} is corrupt in line ${n + 1}`, { cause: error })
    }
  })
}

async function write({ folder, path }: Place, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = await open(path, 'a+', 0o600)
  try {
    const { size } = await file.stat()
    await cutTornLine(file, size)
    await file.appendFile(text)
    await file.sync()
    if (size === 0) await syncFolder(folder)
  } finally {
    await file.close()
  }
}

const chunk_bytes = 65_536

/** Reads backwards to the last newline, mostly one byte. */
async function cutTornLine(file: FileHandle, size: number): Promise<void> {
  let end = size
  for (let bytes = 1; end > 0; bytes = chunk_bytes) {
    const from = Math.max(end - bytes, 0)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(end - from), 0, end - from, from)
    const newline = buffer.subarray(0, bytesRead).lastIndexOf(0x0a)
    if (newline !== -1) {
      end = from + newline + 1
      break
    }
    end = from
  }
  if (end < size) await file.truncate(end)
}

/** A new file's name is on the disk only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  for (const path of [folder, join(folder, '..')]) {
    const handle = await open(path, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  }
}

function unlessMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return ''
  throw error
}
