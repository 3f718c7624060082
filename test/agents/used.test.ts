import { describe, expect, test } from 'vitest'
import type { Task } from '../../src/domain/effect.ts'
import { AgentsConfig, limitsOf } from '../../src/agents/config.ts'
import { usedBy } from '../../src/agents/used.ts'
import type { Ledger } from '../../src/ports/ledger.ts'
import { aClarification, effect } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { world, type World } from './world.ts'

const clarify: Task = { task: 'clarify', round: 1 }
const run = effect('clarify.r1')
const question = 'Where does the product count, and from what?'
const digest = uses('submit', { answer: 'In count.js.', places: [], unsure: [] }, 's1')
const steps = {
  'clarify.r1': [[uses('explore', { question, others: ['What does the command print?'] }, 'e1')], [uses('submit', aClarification(), 's1')]],
  'clarify.r1.x1': [[uses('glob', { pattern: '*.js' }, 'g1')], [digest]],
  'clarify.r1.x1.2': [[digest]],
}

describe('what a run has used', () => {
  test('is told with its explorers, and is what was paid', async () => {
    await using here = await world(steps)
    const outcome = await here.run('clarify.r1', clarify)
    const used = await usedBy(run, here.mission, here.services)
    expect(outcome).toMatchObject({ body: { type: 'Clarified', usage: used } })
    expect(used).toMatchObject({ turns: 5, explorers: { runs: 2, turns: 3 } })
    expect(await paid(here)).toBeCloseTo(used.cost_usd, 9)
  })

  test('counts explorers whose answer it never got: the fence stopped them', async () => {
    await using here = await world(steps)
    let asked = 0
    expect(await here.run('clarify.r1', clarify, { mayGoOn: async () => ++asked <= 3 })).toEqual({ is: 'stopped' })
    const used = await usedBy(run, here.mission, here.services)
    expect(used).toMatchObject({ turns: 3, explorers: { runs: 2, turns: 2 } })
    expect(await paid(here)).toBeCloseTo(used.cost_usd, 9)
  })

  test('is paid once, also where the process died between a turn and its payment', async () => {
    await using here = await world(steps)
    const dying: Ledger = { ...here.services.ledger, settle: async () => Promise.reject(new Error('killed')) }
    await expect(here.run('clarify.r1', clarify, { ledger: dying })).rejects.toThrow('killed')
    expect(await paid(here)).toBe(0)
    for (let look = 0; look < 2; look++) {
      const used = await usedBy(run, here.mission, here.services)
      expect(used.turns).toBe(1)
      expect(await paid(here)).toBeCloseTo(used.cost_usd, 9)
    }
    // Nothing stays set aside.
    const account = { key: here.mission.key, run, installation_id: here.mission.request.installation_id, day: '2026-01-01', day_cap_usd: 1_000 }
    const spent = await paid(here)
    expect(await here.services.ledger.reserve({ ...account, worst_usd: 1, mission_cap_usd: spent + 1.000001 })).toBe(true)
  })

  test.each([
    ['turns', { 'clarify.r1': [steps['clarify.r1'][0] ?? []], 'clarify.r1.x1': [[digest]], 'clarify.r1.x1.2': [[digest]] }, { turns: 1 }],
    ['tokens', { 'clarify.r1': [steps['clarify.r1'][0] ?? []], 'clarify.r1.x1': [[digest]], 'clarify.r1.x1.2': [[digest]] }, { tokens: 1 }],
    ['refusal', { 'clarify.r1': [{ say: [], stop: 'refusal' }] }, {}],
    ['off_schema', { 'clarify.r1': [1, 2, 3, 4].map((n) => [uses('submit', { outcome: 'perhaps' }, `s${n}`)]) }, {}],
  ])('is told where the run ends by %s', async (reason, script, limits) => {
    await using here = await world(script)
    const config = AgentsConfig.parse({ limits: { ...limitsOf, orchestrator: { ...limitsOf.orchestrator, ...limits } } })
    const outcome = await here.run('clarify.r1', clarify, { config })
    const used = await usedBy(run, here.mission, here.services)
    expect(outcome).toMatchObject({ body: { type: 'RunFailed', reason, usage: used } })
    expect(used.turns).toBeGreaterThan(0)
    expect(await paid(here)).toBeCloseTo(used.cost_usd, 9)
  })

  test('is nothing where it never began', async () => {
    await using here = await world({})
    expect(await usedBy(run, here.mission, here.services)).toMatchObject({ turns: 0, cost_usd: 0 })
  })
})

function paid({ services, mission }: World): Promise<number> {
  return services.ledger.spent(mission.key)
}
