import { expect, test } from 'vitest'
import { transition } from '../../src/domain/transition.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { randomMission } from '../support/random-mission.ts'

const missions = Number(process.env['MISSIONS_RANDOM'] ?? 100)
const first = Number(process.env['MISSIONS_SEED'] ?? 1)

test(`${missions} random missions keep every invariant and come to an end, seeds ${first} to ${first + missions - 1}`, { timeout: 300_000 }, () => {
  const ends = new Map<string, number>()
  for (let seed = first; seed < first + missions; seed++) {
    try {
      const { mission } = randomMission(seed)
      ends.set(mission.outcome ?? 'none', (ends.get(mission.outcome ?? 'none') ?? 0) + 1)
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  expect([...ends.keys()].filter((outcome) => outcome === 'none')).toEqual([])
  expect(ends.get('validated')).toBeGreaterThan(missions / 4)
})

test('a journal folds to the same mission again', () => {
  const { events, mission } = randomMission(7)
  const again = events.reduce<Mission | null>((m, event) => transition(m, event)?.mission ?? null, null)
  expect(again).toEqual(mission)
})
