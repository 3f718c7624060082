import { describe, expect, test } from 'vitest'
import { asTried, assertionProblems, inFull, programProblems, type DryRunReport } from '../../src/domain/dry-run.ts'
import type { Plan, Unready } from '../../src/domain/feature.ts'
import { canonicalJson, planDocument } from '../../src/domain/plan-document.ts'
import { skeletonProblems } from '../../src/domain/skeleton.ts'
import { aFeature, anAssertion, aPlan, aPlannedMission, assertionsOfPlan, f, ms, sha, val } from '../support/builders.ts'
import { aDryRunReport } from '../support/dry-run-report.ts'

const contract = { assertions: assertionsOfPlan() }
const head = sha('base')
const lint = { procedures: { ...aPlan().procedures, lint: 'npm run lint' } }
const unready = (procedure: Unready['procedure'], state: Unready['state'], feature: number | null = 1): Unready => ({
  procedure,
  state,
  feature: feature === null ? null : f(feature),
  why: 'It is so today.',
})

function troubles(plan: Plan, over: Partial<DryRunReport> = {}) {
  return programProblems(aDryRunReport(plan, head, over), plan, contract)
}

describe('a plan and the base it was tried on', () => {
  test('agree', () => {
    expect(troubles(aPlan())).toEqual([])
    expect(troubles(aPlan({ ...lint, unready: [unready('test', 'mended'), unready('lint', 'left', null)] }))).toEqual([])
  })

  test('red tests go back, unless the plan mends them; a red install stops', () => {
    const red = (procedure: 'test' | 'install') => ({ procedures: [{ procedure, command: `npm ${procedure}`, exit: 1, seconds: 1, output: 'not ok 3' }] })
    expect(troubles(aPlan(), red('test'))).toEqual([
      {
        seen: 'The test procedure is red before anything is built: `npm test` ends with exit 1.',
        remedy: 'Put the command right, or let the first feature mend it and list it in "unready" as mended. The end of what it printed:\nnot ok 3',
        stops: false,
      },
    ])
    expect(troubles(aPlan({ unready: [unready('test', 'mended')] }), red('test'))).toEqual([])
    expect(troubles(aPlan(), red('install'))).toMatchObject([{ stops: true }])
  })

  test('a claim that something does not work is held against what works', () => {
    const found = troubles(aPlan({ unready: [unready('test', 'mended')] }), { procedures: [{ procedure: 'test', command: 'npm test', exit: 0, seconds: 1, output: '' }] })
    expect(found.map(inFull)).toEqual(['"unready" says that test does not work on the base, but it does: `npm test` ends with exit 0. Take it out.'])
  })

  test('a wrong port is told with the one that listens', () => {
    const found = troubles(aPlan(), { start: { up: false, seconds: 60, problem: 'no answer at http://127.0.0.1:3000/health.', listening: [8080] } })
    expect(found).toMatchObject([{ seen: '`node server.js` does not bring the product up. Something listens on port 8080 instead of 3000. no answer at http://127.0.0.1:3000/health.', stops: true }])
  })

  test('an entry point that is not there yet is no trouble, one that cannot be run is', () => {
    const entry = (state: 'not_built' | 'broken') => ({ entry_points: [{ argv: ['node', 'bin/rooms.js'], state, detail: 'why' }] })
    expect(troubles(aPlan(), entry('not_built'))).toEqual([])
    expect(troubles(aPlan(), entry('broken'))).toMatchObject([{ stops: true }])
  })

  test('an empty repository wants a plan that says so', () => {
    const empty = { empty: true, procedures: [], start: null, entry_points: [], tools: [] }
    expect(troubles(aPlan(), empty)).toMatchObject([{ seen: 'The repository has no manifest and no source at this commit, so install, test, start cannot work yet.', stops: true }])
    expect(troubles(aPlan({ unready: (['install', 'test', 'start'] as const).map((p) => unready(p, 'not_built')) }), empty)).toEqual([])
  })
})

test('assertions are held against the base both ways', () => {
  const [holds, fails] = [anAssertion('API-001', { regression: true }), anAssertion('API-002')]
  const both = { assertions: [holds, fails] }
  const found = (a: typeof holds, result: 'pass' | 'fail' | 'blocked') => ({ [a.id]: { result, note: 'seen', run: null, of: asTried(a, both) } })
  expect(assertionProblems(both, { ...found(holds, 'pass'), ...found(fails, 'fail') })).toEqual([])
  expect(assertionProblems(both, { ...found(holds, 'fail'), ...found(fails, 'pass') }).map((t) => t.seen)).toEqual([
    'VAL-API-001 is marked as a regression and does not hold today. Noted there: seen',
    'VAL-API-002 holds on the base already, before anything is built. Noted there: seen',
  ])
  expect(assertionProblems(both, { ...found(holds, 'blocked'), ...found(fails, 'blocked') })).toHaveLength(1)
  expect(assertionProblems(both, {})).toEqual([])
})

