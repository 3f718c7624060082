import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { z } from 'zod'
import { Unfit } from './repository.ts'

/** What a local mission is about. The same words on the same repository are the same mission. */
export interface Wish {
  repo: string
  title: string
  body: string
}

const Remembered = z.object({
  v: z.literal(1),
  repo: z.string(),
  title: z.string(),
  body: z.string(),
  branch: z.string(),
  base: z.string(),
  end: z
    .discriminatedUnion('is', [
      z.object({ is: z.literal('taken'), branch: z.string(), sha: z.string(), base: z.string(), report: z.array(z.string()) }),
      z.object({ is: z.literal('cancelled'), words: z.array(z.string()) }),
    ])
    .nullable(),
})
/** What is remembered beside the journal and the emulator's world, which hold all the rest. */
export type Remembered = z.infer<typeof Remembered>

export interface State extends AsyncDisposable {
  dir: string
  read(): Promise<Remembered | null>
  write(record: Remembered): Promise<void>
}

/** The mission's own folder, held until it is disposed of. Refuses a second holder. */
export async function openState(base: string, wish: Wish): Promise<State> {
  const name = `${basename(wish.repo)
    .replace(/[^\w.-]/g, '')
    .slice(0, 20)}-${digest([wish.repo, wish.title, wish.body]).slice(0, 8)}`
  const dir = join(base, name)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const held = await hold(dir)
  const file = join(dir, 'mission.json')
  return {
    dir,
    async read() {
      const text = await readFile(file, 'utf8').catch(() => null)
      if (text === null) return null
      const record = Remembered.safeParse(JSON.parse(text))
      if (!record.success) throw new Unfit(`${file} is not what a local mission wrote. Remove ${dir} to begin anew.`)
      return record.data
    },
    async write(record) {
      const handle = await open(`${file}.new`, 'w', 0o600)
      await handle.writeFile(JSON.stringify(record, null, 1))
      await handle.datasync()
      await handle.close()
      await rename(`${file}.new`, file)
    },
    [Symbol.asyncDispose]: async () => void held.close(),
  }
}

/** A name that the kernel frees with the process, however it ends. */
async function hold(dir: string) {
  const server = createServer().listen(`\0missions-local-${digest([dir])}`)
  try {
    await once(server, 'listening')
    return server
  } catch {
    throw new Unfit(`This mission is running already, in another terminal; its state is in ${dir}. Look at it there, or stop it there first.`)
  }
}

function digest(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
