import { expect, test } from 'vitest'
import { memoryJournal } from '../../src/adapters/memory/journal.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { fold } from '../../src/runner/missions.ts'
import { firstBroken } from '../../src/runner/seal.ts'
import { missionWorld } from '../support/mission-world.ts'

test('two processes handle different events at once: one comes first, the other looks again, both count', async () => {
  const { journal, outcomes } = counted()
  await using world = await missionWorld({ journal })
  await world.happens({ does: 'label', by: 'mara' })
  const [one, other] = [world.process(), world.process()]
  outcomes.length = 0
  const said = (comment: number) => ({ id: `comment/${comment}`, type: 'OutsiderSpoke', by: `ed${comment}`, comment, issue: 7 }) as const
  expect(await Promise.all([one.runner.handle(world.key, said(1)), other.runner.handle(world.key, said(2))])).toEqual(['applied', 'applied'])
  expect(outcomes.slice(0, 3)).toEqual(['appended', 'conflict', 'appended'])
  expect((await world.mission()).refused).toEqual(['ed1', 'ed2'])
  expect(firstBroken(await journal.read(world.key))).toBeNull()
})

test('two processes handle the same event at once: it counts once', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  const before = await world.journal.length(world.key)
  const pause = { id: 'comment/1', type: 'CommandGiven', by: 'mara', comment: 1, issue: 7, created_at: '2026-03-02T13:00:00Z', command: { name: 'pause' } } as const
  const answers = await Promise.all([world.process(), world.process(), world.process()].map((p) => p.runner.handle(world.key, pause)))
  expect(answers.toSorted()).toEqual(['applied', 'ignored', 'ignored'])
  await world.settled()
  // The event, and the answer to its Respond.
  expect(await world.journal.length(world.key)).toBe(before + 2)
})

test('a process whose memory is old sees what others did', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  const old = world.process()
  const seen = await old.missions.load(world.key)
  await world.happens({ does: 'comment', by: 'mara', says: '/pause' })
  const now = await old.missions.load(world.key)
  expect([seen.mission?.holds, now.mission?.holds.map((h) => h.reason.why)]).toEqual([[], ['paused']])
  expect(await old.missions.load(world.key)).toBe(now)
})

test('a journal folds to the mission that wrote it', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  await world.happens({ does: 'comment', by: 'mara', says: '/approve-plan' })
  expect(fold(world.key, await world.journal.read(world.key)).mission).toEqual(await world.mission())
})

/** A journal that tells what became of each append. */
function counted(): { journal: Journal; outcomes: string[] } {
  const journal = memoryJournal()
  const outcomes: string[] = []
  return {
    outcomes,
    journal: {
      ...journal,
      async append(entry) {
        const outcome = await journal.append(entry)
        outcomes.push(outcome)
        return outcome
      },
    },
  }
}
