import { expect, test } from 'vitest'
import { memoryJobs } from '../../src/adapters/memory/jobs.ts'
import { missionWorld } from '../support/mission-world.ts'

test('a lost job is brought back from the outbox, under its own id', async () => {
  await using world = await missionWorld()
  const doomed = world.process(memoryJobs())
  await doomed.inbox.take(world.silently({ does: 'label', by: 'mara' }))
  expect([await world.journal.outbox(world.key), world.forge.acts]).toMatchObject([[{ id: world.id('acknowledge') }], []])
  await world.sweeps({ facts: false })
  expect([(await world.mission()).phase, world.forge.acts]).toEqual(['awaiting_approval', [world.id('acknowledge'), world.id('publish-plan.1')]])
})

test('a sweep over what is in its job already adds nothing', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  const before = await world.journal.read(world.key)
  await world.sweeps({ facts: false })
  await world.sweeps({ facts: true })
  await world.sweeps({ facts: true })
  expect(await world.journal.read(world.key)).toEqual(before)
})

test('a lost webhook is found among the facts, and its late arrival means nothing', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  const approval = world.silently({ does: 'comment', by: 'mara', says: '/approve-plan' })
  await world.sweeps({ facts: false })
  expect((await world.mission()).phase).toBe('awaiting_approval')
  await world.sweeps({ facts: true })
  expect((await world.mission()).approval?.by).toBe('mara')
  const { length } = await world.mission()
  await world.comes(approval)
  expect((await world.mission()).length).toBe(length)
})

test('trouble with one mission does not keep the sweep from the others', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  world.forge.facts = async () => Promise.reject(new Error('410 gone'))
  world.silently({ does: 'comment', by: 'mara', says: '/approve-plan' })
  await expect(world.sweeps({ facts: true })).resolves.toBeUndefined()
})

test('an ended mission is left alone', async () => {
  await using world = await missionWorld()
  await world.happens({ does: 'label', by: 'mara' })
  await world.happens({ does: 'comment', by: 'mara', says: '/cancel' })
  world.silently({ does: 'comment', by: 'mara', says: '/status' })
  const { length } = await world.mission()
  await world.sweeps({ facts: true })
  expect((await world.mission()).length).toBe(length)
})
