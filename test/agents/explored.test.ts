import { expect, test } from 'vitest'
import { exploredTree } from '../../src/agents/roles/explored.ts'
import { world } from './world.ts'

test('explorers see what the question is about: the feature in triage, else the mission’s branch, else the base', async () => {
  await using here = await world({})
  const { mission, base } = here
  const triage = { task: 'triage' as const, scope: 'f1', findings: [], n: 1, problems: [] }
  const [feature] = mission.features
  if (!feature) throw new Error('the world has no feature')
  feature.head = null
  mission.integration = null
  mission.base_sha = base
  expect(exploredTree(mission, triage)).toEqual({ at: base, words: `as it is before any work on the request (${base.slice(0, 7)})` })
  mission.integration = { branch: 'mission/1/main', head: base, open: true }
  expect(exploredTree(mission, triage).words).toContain('all work on the request that is merged')
  feature.head = base
  expect(exploredTree(mission, triage)).toEqual({ at: base, words: `with the change of f1 as it was reviewed (${base.slice(0, 7)})` })
  expect(exploredTree(mission, { ...triage, scope: 'm1' }).words).toContain('all work on the request that is merged')
})
