import { expect, test } from 'vitest'
import { memoryJobs } from '../../src/adapters/memory/jobs.ts'
import { ForgeAway, ForgeRefused } from '../../src/ports/forge.ts'
import { ModelAway, ModelRefused } from '../../src/ports/model.ts'
import { missionWorld, type MissionWorld } from '../support/mission-world.ts'

const once = { last_attempt: false }
const never = new AbortController().signal

test('what is not in the outbox any more is not done', async () => {
  await using world = await missionWorld()
  await planned(world)
  const acts = [...world.forge.acts]
  const began = [...world.agents.began]
  for (const id of [world.id('acknowledge'), world.id('clarify.r1'), world.id('merge-feature.f1.1')]) {
    expect(await world.app.performer.perform(world.key, id, once, never)).toEqual({ done: true })
  }
  expect([world.forge.acts, world.agents.began]).toEqual([acts, began])
})

test('acts are done one at a time, in the order they were issued; only a held mission speaks first', async () => {
  await using world = await missionWorld()
  world.forge.fails('publish-plan.1', 'before', new ForgeRefused('no issues here'))
  await world.happens({ does: 'label', by: 'mara' })
  await world.happens({ does: 'comment', by: 'mara', says: '/resume' })
  expect(await positions(world)).toEqual(['acknowledge', 'halt.1', 'publish-plan.1', 'respond.1'])
})

test('what GitHub refuses holds the mission; resume does the same effect under the same id', async () => {
  await using world = await missionWorld()
  world.forge.fails('publish-plan.1', 'before', new ForgeRefused('issues are switched off'))
  await world.happens({ does: 'label', by: 'mara' })
  const held = await world.mission()
  expect(held.holds.map((h) => h.reason)).toEqual([{ why: 'effect_failed', effect: world.id('publish-plan.1'), trouble: 'github', detail: 'issues are switched off' }])
  expect(held.pending.map((e) => e.id)).toEqual([world.id('publish-plan.1')])
  await world.happens({ does: 'comment', by: 'mara', says: '/resume' })
  expect([(await world.mission()).phase, world.forge.acts.filter((id) => id.includes('publish-plan'))]).toEqual(['awaiting_approval', [world.id('publish-plan.1')]])
})

test('what is away for a while is tried again by the queue, and nobody is bothered', async () => {
  await using world = await missionWorld()
  world.forge.fails('publish-plan.1', 'before', new ForgeAway('502'), new ForgeAway('502'))
  await world.happens({ does: 'label', by: 'mara' })
  await world.pass(5)
  await world.pass(5)
  const mission = await world.mission()
  expect([mission.phase, mission.holds, mission.failures]).toEqual(['awaiting_approval', [], {}])
})

test('an act whose answer was lost is not done again', async () => {
  await using world = await missionWorld()
  world.forge.fails('acknowledge', 'after', new ForgeAway('the connection broke'))
  await world.happens({ does: 'label', by: 'mara' })
  await world.pass(5)
  expect([(await world.mission()).phase, world.forge.acts.filter((id) => id.endsWith('.acknowledge'))]).toEqual(['awaiting_approval', [world.id('acknowledge')]])
})

test('what stays away holds the mission after the last attempt, each failure under its own id', async () => {
  await using world = await missionWorld({ attempts: 2 })
  const away = () => new ForgeAway('502')
  world.forge.fails('publish-plan.1', 'before', away(), away(), away(), away())
  await world.happens({ does: 'label', by: 'mara' })
  await world.pass(5)
  expect((await world.mission()).holds.map((h) => h.reason.why)).toEqual(['effect_failed'])
  await world.happens({ does: 'comment', by: 'mara', says: '/resume' })
  await world.pass(5)
  expect((await world.mission()).failures).toEqual({ [world.id('publish-plan.1')]: 2 })
  await world.happens({ does: 'comment', by: 'mara', says: '/resume' })
  expect((await world.mission()).phase).toBe('awaiting_approval')
})

test.each([
  ['an overloaded model', new ModelAway('529'), 'model_away'],
  ['a refused key', new ModelRefused('401'), 'model_refused_credentials'],
  ['a mistake of ours', new TypeError('x is not a function'), 'effect_failed'],
])('%s holds the mission', async (_, error, why) => {
  await using world = await missionWorld({ attempts: 1 })
  world.agents.fails('contract.n1', error)
  await world.happens({ does: 'label', by: 'mara' })
  expect((await world.mission()).holds.map((h) => h.reason.why)).toEqual([why])
})

