import { mkdir, open, stat, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

import { place } from './launch.ts'
import type { Situation } from './protocol.ts'
import { Refusal, messageOf } from './refusal.ts'

const LIMIT_BYTES = 16 * 1024 * 1024

// Done in here and not on the host's side of the mount: a link then leads where it leads for the agent.

export async function read(situation: Situation, path: string): Promise<string> {
  try {
    const found = await stat(place(situation, path))
    // A named pipe or a device would hang or never end.
    if (!found.isFile()) throw new Error('not a regular file')
    if (found.size > LIMIT_BYTES) throw new Error(`${found.size} bytes, more than the limit of ${LIMIT_BYTES}`)
    const handle = await open(place(situation, path), 'r')
    try {
      return (await handle.readFile()).toString('base64')
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw new Refusal('file', `cannot read ${path}: ${messageOf(error)}`)
  }
}

export async function write(situation: Situation, path: string, base64: string): Promise<void> {
  const target = place(situation, path)
  try {
    await makeFolder(dirname(target))
    await writeFile(target, Buffer.from(base64, 'base64'))
  } catch (error) {
    throw new Refusal('file', `cannot write ${path}: ${messageOf(error)}`)
  }
}

/** Node's own `recursive` never returns where the kernel answers "no such file" for a folder whose parent is there, as in /proc. */
async function makeFolder(path: string): Promise<void> {
  if ((await stat(path).catch(() => null))?.isDirectory() === true) return
  if (dirname(path) !== path) await makeFolder(dirname(path))
  await mkdir(path)
}
