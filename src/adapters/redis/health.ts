import type { Redis } from 'ioredis'
import { reach } from './reach.ts'

const wanted = [
  { setting: 'maxmemory-policy', value: 'noeviction', why: 'anything else may throw journals and jobs away' },
  { setting: 'appendonly', value: 'yes', why: 'otherwise a restart loses the missions' },
  { setting: 'appendfsync', value: 'always', why: 'otherwise a crash loses the last second' },
]

/** What is wrong with the server's settings, in words for the operator; empty when all is well. Throws `JournalAway`. */
export async function redisProblems(redis: Redis): Promise<string[]> {
  const problems: string[] = []
  for (const { setting, value, why } of wanted) {
    const actual = await settingOf(redis, setting)
    if (actual === null) problems.push(`Redis does not tell its ${setting}: make sure it is ${value}; ${why}`)
    else if (actual !== value) problems.push(`Redis has ${setting} ${actual}; set it to ${value}: ${why}`)
  }
  return problems
}

/** Hosted servers refuse CONFIG. */
async function settingOf(redis: Redis, setting: string): Promise<string | null> {
  const answer = await reach(redis, () => redis.config('GET', setting).catch((error: Error) => (/^(ERR|NOPERM)/.test(error.message) ? [] : Promise.reject(error))))
  const value = Array.isArray(answer) ? answer[1] : undefined
  return typeof value === 'string' ? value : null
}
