import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { redisLedger } from '../../../src/adapters/redis/ledger.ts'
import { effectId, missionKey } from '../../../src/domain/id.ts'
import { JournalAway } from '../../../src/ports/journal.ts'
import { ledgerContract } from '../../contracts/ledger.ts'
import { testRedis, type TestRedis } from '../../support/redis.ts'

let shared: TestRedis
let made = 0
beforeAll(async () => {
  shared = await testRedis()
})
afterAll(() => shared[Symbol.asyncDispose]())

ledgerContract('redis', async () => {
  const prefix = `contract-${++made}`
  const clients = [shared.client(), shared.client()] as const
  const [ledger, other] = [redisLedger(clients[0], { prefix }), redisLedger(clients[1], { prefix })]
  return { ledger, other, [Symbol.asyncDispose]: async () => clients.forEach((client) => client.disconnect()) }
})

const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
const spend = { key, installation_id: 5, day: '2026-11-21', worst_usd: 10, mission_cap_usd: 10, day_cap_usd: 50 }

test('a reservation of a run that died counts no more after its time', async () => {
  const ledger = redisLedger(shared.client(), { prefix: 'dead', hold_ms: 300 })
  await ledger.reserve({ ...spend, run: effectId(key, 'run', 1) })
  expect(await ledger.reserve({ ...spend, run: effectId(key, 'run', 2) })).toBe(false)
  await vi.waitFor(async () => expect(await ledger.reserve({ ...spend, run: effectId(key, 'run', 2) })).toBe(true), { timeout: 20_000 })
})

test('a killed Redis keeps what was spent and set aside, and is told while it is away', async () => {
  await using redis = await testRedis()
  const ledger = redisLedger(redis.client())
  await ledger.settle({ ...spend, run: effectId(key, 'run', 1), turn: 1, cost_usd: 2.5 })
  await ledger.reserve({ ...spend, run: effectId(key, 'run', 1), worst_usd: 5 })
  await redis.stop('SIGKILL')
  await expect(ledger.spent(key)).rejects.toThrow(JournalAway)
  await redis.start()
  expect(await ledger.spent(key)).toBe(2.5)
  expect(await ledger.reserve({ ...spend, run: effectId(key, 'run', 2), worst_usd: 3 })).toBe(false)
})
