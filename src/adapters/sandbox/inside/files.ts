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
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, Buffer.from(base64, 'base64'))
  } catch (error) {
    throw new Refusal('file', `cannot write ${path}: ${messageOf(error)}`)
  }
}
