import type { Redis } from 'ioredis'
import { z } from 'zod'
import type { Ledger } from '../../ports/ledger.ts'
import { reach } from './reach.ts'
import { script } from './script.ts'

interface RedisLedgerOptions {
  prefix?: string
  /** A reservation that was neither settled nor released for so long counts no more: its run died. */
  hold_ms?: number
}

/** Days are kept for questions a person may ask next month. */
const day_kept_s = 40 * 86_400

/**
 * Money in whole billionths of a dollar, so that sums are exact.
 *
 * `<prefix>:held` hash run → `<mission> <installation> <nano> <expires at, ms>`, of all missions: few runs are at work at once ·
 * `<prefix>:spent:<key>` · `<prefix>:spent-day:<installation>:<day>` · `<prefix>:turns:<key>` set of settled turns.
 */
export function redisLedger(redis: Redis, options: RedisLedgerOptions = {}): Ledger {
  const { prefix = 'missions', hold_ms = 3_600_000 } = options
  const held = `${prefix}:held`
  return {
    async reserve({ key, run, installation_id, day, worst_usd, mission_cap_usd, day_cap_usd }) {
      const keys = [held, `${prefix}:spent:${key}`, `${prefix}:spent-day:${installation_id}:${day}`]
      const args = [run, key, installation_id, nanoOf(worst_usd), nanoOf(mission_cap_usd), nanoOf(day_cap_usd), hold_ms]
      return Flag.parse(await reach(redis, () => reserve(redis, keys, args))) === 1
    },
    async settle({ key, run, turn, installation_id, day, cost_usd }) {
      const keys = [held, `${prefix}:spent:${key}`, `${prefix}:spent-day:${installation_id}:${day}`, `${prefix}:turns:${key}`]
      await reach(redis, () => settle(redis, keys, [run, turn, nanoOf(cost_usd), day_kept_s]))
    },
    async release(_key, run) {
      await reach(redis, () => redis.hdel(held, run))
    },
    spent: async (key) => Number((await reach(redis, () => redis.get(`${prefix}:spent:${key}`))) ?? 0) / 1e9,
  }
}

const Flag = z.literal([0, 1])

function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}

const reserve = script(`
local held, spent, spent_day = unpack(KEYS)
local run, mission, installation, worst, hold_ms = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[7])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

redis.call('HDEL', held, run)
local of_mission, of_day = worst, worst
local holds = redis.call('HGETALL', held)
for i = 1, #holds, 2 do
  local key, place, nano, expires = string.match(holds[i + 1], '^(%S+) (%S+) (%S+) (%S+)$')
  if tonumber(expires) <= now then
    redis.call('HDEL', held, holds[i])
  else
    if key == mission then of_mission = of_mission + tonumber(nano) end
    if place == installation then of_day = of_day + tonumber(nano) end
  end
end
of_mission = of_mission + tonumber(redis.call('GET', spent) or 0)
of_day = of_day + tonumber(redis.call('GET', spent_day) or 0)
if of_mission > tonumber(ARGV[5]) or of_day > tonumber(ARGV[6]) then return 0 end
redis.call('HSET', held, run, string.format('%s %s %s %.0f', mission, installation, ARGV[4], now + hold_ms))
return 1
`)

const settle = script(`
local held, spent, spent_day, turns = unpack(KEYS)
if redis.call('SADD', turns, ARGV[1] .. ' ' .. ARGV[2]) == 0 then return 0 end
redis.call('HDEL', held, ARGV[1])
redis.call('INCRBY', spent, ARGV[3])
redis.call('INCRBY', spent_day, ARGV[3])
redis.call('EXPIRE', spent_day, ARGV[4])
return 1
`)
