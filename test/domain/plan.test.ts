import { describe, expect, it } from 'vitest'
import type { Feature, Plan } from '../../src/domain/feature.ts'
import { planProblems } from '../../src/domain/plan.ts'
import { canonicalJson, planDocument } from '../../src/domain/plan-document.ts'
import { aFeature, anAssertion, aPlan, aPlannedMission, assertionsOfPlan, f, finding, ms, sha, val } from '../support/builders.ts'

const contract = { assertions: assertionsOfPlan() }
const two = { assertions: [anAssertion('API-001'), anAssertion('API-002')] }

function problems(features: Feature[], over: Partial<Plan> = {}): string[] {
  return planProblems(aPlan({ features, ...over }), two)
}

describe('a plan is checked by the program', () => {
  it('a sound plan has no problems', () => {
    expect(planProblems(aPlan(), contract)).toEqual([])
  })

  it('every assertion is covered exactly once, by assertions that exist', () => {
    expect(problems([aFeature(1, { covers: [val('API-001'), val('API-009')] }), aFeature(2, { covers: [val('API-001')] })])).toEqual([
      'f1 covers VAL-API-009, which the contract does not have.',
      'VAL-API-001 is covered by f1 and f2; leave it with the one feature that completes it.',
      'VAL-API-002 is covered by no feature; every assertion needs exactly one.',
    ])
    expect(problems([aFeature(1, { covers: [val('API-001'), val('API-001'), val('API-002')] })])).toEqual(['f1 lists VAL-API-001 more than once.'])
  })

  it('ids are unique and milestones known and full', () => {
    const features = [aFeature(1, { covers: [val('API-001'), val('API-002')] }), aFeature(1), aFeature(2, { milestone: ms(9) })]
    const milestone = { id: ms(1), title: 'One', goal: 'All of it.' }
    expect(problems(features, { milestones: [milestone, milestone, { ...milestone, id: ms(2) }] })).toEqual([
      'The milestone id m1 is used more than once; give every milestone its own.',
      'The feature id f1 is used more than once; give every feature its own.',
      'f2 belongs to milestone m9, which the plan does not have.',
      'Milestone m2 has no feature; give it one or leave it out.',
    ])
  })

  it('order is known, without circles, never behind a later milestone', () => {
    const milestones = [1, 2].map((n) => ({ id: ms(n), title: `Milestone ${n}`, goal: 'Some of it.' }))
    const features = [
      aFeature(1, { covers: [val('API-001'), val('API-002')], after: [f(2)] }),
      aFeature(2, { after: [f(3), f(7), f(2)] }),
      aFeature(3, { after: [f(1)] }),
      aFeature(4, { milestone: ms(2) }),
      aFeature(5, { after: [f(4)] }),
    ]
    expect(problems(features, { milestones })).toEqual([
      'f2 comes after f7, which the plan does not have.',
      'f2 comes after itself.',
      'f5 of milestone m1 comes after f4 of the later milestone m2; move one of them.',
      'f1, f2, f3 wait for each other, so none of them could ever start; remove one "after" from the circle.',
      'No feature of the first milestone m1 can start: each has an "after". Let one begin with nothing before it.',
    ])
  })

  it('a chain is not a circle', () => {
    const chain = [1, 2, 3, 4].map((n) => aFeature(n, { covers: n === 1 ? [val('API-001'), val('API-002')] : [], after: n > 1 ? [f(n - 1)] : [] }))
    expect(problems(chain)).toEqual([])
  })

  it('nothing is fixed before it is built, and nothing is touched that the gate would refuse', () => {
    expect(
      problems([
        aFeature(1, {
          covers: [val('API-001'), val('API-002')],
          fixes: [finding('review.f1.r1-1')],
          touches: ['.github/workflows/ci.yml', '../other', '/etc/hosts', 'docs/CODEOWNERS', 'src/workflows/a.js'],
        }),
      ]),
    ).toEqual([
      'f1 says it fixes review.f1.r1-1; a first plan has no findings yet, so leave "fixes" empty.',
      'f1 touches ".github/workflows/ci.yml", which no agent may change; plan without it, and say in the brief what a person should do there.',
      'f1 touches "../other"; name paths from the repository\'s root, without "..".',
      'f1 touches "/etc/hosts"; name paths from the repository\'s root, without "..".',
      'f1 touches "docs/CODEOWNERS", which no agent may change; plan without it, and say in the brief what a person should do there.',
    ])
  })

  it('procedures suffice for the tools that the contract names', () => {
    const procedures = { ...aPlan().procedures, start: null, port: null, entry_points: [] }
    expect(planProblems(aPlan({ procedures }), contract)).toEqual([
      'VAL-API-001, VAL-API-002, VAL-WEB-001, VAL-WEB-002, VAL-DATA-001 are checked over http or in a browser, so the procedures must say how the product starts: start and port are missing.',
      'VAL-CLI-001 is checked by running commands, so the procedures must declare entry_points, such as ["node", "bin/tool.js"], or for a library how a user\'s script is run (consumer).',
    ])
    const library = { assertions: [anAssertion('CLI-001', { tool: 'terminal' })] }
    expect(planProblems(aPlan({ features: [aFeature(1, { covers: [val('CLI-001')] })], procedures: { ...procedures, entry_points: [['node', 'bin/x.js']] } }), library)).toEqual([])
  })

  it('each service has a name and a port of its own, and something that tells when it is up', () => {
    const service = { name: 'redis', start: 'redis-server --port 6379', health: null, port: 6379, stop: null }
    const planned = (services: (typeof service)[]) => planProblems(aPlan({ procedures: { ...aPlan().procedures, services } }), contract)
    expect(planned([service, { ...service, name: 'queue', port: 6380 }])).toEqual([])
    expect(
      planned([
        { ...service, port: 3000 },
        { ...service, port: 6379 },
      ]),
    ).toEqual(['Two services are called redis; give each its own name.', 'Port 3000 is given twice; product and services share one loopback, so each needs its own.'])
    expect(planProblems(aPlan({ procedures: { ...aPlan().procedures, services: [{ ...service, port: null }] } }), contract)).toEqual([
      'Nothing tells when the service redis is up; give it a port, or a health command.',
    ])
  })
})