test('a model that was away is tried again after a while, without anybody', async () => {
  await using world = await missionWorld({ attempts: 1 })
  world.agents.fails('contract.n1', new ModelAway('529'))
  await world.happens({ does: 'label', by: 'mara' })
  await world.pass(14)
  expect((await world.mission()).holds.map((h) => h.reason.why)).toEqual(['model_away'])
  await world.pass(2)
  expect([(await world.mission()).phase, world.agents.began.filter((run) => run === 'contract.n1')]).toEqual(['awaiting_approval', ['contract.n1', 'contract.n1']])
})

test('a hold reaches a running agent before its next turn; resume goes on with the same run', async () => {
  await using world = await missionWorld()
  const contract = world.agents.pauses('contract.n1')
  const labelled = world.happens({ does: 'label', by: 'mara' })
  await contract.reached
  const paused = world.happens({ does: 'comment', by: 'mara', says: '/pause' })
  await held(world)
  contract.goOn()
  await Promise.all([labelled, paused])
  const mission = await world.mission()
  expect([mission.pending.map((e) => e.id), mission.runs[world.id('contract.n1')]?.ended_at]).toEqual([[world.id('contract.n1')], null])
  await world.happens({ does: 'comment', by: 'mara', says: '/resume' })
  expect((await world.mission()).phase).toBe('awaiting_approval')
})

test('a cancel reaches a running agent before its next turn, and what it used is counted', async () => {
  await using world = await missionWorld()
  const contract = world.agents.pauses('contract.n1')
  const labelled = world.happens({ does: 'label', by: 'mara' })
  await contract.reached
  const cancelled = world.happens({ does: 'comment', by: 'mara', says: '/cancel' })
  await held(world)
  contract.goOn()
  await Promise.all([labelled, cancelled])
  await world.pass(1)
  const mission = await world.mission()
  const run = mission.runs[world.id('contract.n1')]
  expect([mission.phase, run?.ending, run?.usage?.turns, mission.contract]).toEqual(['stopped', 'stopped', 1, null])
})

test('while an agent is still at its last turn, the last words of a cancelled mission wait', async () => {
  await using world = await missionWorld()
  const contract = world.agents.pauses('contract.n1')
  const labelled = world.happens({ does: 'label', by: 'mara' })
  await contract.reached
  const cancelled = world.happens({ does: 'comment', by: 'mara', says: '/cancel' })
  await held(world)
  expect((await world.mission()).pending.map((e) => e.type)).toEqual(expect.arrayContaining(['StopRun', 'CloseMission']))
  contract.goOn()
  await Promise.all([labelled, cancelled])
  await world.pass(1)
  expect([(await world.mission()).pending, world.forge.acts.at(-1)]).toEqual([[], world.id('close-mission')])
})

test('what a run used that was held and then cancelled is known: at the hold, and at the end', async () => {
  await using world = await missionWorld({ attempts: 1 })
  world.agents.fails('contract.n1', new ModelAway('529'))
  await world.happens({ does: 'label', by: 'mara' })
  const run = async () => (await world.mission()).runs[world.id('contract.n1')]
  expect([(await run())?.usage?.turns, (await run())?.books]).toEqual([2, 'open'])
  await world.happens({ does: 'comment', by: 'mara', says: '/cancel' })
  await world.pass(1)
  expect([(await run())?.usage?.turns, (await run())?.books, (await world.mission()).pending]).toEqual([2, 'closed', []])
})

test('what a run used whose process was killed is known when the mission was cancelled before it came back', async () => {
  await using world = await missionWorld()
  const contract = world.agents.pauses('contract.n1')
  void world.happens({ does: 'label', by: 'mara' })
  await contract.reached
  // Nobody hears of the agent again; its queue goes with it.
  const queue = memoryJobs(world.clock)
  const other = world.process(queue)
  await queue.work(other.handlers)
  await other.runner.handle(world.key, { id: 'comment/1', type: 'CommandGiven', by: 'mara', comment: 1, issue: 7, created_at: world.clock.now().toISOString(), command: { name: 'cancel' } })
  await queue.idle()
  const { runs, pending, phase } = await world.mission()
  expect([phase, pending, runs[world.id('contract.n1')]?.books, runs[world.id('contract.n1')]?.usage?.turns]).toEqual(['stopped', [], 'closed', 1])
  contract.goOn()
  await world.settled()
  await queue.close(0)
})

async function planned(world: MissionWorld): Promise<void> {
  await world.happens({ does: 'label', by: 'mara' })
}

/** Acts as they were done, comments by one name. */
async function positions(world: MissionWorld): Promise<string[]> {
  await world.settled()
  return world.forge.acts.map((id) => id.slice(world.key.length + 1).replace(/^respond\.\d+$/, 'respond.1'))
}

/** Until the order of a person stands in the journal. */
async function held(world: MissionWorld): Promise<void> {
  for (let look = 0; look < 1000; look++) {
    const { phase, holds } = await world.mission()
    if (phase === 'stopped' || holds.length > 0) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('nobody held the mission')
}
