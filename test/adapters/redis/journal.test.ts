import { afterAll, beforeAll, expect, test } from 'vitest'
import { redisJournal } from '../../../src/adapters/redis/journal.ts'
import { missionKey } from '../../../src/domain/id.ts'
import { JournalAway } from '../../../src/ports/journal.ts'
import { journalContract } from '../../contracts/journal.ts'
import { commented, entry, wake } from '../../contracts/journal-entries.ts'
import { testRedis, type TestRedis } from '../../support/redis.ts'

const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
let shared: TestRedis
let made = 0
beforeAll(async () => {
  shared = await testRedis()
})
afterAll(() => shared[Symbol.asyncDispose]())

journalContract('redis', async () => {
  const prefix = `contract-${++made}`
  const [journal, other] = [redisJournal(shared.client(), { prefix }), redisJournal(shared.client(), { prefix })]
  return { journal, other, [Symbol.asyncDispose]: async () => void (await Promise.all([journal.close(), other.close()])) }
})

test('a killed Redis comes back with everything appended, and the journal with it', async () => {
  await using redis = await testRedis()
  const journal = redisJournal(redis.client())
  for (let n = 0; n < 20; n++) await journal.append({ ...entry(key, n, commented(`comment/${n}`)), issued: [wake(key, n)] })
  await redis.stop('SIGKILL')

  await expect(journal.append(entry(key, 20, commented('comment/20')))).rejects.toThrow(JournalAway)
  await expect(journal.read(key)).rejects.toThrow(JournalAway)

  await redis.start()
  await expect.poll(() => journal.length(key).catch(() => null)).toBe(20)
  expect((await journal.read(key)).map((event) => event.id)).toEqual(Array.from({ length: 20 }, (_, n) => `comment/${n}`))
  expect(await journal.outbox(key)).toHaveLength(20)
  expect(await journal.append(entry(key, 20, commented('comment/20')))).toBe('appended')
})

test('appends that were answered around a kill are in the journal, in a row', async () => {
  await using redis = await testRedis()
  const journal = redisJournal(redis.client())
  const answered: string[] = []
  const killed = (async () => {
    for (let n = 0; n < 10_000; n++) {
      if (n === 200) void redis.stop('SIGKILL')
      if ((await journal.append(entry(key, n, commented(`comment/${n}`)))) === 'appended') answered.push(`comment/${n}`)
    }
  })()
  await expect(killed).rejects.toThrow(JournalAway)
  await redis.stop('SIGKILL')
  await redis.start()
  await expect.poll(() => journal.length(key).catch(() => 0)).toBeGreaterThan(0)
  const kept = (await journal.read(key)).map((event) => event.id)
  expect(answered.length).toBeGreaterThanOrEqual(200)
  expect(kept.slice(0, answered.length)).toEqual(answered)
  // The one in flight may have been written without its answer reaching us.
  expect(kept.length - answered.length).toBeLessThanOrEqual(1)
})

test('a Redis that hangs is told', async () => {
  await using redis = await testRedis()
  const journal = redisJournal(redis.client())
  await journal.append(entry(key, 0, commented('comment/0')))
  process.kill(redis.pid(), 'SIGSTOP')
  await expect(journal.append(entry(key, 1, commented('comment/1')))).rejects.toThrow(JournalAway)
  process.kill(redis.pid(), 'SIGCONT')
  await expect.poll(() => journal.length(key)).toBe(2)
  expect(await journal.append(entry(key, 1, commented('comment/1')))).toBe('seen')
})

test.for([
  ['no JSON', '{"v":1,'],
  ['no event', JSON.stringify({ ...commented('comment/1'), type: 'Invented' })],
  ['an event without its seal', JSON.stringify({ ...commented('comment/1'), prev: undefined })],
])('a journal entry that is %s names mission and place', async ([, text]) => {
  await using redis = await testRedis()
  const client = redis.client()
  const journal = redisJournal(client)
  await journal.append(entry(key, 0, commented('comment/0')))
  await client.rpush(`missions:journal:${key}`, text ?? '')
  await expect(journal.read(key)).rejects.toThrow(`mission ${key}: journal entry 1 is corrupt`)
})
