import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { connectRedis, redisAddress } from '../adapters/redis/connect.ts'
import { redisJournal } from '../adapters/redis/journal.ts'
import { startRedisServer } from '../adapters/redis/server.ts'
import type { SealedEvent } from '../domain/event.ts'
import { rehearse } from '../rehearsal/rehearse.ts'
import { defaultDefects, defects } from '../rehearsal/story/defects.ts'
import { missionStore } from '../runner/missions.ts'
import { ensureSystemPackages, systemPackages } from '../system-packages.ts'
import { interrupted, parse, Usage } from './usage.ts'

const how = 'missions rehearse [--defect none|1..8[,…]] [--keep]'

/** A whole mission on this machine; exit 1 when any part of the story was not as promised. */
export async function rehearseCommand(args: string[]): Promise<number> {
  const { values } = parse(args, { defect: { type: 'string' }, keep: { type: 'boolean', default: false } }, how)
  const planted = chosen(values.defect)
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const chromium = process.env['CHROME_PATH']
  const own = !process.env['REDIS_URL']
  ensureSystemPackages([systemPackages.git, ...(own ? [systemPackages.redis] : []), systemPackages.bubblewrap, { ...systemPackages.chromium, override: chromium }], say)

  const dir = await mkdtemp(join(tmpdir(), 'missions-'))
  const server = own ? await startRedisServer(join(dir, 'redis')) : null
  const redis_url = process.env['REDIS_URL'] ?? server?.url ?? ''
  const redis = connectRedis(redisAddress(redis_url))
  // A Redis of somebody's own may hold other rehearsals.
  const prefix = basename(dir)
  const journal = redisJournal(redis, { prefix })
  const missions = missionStore(journal)
  const signal = interrupted()
  let broken: string[] = []
  let finished = false
  try {
    broken = await rehearse({
      dir,
      redis_url,
      defects: planted,
      chromium,
      keep: values.keep,
      env: { MISSIONS_REDIS_PREFIX: prefix },
      mission: async (repository_id, issue) => {
        const key = await journal.latest(repository_id, issue)
        return key && (await missions.load(key)).mission
      },
      keepsake: async (repository_id, issue, log_file) => keepsake(await eventsOf(repository_id, issue), log_file),
      out: process.stdout,
      signal,
    })
    finished = true
  } finally {
    redis.disconnect()
    await server?.stop()
    // What went wrong is worth a look; what went well is not worth the space.
    if (finished && broken.length === 0) await rm(dir, { recursive: true, force: true })
    else say(`What there is to look at was left in ${dir}`)
  }
  return broken.length === 0 ? 0 : 1

  async function eventsOf(repository_id: number, issue: number): Promise<SealedEvent[]> {
    const key = await journal.latest(repository_id, issue)
    return key ? journal.read(key) : []
  }
}

/** What is worth a look afterwards, of the last rehearsal in this folder. */
async function keepsake(events: SealedEvent[], log_file: string): Promise<string> {
  const kept = resolve('.missions-data', 'rehearsal')
  await mkdir(kept, { recursive: true })
  await writeFile(join(kept, 'journal.jsonl'), events.map((e) => `${JSON.stringify(e)}\n`).join(''))
  await copyFile(log_file, join(kept, 'app.log'))
  return kept
}

function chosen(option: string | undefined): readonly number[] {
  if (option === undefined) return defaultDefects
  if (option === 'none') return []
  const numbers = option.split(',').map(Number)
  if (!numbers.every((n) => defects.some((d) => d.n === n))) throw new Usage(`--defect takes none or numbers from 1 to ${defects.length}\nusage: ${how}`)
  return numbers
}
