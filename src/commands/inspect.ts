import { connectRedis, redisAddress } from '../adapters/redis/connect.ts'
import { redisJournal } from '../adapters/redis/journal.ts'
import { MissionKey } from '../domain/id.ts'
import { liveView } from '../domain/views/live.ts'
import { lineOf } from '../stage/screen.ts'
import { fold } from '../runner/missions.ts'
import { firstBroken } from '../runner/seal.ts'
import { parse, Usage } from './usage.ts'

const how = 'REDIS_URL=… missions inspect [<mission>] [--json]'

/** What the journal says of a mission: its events, what is pending, what holds it, and whether the chain is whole. */
export async function inspect(args: string[]): Promise<number> {
  const { values, positionals } = parse(args, { json: { type: 'boolean', default: false } }, how)
  const url = process.env['REDIS_URL']
  if (!url) throw new Usage(`REDIS_URL says where the journal is.\nusage: ${how}`)
  const redis = connectRedis(redisAddress(url))
  const journal = redisJournal(redis, { prefix: process.env['MISSIONS_REDIS_PREFIX'] || 'missions' })
  try {
    const [name] = positionals
    if (name === undefined) {
      for (const key of await journal.all()) process.stdout.write(`${key}  ${await summary(key)}\n`)
      return 0
    }
    const key = MissionKey.safeParse(name)
    const events = key.success ? await journal.read(key.data) : []
    if (!key.success || events.length === 0) throw new Usage(`There is no mission ${name}; \`missions inspect\` without a name lists them.`)
    const { mission } = fold(key.data, events)
    const outbox = await journal.outbox(key.data)
    const broken = firstBroken(events)
    if (values.json) {
      process.stdout.write(`${JSON.stringify({ events, outbox, holds: mission?.holds ?? [], broken_at: broken }, null, 2)}\n`)
      return 0
    }
    const lines = [
      await summary(key.data),
      '',
      ...events.map((e, i) => `${String(i + 1).padStart(4)}  ${e.at}  ${e.type.padEnd(24)} ${e.id}`),
      '',
      broken === null ? 'The chain is whole.' : `The chain is broken at event ${broken + 1}.`,
      outbox.length === 0 ? 'Nothing is pending.' : `Pending:\n${outbox.map((e) => `  ${e.type.padEnd(24)} ${e.id}`).join('\n')}`,
      (mission?.holds.length ?? 0) === 0 ? 'Not held.' : `Held:\n${mission?.holds.map((h) => `  ${h.since}  ${JSON.stringify(h.reason)}`).join('\n') ?? ''}`,
    ]
    process.stdout.write(`${lines.join('\n')}\n`)
    return 0
  } finally {
    redis.disconnect()
  }

  async function summary(key: MissionKey): Promise<string> {
    const { mission } = fold(key, await journal.read(key))
    return mission ? lineOf(liveView(mission, mission.last_event_at)) : 'empty'
  }
}
