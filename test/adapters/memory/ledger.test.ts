import { expect, test } from 'vitest'
import { memoryLedger } from '../../../src/adapters/memory/ledger.ts'
import { effectId, missionKey } from '../../../src/domain/id.ts'
import { ledgerContract } from '../../contracts/ledger.ts'

ledgerContract('memory', async () => {
  const ledger = memoryLedger()
  return { ledger, other: ledger, [Symbol.asyncDispose]: async () => {} }
})

test('a reservation of a run that died counts no more after its time', async () => {
  let now = new Date('2026-11-21T12:00:00Z')
  const ledger = memoryLedger({ clock: { now: () => now } })
  const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
  const spend = { key, installation_id: 5, day: '2026-11-21', worst_usd: 10, mission_cap_usd: 10, day_cap_usd: 50 }
  await ledger.reserve({ ...spend, run: effectId(key, 'run', 1) })
  expect(await ledger.reserve({ ...spend, run: effectId(key, 'run', 2) })).toBe(false)
  now = new Date('2026-11-21T13:00:01Z')
  expect(await ledger.reserve({ ...spend, run: effectId(key, 'run', 2) })).toBe(true)
})
