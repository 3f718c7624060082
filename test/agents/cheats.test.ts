import { describe, expect, test } from 'vitest'
import type { TaskOf } from '../../src/agents/services.ts'
import { aHandoff, anAssertion, anUnderstanding, f, ms, val } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { hear } from './script.ts'
import { counter, procedures, world } from './world.ts'
import type { World } from './world.ts'

// What an agent says of things that are not so, and what it is told.

function told(here: World, n: number): string[] {
  return (hear(here.requests[n]).results.at(-1)?.text ?? '').split('\n').filter((line) => line.startsWith('- '))
}

describe('a planner', () => {
  const rules = '# Rules\n\n## Storage\n\nBookings stay in one JSON file.\n\n## Style\n\nNo semicolons.\n'
  const settings = 'boundaries:\n  - legacy/\n'
  const decision = (over: object) => ({ decision: 'Bookings stay in a file', document: 'AGENTS.md', section: 'Storage', quote: 'Bookings stay in one JSON file', ...over })
  const feature = { id: 'f1', milestone: 'm1', title: 'Count', brief: 'Make it count.', after: [], covers: ['VAL-API-001', 'VAL-CLI-001'], touches: ['count.js'], risk: 'low', expected: 'It counts.' }
  const plan = {
    milestones: [{ id: 'm1', title: 'One', goal: 'It counts.' }],
    features: [feature],
    procedures,
    procedures_from: 'package.json',
    boundaries: ['legacy/', 'db/schema.sql'],
    decisions: [decision({})],
  }

  test('whose decisions quote words that are not there, or not in that place, gets each back with what to do', async () => {
    const invented = [
      decision({ decision: 'A database is used', quote: 'All bookings are kept in PostgreSQL' }),
      decision({ decision: 'The style is kept', quote: 'No semicolons' }),
      decision({ decision: 'The rules are kept', section: 'Deployment' }),
      decision({ decision: 'The handbook is kept', document: 'docs/handbook.md' }),
      decision({ decision: 'Logins come later', document: 'issue', section: '', quote: 'logins can wait until next year' }),
      decision({ decision: 'Mara wants it so', document: 'answers', section: '', quote: 'I want it exactly so' }),
    ]
    const steps = [[uses('submit', { ...plan, decisions: invented }, 's1')], [uses('submit', plan, 's2')]]
    await using here = await world({ 'decompose.n1': steps }, { ...counter, 'AGENTS.md': rules, '.github/missions.yml': settings })
    const outcome = await here.run('decompose.n1', { task: 'decompose', n: 1, problems: [] })
    expect(told(here, 1)).toEqual([
      '- The decision "A database is used" quotes "All bookings are kept in PostgreSQL", which does not stand in AGENTS.md; copy the words as they stand there, or leave the decision out and call it an assumption.',
      '- The decision "The style is kept" quotes words that stand in AGENTS.md, but not in the section "Storage"; name the section they stand in.',
      '- The decision "The rules are kept" names the section "Deployment", which AGENTS.md does not have; name a heading or a line, such as `line 12`, or leave it empty.',
      '- The decision "The handbook is kept" rests on "docs/handbook.md", which does not exist; name `issue`, `answers` or the path of a file at the commit this mission begins from.',
      '- The decision "Logins come later" quotes "logins can wait until next year", which does not stand in issue; copy the words as they stand there, or leave the decision out and call it an assumption.',
      '- The decision "Mara wants it so" quotes "I want it exactly so", which does not stand in answers; copy the words as they stand there, or leave the decision out and call it an assumption.',
    ])
    expect(outcome).toMatchObject({ body: { type: 'PlanWritten', plan: { decisions: [{ decision: 'Bookings stay in a file' }] } } })
  })

  test('that insists on invented words ends without a plan', async () => {
    const invented = { ...plan, decisions: [decision({ quote: 'All bookings are kept in PostgreSQL' })] }
    await using here = await world({ 'decompose.n1': [1, 2, 3, 4].map((n) => [uses('submit', invented, `s${n}`)]) }, { ...counter, 'AGENTS.md': rules, '.github/missions.yml': settings })
    expect(await here.run('decompose.n1', { task: 'decompose', n: 1, problems: [] })).toMatchObject({
      body: { type: 'RunFailed', reason: 'off_schema', detail: expect.stringContaining('which does not stand in AGENTS.md') },
    })
  })

  test('that promises what the contract does not have, in an area that it does not have, or plans within a boundary or without one, hears so', async () => {
    const beyond = { ...plan, boundaries: ['db/schema.sql'], features: [{ ...feature, covers: ['VAL-API-001', 'VAL-PAGE-001'], touches: ['db/schema.sql'] }] }
    await using here = await world({ 'decompose.n1': [[uses('submit', beyond, 's1')], [uses('submit', plan, 's2')]] }, { ...counter, 'AGENTS.md': rules, '.github/missions.yml': settings })
    const outcome = await here.run('decompose.n1', { task: 'decompose', n: 1, problems: [] })
    expect(told(here, 1)).toEqual([
      '- f1 covers VAL-PAGE-001, which the contract does not have.',
      '- VAL-CLI-001 is covered by no feature; every assertion needs exactly one.',
      '- f1 touches "db/schema.sql", which lies within the boundary "db/schema.sql"; plan without it, or drop the boundary if it is your own and wrong.',
      '- .github/missions.yml has the boundary "legacy/", and the plan does not; list it in "boundaries" as it stands there.',
    ])
    expect(outcome).toMatchObject({ body: { type: 'PlanWritten' } })
  })

  test('whose contract leaves the space between its areas empty, or proves a line that is not there, hears so', async () => {
    const one = anAssertion('API-001', { title: 'Over the API', proves: [1] })
    const other = anAssertion('WEB-001', { title: 'On the page', tool: 'browser', evidence: ['page(taken by *)'], proves: [9] })
    const crossing = anAssertion('CROSS-001', { title: 'In both', tool: 'browser', evidence: ['page(booked by *)'], proves: [1] })
    const sound = { assertions: [one, { ...other, proves: [1] }, crossing] }
    await using here = await world({ 'contract.n1': [[uses('submit', { assertions: [one, other] }, 's1')], [uses('submit', sound, 's2')]] })
    here.mission.understanding = anUnderstanding({ done: ['A taken room is refused'] })
    const outcome = await here.run('contract.n1', { task: 'contract', n: 1, problems: [] })
    expect(told(here, 1)).toEqual([
      '- The contract has the areas API, WEB and no assertion that crosses them; add a VAL-CROSS one in which what is done in one is observed in another, or say in "apart" why nothing a user does in one can show in another.',
      '- VAL-WEB-001 says it proves line 9 of the definition of done, which has one line.',
    ])
    expect(outcome).toMatchObject({ body: { type: 'ContractWritten' } })
  })

  test('reads no digest that names places which are not there', async () => {
    const digest = (path: string, line: number) => ({ answer: 'It counts there.', places: [{ path, line, what: 'the counter' }], unsure: [] })
    await using here = await world({
      'clarify.r1': [[uses('explore', { question: 'Where does the product count?' }, 'e1')], [uses('submit', { outcome: 'understood', understanding: anUnderstanding() }, 's1')]],
      'clarify.r1.x1': [[uses('submit', digest('src/counter.ts', 1), 's1')], [uses('submit', digest('count.js', 900), 's2')], [uses('submit', digest('count.js', 3), 's3')]],
    })
    await here.run('clarify.r1', { task: 'clarify', round: 1 })
    expect([told(here, 2), told(here, 3)]).toEqual([
      ["- src/counter.ts is no file of the repository; name a file that you read, from the repository's root."],
      ['- count.js has 4 lines, and you name line 900; look again where it stands.'],
    ])
    expect(hear(here.requests[4]).last).toContain('- count.js:3 the counter')
  })
})

