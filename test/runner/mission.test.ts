import { expect, test } from 'vitest'
import { branches } from '../../src/domain/id.ts'
import { firstBroken } from '../../src/runner/seal.ts'
import { missionWorld, type MissionWorld } from '../support/mission-world.ts'

test('from the label to the merge: one mission, two milestones, nothing done twice', async () => {
  await using world = await missionWorld()
  world.agents.says('clarify.r1', 'Clarified {asks: May two bookings touch?}')
  world.agents.says('review.f1.r1', 'FeatureReviewed f1 {blocking: The write is not awaited.}')
  world.agents.says('exercise.m1.r1.p1', 'AssertionsExercised m1 {fail: VAL-WEB-001}')

  await world.happens({ does: 'label', by: 'mara' })
  expect((await world.mission()).clarify_rounds[0]?.questions[0]?.text).toBe('May two bookings touch?')
  await world.happens({ does: 'comment', by: 'mara', says: 'They may.' })
  expect((await world.mission()).phase).toBe('awaiting_approval')
  await world.happens({ does: 'comment', by: 'mara', says: '/approve-plan ab12' })
  expect((await world.mission()).phase).toBe('delivering')
  await world.happens({ does: 'merge', by: 'mara', ...missionPull(world), sha: world.names.sha('main.merged') })

  const mission = await world.mission()
  expect({ phase: mission.phase, outcome: mission.outcome, pending: mission.pending, live: await world.journal.live() }).toEqual({ phase: 'done', outcome: 'validated', pending: [], live: [] })
  expect(mission.features.map((f) => [f.feature.id, f.status, f.on, f.feature.fixes.length])).toEqual([
    ['f1', 'merged', null, 0],
    ['f2', 'merged', null, 0],
    ['f3', 'merged', null, 0],
    ['f4', 'merged', 'f1', 1],
    ['f5', 'merged', null, 1],
  ])
  // What stands on GitHub is what the journal says.
  expect(world.forge.acts.toSorted()).toEqual([...new Set(world.forge.acts)].toSorted())
  expect(world.forge.pulls.filter((p) => p.base === branches.integration(world.key)).map((p) => p.state)).toEqual(['closed', 'closed', 'closed', 'closed'])
  expect(world.forge.heads.get(branches.integration(world.key))).toBe(mission.integration?.head)
  expect(world.agents.began.filter((run, i, all) => all.indexOf(run) !== i)).toEqual([])
  const events = await world.journal.read(world.key)
  expect([firstBroken(events), events.length]).toEqual([null, mission.length])

  await world.pass(1)
  expect(world.forge.drawn).toContain(world.key)
})

test('a fact that comes twice, or a hundred times, counts once', async () => {
  await using world = await missionWorld()
  const label = await world.happens({ does: 'label', by: 'mara' })
  const approval = await world.happens({ does: 'comment', by: 'mara', says: '/approve-plan' })
  const before = await world.journal.read(world.key)
  const acts = [...world.forge.acts]
  await Promise.all(Array.from({ length: 100 }, (_, i) => world.app.inbox.take(i % 2 ? label : approval)))
  await world.settled()
  expect(await world.journal.read(world.key)).toEqual(before)
  expect(world.forge.acts).toEqual(acts)
})

test('a second mission of the same issue has a key of its own, and only a newer label starts it', async () => {
  await using world = await missionWorld()
  const label = await world.happens({ does: 'label', by: 'mara' })
  await world.happens({ does: 'comment', by: 'mara', says: '/cancel' })
  await world.comes({ ...label, id: 'issue/7/labelled@late' })
  expect(await world.journal.all()).toEqual([world.key])
  await world.happens({ does: 'label', by: 'mara' })
  expect(await world.journal.all()).toEqual([world.key, `${world.key}-2`])
  await world.happens({ does: 'comment', by: 'mara', says: '/pause' })
  const second = `${world.key}-2` as typeof world.key
  expect([(await world.mission()).holds, (await world.mission(second)).holds.map((h) => h.reason)]).toEqual([[], [{ why: 'paused', by: 'mara' }]])
})

function missionPull(world: MissionWorld): { pull: number; branch: string } {
  const pull = world.forge.pulls.find((p) => p.base === 'main')
  if (!pull) throw new Error('the mission has no pull request')
  return { pull: pull.number, branch: pull.branch }
}