describe('what gets a base to its feet', () => {
  const skeleton = (over: Partial<Plan> = {}) =>
    aPlan({
      milestones: [
        { id: ms(1), title: 'It walks', goal: 'It starts and answers.' },
        { id: ms(2), title: 'It books', goal: 'Rooms can be booked.' },
      ],
      features: [aFeature(1, { touches: ['package.json', 'server.js'] }), aFeature(2, { milestone: ms(2), after: [f(1)], covers: [val('API-001')] }), aFeature(3, { milestone: ms(2), after: [f(2)] })],
      unready: [unready('install', 'not_built'), unready('start', 'not_built')],
      manifests: ['package.json'],
      ...over,
    })

  test('is one first feature, alone in the first milestone', () => {
    expect(skeletonProblems(skeleton())).toEqual([])
    const [, two, three] = skeleton().features
    expect(skeletonProblems(skeleton({ features: [aFeature(1, { touches: ['package.json'] }), { ...aFeature(2), milestone: ms(1) }, ...(three ? [three] : [])] }))).toEqual([
      'f2, f3 cannot be checked before f1 is merged; let them come after f1.',
      'The first milestone is the walking skeleton, tried as a whole before anything stands on it: leave it to f1 alone, and move f2 to a later one.',
    ])
    expect(skeletonProblems(skeleton({ unready: [unready('install', 'not_built', 1), unready('start', 'not_built', 2)] }))).toEqual([
      'f1 and f2 share what is not ready on the base; give all of it to one feature, the first.',
    ])
    expect(skeletonProblems(skeleton({ features: [aFeature(1, { touches: ['package.json'], after: [f(2)] }), ...(two ? [{ ...two, after: [] }] : [])] }))).toEqual([
      'f1 gets the base to its feet, so nothing can come before it: empty its "after".',
      'f2 cannot be checked before f1 is merged; let it come after f1.',
    ])
  })

  test('nobody may leave red what others stand on', () => {
    expect(skeletonProblems(aPlan({ ...lint, unready: [unready('lint', 'left', null)] }))).toEqual([])
    expect(skeletonProblems(aPlan({ unready: [unready('test', 'left', null)] }))).toEqual([
      'Tests that are red on the base prove nothing later: have the first feature mend them, or narrow `test` to the part that is green and say so in `why`.',
    ])
    expect(skeletonProblems(aPlan({ unready: [unready('types', 'left', null)] }))).toEqual(['"unready" names types, which the procedures do not have; leave it out.'])
  })

  test('manifests are named where they are touched, and the other way round', () => {
    expect(skeletonProblems(skeleton({ manifests: ['go.mod'] }))).toEqual([
      'The manifest go.mod is touched by no feature; add it to the "touches" of the one that writes it.',
      'f1 touches package.json; name it in "manifests" too, so that it is approved with the plan.',
    ])
  })
})

test('a starting point is part of what is tried, and of what is approved', () => {
  const [first, second] = [anAssertion('API-001', { starts_from: ['booked'] }), anAssertion('API-002')]
  const contract = (text: string) => ({ assertions: [first, second], starting_points: [{ name: 'booked', text }] })
  const [before, after] = [contract('Oak is booked until 11:00.'), contract('Oak is booked until 12:00.')]
  expect([asTried(first, before) === asTried(first, after), asTried(second, before) === asTried(second, after)]).toEqual([false, true])
  const hashed = (c: typeof before) => canonicalJson(planDocument({ ...aPlannedMission(), contract: c }))
  expect(hashed(before)).not.toBe(hashed(after))
})

test('the plan that is approved holds what came out of the dry run, and not how long it took', () => {
  const m = aPlannedMission()
  const dry = (seconds: number, exit: number) => ({
    ...m,
    dry_run: {
      n: 1,
      subject: '',
      report: aDryRunReport(aPlan(), head, { procedures: [{ procedure: 'test' as const, command: 'npm test', exit, seconds, output: `${seconds}` }] }),
      open: [],
      troubles: [],
      waived: null,
    },
  })
  expect(canonicalJson(planDocument(dry(3, 0)))).toBe(canonicalJson(planDocument(dry(9, 0))))
  expect(canonicalJson(planDocument(dry(3, 0)))).not.toBe(canonicalJson(planDocument(dry(3, 1))))
})