describe('the document behind the hash', () => {
  const m = aPlannedMission()
  const text = canonicalJson(planDocument(m))

  it('does not change with what happens around the plan', () => {
    expect(canonicalJson(planDocument({ ...m, tracking_issue: 99, phase: 'building', last_event_at: '2027-01-01T00:00:00Z', features: [] }))).toBe(text)
  })

  it.each([
    ['the request', { request: { ...m.request, issue: { ...m.request.issue, body: 'Something else.' } } }],
    ['an assumption', { understanding: m.understanding && { ...m.understanding, assumptions: [] } }],
    ['the contract', { contract: { assertions: m.contract?.assertions.slice(1) ?? [] } }],
    ['a feature', { plan: m.plan && { ...m.plan, features: m.plan.features.slice(1) } }],
    ['a procedure', { plan: m.plan && { ...m.plan, procedures: { ...m.plan.procedures, test: 'true' } } }],
    ['a limit', { limits: { ...m.limits, parallel_workers: 3 } }],
    ['the policy', { policy: { ...m.policy, trust: 'scoped-autonomy' as const } }],
    ['the commit it starts from', { base_sha: sha('other') }],
  ])('changes with %s', (_, over) => {
    expect(canonicalJson(planDocument({ ...m, ...over }))).not.toBe(text)
  })

  it('sorts keys, drops what JSON cannot hold, and refuses what it would falsify', () => {
    expect(canonicalJson({ b: 1, a: [true, undefined, null], c: undefined, ä: 'x"', Z: {} })).toBe('{"Z":{},"a":[true,null,null],"b":1,"ä":"x\\""}')
    expect(() => canonicalJson({ a: NaN })).toThrow('JSON has no NaN')
  })
})