describe('a validator', () => {
  test('that blocks in the name of an assertion or a feature which is not there hears so', async () => {
    const finding = (over: object) => ({ severity: 'blocking', what: 'It counts from zero.', evidence: [], ...over })
    const report = (...findings: object[]) => ({ summary: 'Looked at all of it.', findings })
    const place = { path: 'count.js', line: 1 }
    const bad = report(finding({ assertion: 'VAL-PAGE-009' }), finding({ place: { ...place, feature: 'f9' } }), finding({}), finding({ place: { path: '../count.js', line: 1 } }))
    await using here = await world({ 'synthesise.m1.r1': [[uses('submit', bad, 's1')], [uses('submit', report(finding({ assertion: 'VAL-API-001', place: { ...place, feature: 'f1' } })), 's2')]] })
    const outcome = await here.run('synthesise.m1.r1', { task: 'synthesise', milestone: ms(1), round: 1, base: here.base, head: here.base })
    expect(told(here, 1)).toEqual([
      '- Finding 1: it names VAL-PAGE-009, which the contract does not have; name the assertion that is broken, or none.',
      '- Finding 2: its place names f9, which is no feature of this mission; name the one whose change is at fault, or leave it out.',
      '- Finding 3: it is blocking and names no place and no assertion.',
      "- Finding 4: name ../count.js from the repository's root.",
    ])
    expect(outcome).toMatchObject({ body: { report: { findings: [{ assertion: 'VAL-API-001', place: { feature: 'f1' } }] } } })
  })

  test('that tests one assertion and fails another hears so, and in the end its finding blocks nothing', async () => {
    const pass = { assertion: 'VAL-CLI-001', result: 'pass', note: 'It counts.', evidence: [{ kind: 'command', text: 'exit 0' }] }
    const foreign = { severity: 'blocking', what: 'The page is not there at all.', assertion: 'VAL-PAGE-009', evidence: [] }
    const submits = [1, 2, 3, 4].map((n) => [uses('submit', { summary: 'It works.', results: [pass], findings: [foreign] }, `s${n}`)])
    await using here = await world({ 'exercise.m1.r1.p1': [[uses('command', { assertion: 'VAL-CLI-001', argv: ['node', 'cli.js'] }, 'c1')], ...submits] })
    const outcome = await here.run('exercise.m1.r1.p1', { task: 'exercise', milestone: ms(1), round: 1, part: 1, head: here.base, assertions: [val('CLI-001')] })
    expect(told(here, 2)).toEqual(['- Finding 1 names VAL-PAGE-009, which is not yours to exercise; name the assertion of yours that it breaks, or none.'])
    const { assertion: _, ...kept } = foreign
    expect(outcome).toMatchObject({ body: { report: { results: [{ result: 'pass' }], findings: [{ ...kept, severity: 'non_blocking' }] } } })
  })
})

