import { execFile } from 'node:child_process'
import { statfs } from 'node:fs/promises'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'

const LOOK_MS = 500
/** Counting takes at most this share of the time, however many files there are. */
const SHARE = 0.05

/**
 * Tells when the folders, which lie on one disk, hold more than they may and somebody still writes. Counting is dear and
 * asking the file system for its free space is not: it is counted when that has shrunk by a sixteenth of the limit, so
 * nobody is kept from clearing.
 * Between two looks a fast writer gets further than the limit, and a file that is deleted while it is open is not counted.
 */
export async function watchDisk(folders: string[], limit_bytes: number, full: () => void): Promise<never> {
  const [work = '/'] = folders
  let most_free_bytes = await freeBytes(work)
  for (;;) {
    await pause(LOOK_MS, undefined, { ref: false })
    const free = await freeBytes(work)
    most_free_bytes = Math.max(most_free_bytes, free)
    if (most_free_bytes - free < limit_bytes / 16) continue
    const began = performance.now()
    const bytes = await countedBytes(folders)
    // Someone killed the count with everything else.
    if (bytes === null) continue
    if (bytes > limit_bytes) full()
    most_free_bytes = free
    await pause((performance.now() - began) / SHARE, undefined, { ref: false })
  }
}

async function freeBytes(work: string): Promise<number> {
  const { bfree, bsize } = await statfs(work)
  return bfree * bsize
}

/** It complains with exit 1 of what comes and goes under its eyes, and counts the rest. */
async function countedBytes(folders: string[]): Promise<number | null> {
  const { stdout } = await promisify(execFile)('du', ['-sxB1', ...folders]).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }))
  const sizes = stdout
    .trim()
    .split('\n')
    .map((line) => Number.parseInt(line, 10))
  return sizes.length < folders.length || sizes.some(Number.isNaN) ? null : sizes.reduce((sum, size) => sum + size, 0)
}
