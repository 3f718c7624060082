import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MissionKey } from '../../domain/id.ts'
import type { Pictures } from '../../ports/pictures.ts'

/** A file for each picture, `<dir>/<mission key>/<sha256>`: whole or not there at all. */
export function filePictures(dir: string): Pictures {
  /** The schema of a key lets no slash and no dot through. */
  const folderOf = (mission: MissionKey) => join(dir, MissionKey.parse(mission))
  return {
    async keep(mission, bytes) {
      const folder = folderOf(mission)
      const sha256 = digest(bytes)
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const beside = join(folder, `.new-${randomUUID()}`)
      try {
        await write(beside, bytes)
        await rename(beside, join(folder, sha256))
      } catch (error) {
        await rm(beside, { force: true })
        throw error
      }
      return sha256
    },
    async read(mission, sha256) {
      if (!/^[0-9a-f]{64}$/.test(sha256)) return null
      const bytes = await readFile(join(folderOf(mission), sha256)).catch(unlessMissing)
      return bytes !== null && digest(bytes) === sha256 ? bytes : null
    },
  }
}

function digest(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

function unlessMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
