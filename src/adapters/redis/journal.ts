import type { Redis } from 'ioredis'
import { z } from 'zod'
import { missionKey, MissionKey } from '../../domain/id.ts'
import type { Append, Journal } from '../../ports/journal.ts'
import { readEffect, readEvent } from './entries.ts'
import { reach } from './reach.ts'
import { script } from './script.ts'

/**
 * The journals in Redis. Durable as far as the server is: `appendonly yes`, `appendfsync always`.
 *
 * `<prefix>:journal:<key>` list of events · `<prefix>:seen:<key>` set of event ids · `<prefix>:outbox:<key>` hash effect id →
 * `<place> <effect>` · `<prefix>:live` set and `<prefix>:all` list of mission keys · `<prefix>:latest` hash issue → highest k.
 */
export function redisJournal(redis: Redis, options: { prefix?: string } = {}): Journal {
  const prefix = options.prefix ?? 'missions'
  const at = (noun: string, key: MissionKey) => `${prefix}:${noun}:${key}`
  return {
    async read(key) {
      const entries = await reach(redis, () => redis.lrange(at('journal', key), 0, -1))
      return entries.map((entry, position) => readEvent(key, position, entry))
    },
    length: (key) => reach(redis, () => redis.llen(at('journal', key))),
    async append(entry) {
      const { key } = entry
      const keys = [at('journal', key), at('seen', key), at('outbox', key), `${prefix}:live`, `${prefix}:all`, `${prefix}:latest`]
      return Outcome.parse(await reach(redis, () => append(redis, keys, argumentsOf(entry))))
    },
    async outbox(key) {
      const bodies = await reach(redis, () => redis.hvals(at('outbox', key)))
      return bodies
        .map((body) => ({ place: Number(body.slice(0, body.indexOf(' '))), text: body.slice(body.indexOf(' ') + 1) }))
        .sort((a, b) => a.place - b.place)
        .map(({ text }) => readEffect(key, text))
    },
    live: async () => MissionKeys.parse(await reach(redis, () => redis.smembers(`${prefix}:live`))),
    all: async () => MissionKeys.parse(await reach(redis, () => redis.lrange(`${prefix}:all`, 0, -1))),
    async latest(repository_id, issue) {
      const k = await reach(redis, () => redis.hget(`${prefix}:latest`, `${repository_id}-${issue}`))
      return k === null ? null : missionKey({ repository_id, issue, k: Number(k) })
    },
    async close() {
      redis.disconnect()
    },
  }
}

const Outcome = z.enum(['appended', 'conflict', 'seen'])
const MissionKeys = z.array(MissionKey)

function argumentsOf({ key, expected_length, event, issued, settled, live }: Append): (string | number)[] {
  const [repository, issue, k = '1'] = key.split('-')
  return [
    expected_length,
    event.id,
    JSON.stringify(event),
    live ? 1 : 0,
    key,
    `${repository}-${issue}`,
    k,
    settled.length,
    ...settled,
    ...issued.flatMap((effect) => [effect.id, JSON.stringify(effect)]),
  ]
}

/** An effect that is issued again while it is pending keeps its place. Places grow with the journal, so the order is that of issue. */
const append = script(`
local journal, seen, outbox, live, all, latest = unpack(KEYS)
local length = redis.call('LLEN', journal)
if redis.call('SISMEMBER', seen, ARGV[2]) == 1 then return 'seen' end
if length ~= tonumber(ARGV[1]) then return 'conflict' end

redis.call('RPUSH', journal, ARGV[3])
redis.call('SADD', seen, ARGV[2])
if length == 0 then redis.call('RPUSH', all, ARGV[5]) end
redis.call(ARGV[4] == '1' and 'SADD' or 'SREM', live, ARGV[5])
if tonumber(redis.call('HGET', latest, ARGV[6]) or 0) < tonumber(ARGV[7]) then redis.call('HSET', latest, ARGV[6], ARGV[7]) end

local first_issued = 9 + tonumber(ARGV[8])
for i = 9, first_issued - 1 do redis.call('HDEL', outbox, ARGV[i]) end
for i = first_issued, #ARGV, 2 do
  local place = length + (i - first_issued) / 100000
  local pending = redis.call('HGET', outbox, ARGV[i])
  if pending then place = string.match(pending, '^%S+') end
  redis.call('HSET', outbox, ARGV[i], place .. ' ' .. ARGV[i + 1])
end
return 'appended'
`)