describe('a worker', () => {
  const handoff = aHandoff({
    commands: [],
    tests_added: [],
    exemptions: [{ kind: 'untestable', assertions: [val('API-001'), val('CLI-001')], reason: 'This script is about boundaries, not about its tests.' }],
  })
  const files = { ...counter, 'legacy/old.js': 'export {}\n', 'db/001.sql': 'create table x (id int);\n' }
  const crossing = [
    uses('write', { path: 'server.js', content: '// mine now\n' }, 'w1'),
    uses('bash', { command: 'rm legacy/old.js; mkdir DB; echo "drop table x;" > DB/002.SQL; ln -s ../count.js legacy/link.js' }, 'b1'),
    uses('edit', { path: 'count.js', old: '++n', new: 'n++ + 1' }, 'e1'),
  ]
  const build = (here: World): TaskOf<'build'> => ({ task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })
  const bounded = async (steps: Parameters<typeof world>[0]) => {
    const here = await world(steps, files)
    if (here.mission.plan) here.mission.plan.boundaries = ['server.js', 'legacy/', 'db/*.sql', 'The format of answers stays as it is']
    return here
  }

  test('that changes what must not be touched is told which boundary each path crosses, and hands off what does not', async () => {
    const mend = [uses('bash', { command: 'cp /tmp/server.js server.js; rm -r DB legacy; mkdir legacy; echo "export {}" > legacy/old.js' }, 'b2'), uses('submit', handoff, 's2')]
    await using here = await bounded({ 'build.f1.a1': [[uses('bash', { command: 'cp server.js /tmp/' }, 'b0'), ...crossing, uses('submit', handoff, 's1')], mend] })
    const outcome = await here.run('build.f1.a1', build(here))
    expect(told(here, 1)).toEqual([
      '- DB/002.SQL lies within "db/*.sql", a boundary of this mission.',
      '- legacy/link.js lies within "legacy/", a boundary of this mission.',
      '- legacy/old.js lies within "legacy/", a boundary of this mission.',
      '- server.js lies within "server.js", a boundary of this mission.',
      '- DB/002.SQL differs from db in upper and lower case only.',
    ])
    expect(outcome).toMatchObject({ body: { type: 'FeatureHandedOff' } })
    const head = outcome.is === 'answered' && outcome.body.type === 'FeatureHandedOff' ? outcome.body.head : here.base
    const diff = await here.services.workspaces.diff({ id: 81234, installation_id: 99, owner: 'acme', name: 'rooms' }, here.base, head)
    expect(diff.files.map((file) => file.path)).toEqual(['count.js'])
  })

  test('that insists, or hides it in a commit of its own, hands off nothing', async () => {
    const insist = [1, 2, 3, 4].map((n) => [uses('submit', handoff, `s${n}`)])
    const hidden = [[...crossing, uses('commit', { message: 'chore: tidy up' }, 'c1')], ...insist]
    await using here = await bounded({ 'build.f1.a1': hidden })
    expect(await here.run('build.f1.a1', build(here))).toMatchObject({
      body: { type: 'RunFailed', reason: 'push_gate', detail: expect.stringContaining('server.js lies within "server.js", a boundary of this mission.') },
    })
  })
})
