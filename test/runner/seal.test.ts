import { expect, test } from 'vitest'
import type { SealedEvent } from '../../src/domain/event.ts'
import { firstBroken } from '../../src/runner/seal.ts'
import { missionWorld } from '../support/mission-world.ts'

test('a whole chain is whole, in any order of keys', async () => {
  const events = await aJournal()
  expect(firstBroken(events)).toBeNull()
  expect(firstBroken(events.map((event) => Object.fromEntries(Object.entries(event).toReversed()) as SealedEvent))).toBeNull()
  expect(firstBroken([])).toBeNull()
})

test.each([
  ['an event that was changed', (all: SealedEvent[]) => all.map((e, i) => (i === 3 ? { ...e, at: '2030-01-01T00:00:00Z' } : e)), 3],
  ['an event that was taken out', (all: SealedEvent[]) => all.filter((_, i) => i !== 3), 3],
  ['two events that changed places', (all: SealedEvent[]) => [...all.slice(0, 2), ...all.slice(2, 4).toReversed(), ...all.slice(4)], 2],
  ['a beginning that was cut off', (all: SealedEvent[]) => all.slice(1), 0],
  ['an event that was told twice', (all: SealedEvent[]) => [...all.slice(0, 3), ...all.slice(2)], 3],
])('the chain shows %s', async (_, change, position) => {
  expect(firstBroken(change(await aJournal()))).toBe(position)
})

async function aJournal(): Promise<SealedEvent[]> {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  return world.journal.read(world.key)
}
