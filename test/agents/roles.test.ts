import { describe, expect, test } from 'vitest'
import { performIntegrate } from '../../src/agents/integrate.ts'
import type { TaskOf } from '../../src/agents/services.ts'
import type { Sha } from '../../src/domain/id.ts'
import { aFinding, aHandoff, aRun, aClarification, anUnderstanding, at, effect, f, finding, ms, runsOf, val } from '../support/builders.ts'
import { says, uses } from '../support/messages-api.ts'
import { hear, part } from './script.ts'
import type { Step } from './script.ts'
import { counter, world } from './world.ts'

const handoff = aHandoff({
  commands: [],
  tests_added: [],
  exemptions: [{ kind: 'untestable', assertions: [val('API-001'), val('CLI-001')], reason: 'This script is about the ways of a worker, not about its tests.' }],
})
const digest = uses('submit', { answer: 'It counts in count.js.', places: [{ path: 'count.js', line: 1, what: 'the counter' }], unsure: [] }, 'toolu_digest')

describe('the orchestrator', () => {
  test('has no files; it asks explorers, who read and bring back a digest, and their use is its own', async () => {
    const clarification = aClarification()
    await using here = await world({
      'clarify.r1': [[uses('explore', { question: 'Where does the product count, and from what?' }, 'toolu_e1')], [uses('submit', clarification, 'toolu_s1')]],
      'clarify.r1.x1': [
        [
          uses('read', { path: 'count.js' }, 'toolu_r1'),
          uses('bash', { command: 'echo x > count.js; ls' }, 'toolu_b1'),
          uses('grep', { pattern: 'next\\(' }, 'toolu_g1'),
          uses('glob', { pattern: '**/*.test.js' }, 'toolu_gl1'),
        ],
        [digest],
      ],
    })
    here.mission.phase = 'clarifying'
    const outcome = await here.run('clarify.r1', { task: 'clarify', round: 1 })
    expect(outcome).toMatchObject({ is: 'answered', body: { type: 'Clarified', clarification, usage: { turns: 4, model: 'claude-opus-5-5' } } })
    const [asking, reading, digesting, submitting] = here.requests.map(hear)
    expect(asking?.tools).toEqual(['explore', 'submit', 'amend'])
    expect(reading?.tools).toEqual(['bash', 'read', 'glob', 'grep', 'submit'])
    expect(part(reading?.message ?? '', 'question')).toBe('Where does the product count, and from what?')
    const [file, shell, found, listed] = digesting?.results ?? []
    expect(file?.text).toBe('    1\tlet n = 0\n    2\texport function next() {\n    3\t  return ++n\n    4\t}')
    expect(shell?.text).toContain('Read-only file system')
    expect(found?.text).toContain('count.js:2:export function next() {')
    expect(listed?.text).toBe('count.test.js')
    expect(submitting?.last).toContain('Places:\n- count.js:1 the counter')
    expect(here.requests.map((r) => r.body.metadata.user_id)).toEqual(['clarify.r1', 'clarify.r1.x1', 'clarify.r1.x1', 'clarify.r1'].map((n) => effect(n)))
  })

  test('stops with its explorer, and both go on where they were', async () => {
    const explored = [uses('glob', { pattern: '*.js' }, 'g1')]
    await using here = await world({ 'clarify.r1': [[uses('explore', { question: 'Where does it count?' }, 'e1')], [uses('submit', aClarification(), 's1')]], 'clarify.r1.x1': [explored, [digest]] })
    let asked = 0
    const stopped = await here.run('clarify.r1', { task: 'clarify', round: 1 }, { mayGoOn: async () => ++asked <= 2 })
    expect(stopped).toEqual({ is: 'stopped' })
    expect(await here.run('clarify.r1', { task: 'clarify', round: 1 })).toMatchObject({ is: 'answered', body: { type: 'Clarified', usage: { turns: 4 } } })
    expect(here.requests).toHaveLength(4)
  })

  test('gets a plan back that a program would refuse, and a triage that forgets a finding', async () => {
    const plan = {
      milestones: [{ id: 'm1', title: 'One', goal: 'It counts.' }],
      procedures: { install: null, test: null, lint: null, types: null, start: 'node server.js', port: 1, health: null, entry_points: [['node', 'cli.js']] },
    }
    const feature = { id: 'f1', milestone: 'm1', title: 'Count', brief: 'Make it count.', after: [], touches: ['count.js'], risk: 'low', expected: 'It counts.' }
    await using here = await world({
      'decompose.n1': [
        [uses('submit', { ...plan, features: [{ ...feature, covers: ['VAL-API-001'] }] }, 't1')],
        [uses('submit', { ...plan, features: [{ ...feature, covers: ['VAL-API-001', 'VAL-CLI-001'] }] }, 't2')],
      ],
      'triage.f1.n1': [
        [uses('submit', { decisions: [], fixes: [] }, 't1')],
        [uses('submit', { decisions: [{ decision: 'dismiss', finding: 'review.f1.r1-1', reason: 'It is not so.' }], fixes: [] }, 't2')],
      ],
    })
    here.mission.findings = [aFinding('review.f1.r1-1')]
    expect(await here.run('decompose.n1', { task: 'decompose', n: 1, problems: [] })).toMatchObject({
      body: { type: 'PlanWritten', plan: { features: [{ covers: ['VAL-API-001', 'VAL-CLI-001'], fixes: [] }] } },
    })
    expect(hear(here.requests[1]).results[0]?.text).toContain('VAL-CLI-001 is covered by no feature')
    expect(await here.run('triage.f1.n1', { task: 'triage', scope: 'f1', findings: [finding('review.f1.r1-1')], n: 1, problems: [] })).toMatchObject({
      body: { type: 'FindingsTriaged', triage: { decisions: [{ decision: 'dismiss' }] } },
    })
    expect(hear(here.requests[3]).results[0]?.text).toContain('decided 0 times')
  })

  test('says how a feature goes on that was too large: it sees commits and calls, not thoughts; a split that loses a promise comes back', async () => {
    const piece = (title: string, covers: string[]) => ({
      title,
      brief: 'Build this much of it.',
      covers,
      needs: [],
      after: [],
      touches: ['count.js'],
      risk: 'low',
      preconditions: [],
      expected: 'It counts.',
    })
    const split = (...covers: string[][]) => ({ decision: 'split', reason: 'It was two things at once.', parts: covers.map((of, i) => piece(`Part ${i + 1}`, of)) })
    await using here = await world({
      'build.f1.a1': [
        [says('I secretly think it is too much.'), uses('write', { path: 'half.js', content: 'export {}\n' }, 'w1'), uses('commit', { message: 'feat: half of it\n\nMore later.' }, 'c1')],
        [uses('bash', { command: 'node --test' }, 'b1')],
      ],
      'split.f1.n1': [[uses('submit', split(['VAL-API-001'], []), 't1')], [uses('submit', split(['VAL-API-001'], ['VAL-CLI-001']), 't2')]],
    })
    const limits = { ...here.services.config.limits, worker: { ...here.services.config.limits.worker, turns: 2 } }
    const ended = await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] }, { config: { ...here.services.config, limits } })
    expect(ended).toMatchObject({ body: { type: 'RunFailed', reason: 'turns' } })
    const task = { task: 'split', feature: f(1), attempt: 1, run: effect('build.f1.a1'), reason: 'turns', detail: 'All 2 turns are used.', again: false, n: 1, problems: [] } as const
    expect(await here.run('split.f1.n1', { ...task, problems: [] })).toMatchObject({
      body: { type: 'SplitDecided', feature: 'f1', split: { decision: 'split', parts: [{ covers: ['VAL-API-001'] }, { covers: ['VAL-CLI-001'] }] } },
    })
    const told = hear(here.requests.at(-2))
    expect(part(told.message, 'commits')).toBe('- feat: half of it')
    expect(told.message).toContain('2. bash node --test -> exit')
    expect(told.message).not.toContain('secretly')
    expect(hear(here.requests.at(-1)).results[0]?.text).toContain('VAL-CLI-001 is covered 0 times')
  })

  test('may not ask once its rounds are over', async () => {
    await using here = await world({ 'clarify.r4': [[uses('submit', aClarification(), 't1')], [uses('submit', { outcome: 'understood', understanding: anUnderstanding() }, 't2')]] })
    expect(await here.run('clarify.r4', { task: 'clarify', round: 4 })).toMatchObject({ body: { type: 'Clarified', clarification: { outcome: 'understood' } } })
  })
})

describe('a worker', () => {
  const build = (over: Partial<TaskOf<'build'>> & { base: Sha }): TaskOf<'build'> => ({ task: 'build', feature: f(1), attempt: 1, merge: null, lessons: [], ...over })

  test('writes, edits, runs and commits; what is left over is committed for it, with trailers', async () => {
    const steps: Step[] = [
      [
        uses('bash', { command: 'node --test 2>&1 | tail -3; id -u; env | grep -c KEY' }, 'b1'),
        uses('edit', { path: 'count.js', old: '++n', new: 'n++ + 1' }, 'e1'),
        uses('edit', { path: 'count.js', old: 'n', new: 'm' }, 'e2'),
        uses('commit', { message: 'feat: count from one' }, 'c1'),
      ],
      [uses('write', { path: 'docs/count.md', content: 'It counts.\n' }, 'w1'), uses('changes', {}, 'ch1')],
      [uses('submit', handoff, 's1')],
    ]
    await using here = await world({ 'build.f1.a1': steps })
    const outcome = await here.run('build.f1.a1', build({ base: here.base }))
    expect(outcome).toMatchObject({ is: 'answered', body: { type: 'FeatureHandedOff', feature: 'f1', handoff, usage: { turns: 3 } } })
    const [ran, edited, ambiguous, committed] = hear(here.requests[1]).results
    expect(ran?.text).toMatch(/^exit 1 \([\d.]+ s\)\n/)
    expect(edited).toEqual({ text: 'count.js changed at line 3.', error: false })
    expect(ambiguous?.text).toMatch(/^The passage stands \d+ times in count.js/)
    expect(committed?.text).toMatch(/^Committed as [0-9a-f]{12}\.$/)
    expect(hear(here.requests[2]).results[1]?.text).toContain('Not committed: docs/count.md')
    const head = outcome.is === 'answered' && outcome.body.type === 'FeatureHandedOff' ? outcome.body.head : here.base
    const diff = await here.services.workspaces.diff({ id: 81234, installation_id: 99, owner: 'acme', name: 'rooms' }, here.base, head)
    expect(diff.files.map((file) => file.path)).toEqual(['count.js', 'docs/count.md'])
    const log = await here.remote.git('--git-dir', `${here.remote.room}/data/mirrors/81234.git`, 'log', '--format=%B', `${here.base}..${head}`)
    expect(log).toContain('feat: count from one\n\nMission: 81234-7\nFeature: f1\nAssertions: VAL-API-001, VAL-CLI-001\nAgent-Run: 81234-7.build.f1.a1\nModel: claude-sonnet-5-5')
    // Redelivered, it answers the same and pays nothing.
    const asked = here.requests.length
    expect(await here.run('build.f1.a1', build({ base: here.base }))).toEqual(outcome)
    expect(here.requests).toHaveLength(asked)
  })

  test('that did nothing, or touched what no agent may, hears so and then fails with that reason', async () => {
    const again = (n: number) => [uses('submit', handoff, `s${n}`)]
    await using here = await world({
      'build.f1.a1': [again(1), again(2), again(3), again(4)],
      'build.f1.a2': [[uses('write', { path: '.github/workflows/x.yml', content: 'on: push\n' }, 'w1'), ...again(1)], again(2), again(3), again(4)],
    })
    expect(await here.run('build.f1.a1', build({ base: here.base }))).toMatchObject({ body: { type: 'RunFailed', reason: 'no_work' } })
    expect(await here.run('build.f1.a2', build({ base: here.base, attempt: 2 }))).toMatchObject({
      body: { type: 'RunFailed', reason: 'push_gate', detail: expect.stringContaining('.github/workflows/x.yml') },
    })
  })

  test('goes on in the same worktree after its process died', async () => {
    const steps: Step[] = [[uses('write', { path: 'count.js', content: 'export const next = () => 1\n' }, 'w1')], [uses('submit', handoff, 's1')]]
    await using here = await world({ 'build.f1.a1': steps })
    let turns = 0
    expect(await here.run('build.f1.a1', build({ base: here.base }), { mayGoOn: async () => ++turns < 2 })).toEqual({ is: 'stopped' })
    expect(turns).toBe(2)
    const outcome = await here.run('build.f1.a1', build({ base: here.base }))
    expect(outcome).toMatchObject({ is: 'answered', body: { type: 'FeatureHandedOff', usage: { turns: 2 } } })
  })

  test('finds the conflict it is to resolve in its tree', async () => {
    await using here = await world({
      'build.f1.a2': [[uses('read', { path: 'count.js' }, 'r1')], [uses('write', { path: 'count.js', content: 'export const next = () => 1 // for both\n' }, 'w1')], [uses('submit', handoff, 's1')]],
    })
    const ours = await here.remote.write('ours', { 'count.js': 'export const next = () => 1\n' }, 'main')
    const theirs = await here.remote.write('theirs', { 'count.js': 'export const next = () => 2\n' }, 'main')
    const outcome = await here.run('build.f1.a2', build({ base: ours, merge: theirs, attempt: 2, lessons: ['It conflicts with the mission branch.'] }))
    const told = hear(here.requests[0]).message
    expect(part(told, 'merge')).toContain('Conflict marks stand in:\n./count.js')
    expect(part(told, 'lessons')).toContain('It conflicts with the mission branch.')
    expect(hear(here.requests[1]).results[0]?.text).toContain('<<<<<<<')
    const head = outcome.is === 'answered' && outcome.body.type === 'FeatureHandedOff' ? outcome.body.head : ours
    expect(await here.services.workspaces.contains({ id: 81234, installation_id: 99, owner: 'acme', name: 'rooms' }, head, theirs)).toBe(true)
  })
})

describe('scrutiny', () => {
  test('sees diff, claims and what was done, never what the worker thought; and must say where', async () => {
    const report = (place: object) => ({
      summary: 'Looked at all of it.',
      findings: [{ severity: 'blocking', what: 'It stays at one now.', place, evidence: [{ kind: 'code', text: 'next() is 1' }] }],
    })
    await using here = await world({
      'build.f1.a1': [
        [says('SECRET THOUGHT'), uses('write', { path: 'count.js', content: 'export const next = () => 1\n' }, 'w1'), uses('bash', { command: 'node --test; echo SECRET OUTPUT' }, 'b1')],
        [uses('submit', handoff, 's1')],
      ],
      'review.f1.r1': [
        [
          uses('bash', { command: 'cp -r /work /tmp/w && cd /tmp/w && node cli.js; touch /work/x' }, 'b1'),
          uses('write', { path: 'x', content: '' }, 'w1'),
          uses('read', { path: '/base/count.js' }, 'r1'),
          uses('grep', { pattern: 'next', path: '/base/count.js' }, 'g1'),
          uses('glob', { pattern: '/base/c*.js' }, 'gl1'),
          uses('bash', { command: 'diff -rq /base /work; cd /base && node cli.js; touch /base/x' }, 'b2'),
        ],
        [uses('submit', report({ path: 'nowhere.js', line: 1 }), 's1')],
        [uses('submit', report({ path: 'count.js', line: 1 }), 's2')],
      ],
    })
    const built = await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })
    const head = built.is === 'answered' && built.body.type === 'FeatureHandedOff' ? built.body.head : here.base
    here.mission.runs = runsOf(aRun('build.f1.a1', { feature: f(1) }))
    here.mission.features = here.mission.features.map((state) => ({ ...state, handoff }))
    const outcome = await here.run('review.f1.r1', { task: 'review', feature: f(1), round: 1, base: here.base, head })
    expect(outcome).toMatchObject({ body: { type: 'FeatureReviewed', feature: 'f1', report: { findings: [{ place: { path: 'count.js', line: 1 } }] } } })

    const told = hear(here.requests[2])
    expect(told.system.startsWith('# Scrutiny: review one feature\n')).toBe(true)
    expect(part(told.message, 'diff')).toContain('+export const next = () => 1')
    expect(part(told.message, 'handoff')).toContain(handoff.summary)
    expect(part(told.message, 'trajectory')).toMatch(/1\. write count\.js -> \d+ characters\n1\. bash node --test; echo SECRET OUTPUT -> exit 0, \d+ characters/)
    expect(part(told.message, 'checks')).toMatch(/lint: node --check server.js -> exit 0 .*\ntest: node --test -> exit 0/)
    expect(told.message).not.toContain('SECRET THOUGHT')
    expect(told.message.match(/SECRET OUTPUT/g)).toHaveLength(1)
    const [shell, writing, read, found, listed, compared] = hear(here.requests[3]).results
    expect(read?.text).toContain('return ++n')
    expect(found?.text).toBe('/base/count.js:2:export function next() {')
    expect(listed?.text).toBe('/base/cli.js\n/base/count.js\n/base/count.test.js')
    expect(compared?.text).toMatch(/Files \/base\/count.js and \/work\/count.js differ\n1\n--- stderr ---\ntouch: .*Read-only file system/)
    expect(shell?.text).toContain('Read-only file system')
    expect(shell?.text).toContain('\n1\n')
    expect(writing?.text).toContain('There is no tool write.')
    expect(hear(here.requests[4]).results[0]?.text).toContain('nowhere.js is not there at this commit')
  })

  test('of a milestone sees the whole change', async () => {
    await using here = await world({ 'synthesise.m1.r1': [[uses('submit', { summary: 'It fits together.', findings: [] }, 's1')]] })
    const head = await here.remote.write('main', { 'more.js': 'export {}\n' })
    expect(await here.run('synthesise.m1.r1', { task: 'synthesise', milestone: ms(1), round: 1, base: here.base, head })).toMatchObject({
      body: { type: 'MilestoneSynthesised', report: { summary: 'It fits together.' } },
    })
    const told = hear(here.requests[0]).message
    expect(part(told, 'diff')).toContain('more.js +1 -0')
    expect(part(told, 'checks')).toContain('test: node --test -> exit 0')
  })
})

describe('user testing', () => {
  const exercise = (here: { base: Sha }, over: Partial<TaskOf<'exercise'>> = {}): TaskOf<'exercise'> => ({
    task: 'exercise',
    milestone: ms(1),
    round: 1,
    part: 1,
    assertions: [val('API-001'), val('CLI-001')],
    head: here.base,
    ...over,
  })
  const http = (n: number, assertion = 'VAL-API-001') => uses('http', { assertion, method: 'GET', url: 'http://127.0.0.1:4321/next' }, `h${n}`)
  const command = (argv: string[], n = 1) => uses('command', { assertion: 'VAL-CLI-001', argv }, `c${n}`)
  const pass = (assertion: string, kind: string, text = kind === 'http' ? 'GET http://127.0.0.1:4321/next -> 200 …' : 'exit 0') => ({
    assertion,
    result: 'pass',
    note: 'Seen.',
    evidence: [{ kind, text }],
  })
  const report = (...results: object[]) => ({ summary: 'It works.', results, findings: [] })

  test('drives the running product with the tools of the contract, and sees none of its files', async () => {
    await using here = await world({
      'exercise.m1.r1.p1': [
        [
          http(1),
          http(2),
          command(['node', 'cli.js']),
          command(['cat', 'count.js'], 2),
          http(3, 'VAL-CLI-001'),
          uses('product', { act: 'restart' }, 'p1'),
          http(4),
          uses('product', { act: 'logs' }, 'p2'),
        ],
        [uses('submit', report(pass('VAL-API-001', 'http'), pass('VAL-CLI-001', 'command')), 's1')],
      ],
    })
    const outcome = await here.run('exercise.m1.r1.p1', exercise(here))
    expect(outcome).toMatchObject({ body: { type: 'AssertionsExercised', report: { results: [{ result: 'pass' }, { result: 'pass' }] } } })
    const published = outcome.is === 'answered' && outcome.body.type === 'AssertionsExercised' ? outcome.body.published : null
    const shown = (file: string) => here.remote.git('show', `${published?.commit ?? ''}:evidence/exercise.m1.r1.p1/${file}`)
    expect(JSON.parse(await shown('manifest.json'))).toMatchObject({
      head: here.base,
      assertions: [{ assertion: 'VAL-API-001', result: 'pass', items: [{ files: expect.arrayContaining([expect.stringMatching(/VAL-API-001\/01-http\.txt$/)]) }, {}] }, {}],
    })
    expect(await shown('VAL-API-001/02-http.txt')).toMatch(/^VAL-API-001 · call 2 · http\n\{[^]*GET [^]* -> 200[^]*\n\n2$/)
    expect(published?.files.map((file) => file.items)).toContainEqual(['exit(0)'])
    const told = hear(here.requests[0])
    expect(told.tools).toEqual(['command', 'http', 'product', 'read', 'submit'])
    expect(JSON.parse(part(told.message, 'reach'))).toEqual({ address: 'http://127.0.0.1:4321', entry_points: [['node', 'cli.js']] })
    expect(told.message).not.toContain('node --test')
    const [one, two, cli, cat, foreign, restarted, fresh, logs] = hear(here.requests[1]).results
    expect(one?.text).toMatch(/-> 200 .*[^]*\n\n1$/)
    expect(two?.text).toMatch(/\n\n2$/)
    expect(cli?.text).toMatch(/^exit 0 .*\n1$/)
    expect(cat).toEqual({ text: `Only the product's own commands run here. They begin with: ["node","cli.js"].`, error: true })
    expect(foreign).toEqual({ text: 'The contract exercises VAL-CLI-001 with command, not with http.', error: true })
    expect([restarted?.text, logs?.text]).toEqual(['Up.', 'listening\n'])
    expect(fresh?.text).toMatch(/\n\n1$/)
  })

  /** A tester that says the same four times; what its first try was told, and what came of it. */
  async function insists(calls: Step, claimed: object) {
    await using here = await world({ 'exercise.m1.r1.p1': [calls, ...[1, 2, 3, 4].map((n) => [uses('submit', claimed, `s${n}`)])] })
    const outcome = await here.run('exercise.m1.r1.p1', exercise(here))
    return { told: here.requests.length > 2 ? (hear(here.requests[2]).results[0]?.text ?? '') : 'nothing', outcome }
  }
  const both = [http(1), http(2), command(['node', 'cli.js'])]
  const counted = (result: object) => ({ body: { type: 'AssertionsExercised', report: { results: [result, { assertion: 'VAL-CLI-001', result: 'pass' }] } } })

  test.each([
    ['passes without a call', [command(['node', 'cli.js'])], pass('VAL-API-001', 'http'), 'no call of http that names it was answered in this run'],
    ['passes with another tool', [...both.slice(2), command(['node', 'server.js'], 9)], pass('VAL-API-001', 'command', 'exit 0'), 'no call of http that names it was answered in this run'],
    ['names evidence of another tool', both, pass('VAL-API-001', 'command', 'exit 0'), 'a pass needs evidence of kind http'],
    ['did not bring about an item', [http(1), command(['node', 'cli.js'])], pass('VAL-API-001', 'http'), 'nothing that http showed for it fits response(GET /next -> 200, body has "2")'],
    [
      'invents what it saw',
      both,
      pass('VAL-API-001', 'http', 'GET http://127.0.0.1:4321/next -> 200\nThe counter works.'),
      '"GET http://127.0.0.1:4321/next -> 200 The counter works." is not what a call for it showed; quote one tool answer word for word',
    ],
    ['names a picture that was not taken', both, { ...pass('VAL-API-001', 'http'), evidence: [{ kind: 'http', text: 'GET …', file: 'counter.png' }] }, 'no call for it wrote the file counter.png'],
    [
      'exercised what was stopped',
      [uses('product', { act: 'stop' }, 'p1'), http(1), http(2), command(['node', 'cli.js'])],
      pass('VAL-API-001', 'http'),
      'no call of http that names it was answered in this run',
    ],
  ])('a tester that %s is asked again, and in the end believed in nothing', async (_, calls, claim, problem) => {
    const { told, outcome } = await insists(calls, report(claim, pass('VAL-CLI-001', 'command')))
    expect(told).toContain(`VAL-API-001: ${problem}`)
    expect(outcome).toMatchObject(counted({ assertion: 'VAL-API-001', result: 'blocked', note: expect.stringContaining(`Reported as passed, but VAL-API-001: ${problem.slice(0, 40)}`) }))
  })

  test('a verdict that holds the source is blocked at once, and leaves the source out', async () => {
    const line = "if (req.url === '/next') return res.end(String(next()))"
    const claimed = report(
      {
        ...pass('VAL-API-001', 'http'),
        evidence: [
          { kind: 'http', text: 'GET …' },
          { kind: 'http', text: line },
        ],
      },
      pass('VAL-CLI-001', 'command'),
    )
    const { outcome } = await insists(both, claimed)
    expect(outcome).toMatchObject(counted({ result: 'blocked', note: expect.stringContaining("holds lines of the product's source"), evidence: [] }))
    expect(JSON.stringify(outcome)).not.toContain('res.end')
  })

  test('a product that does not start blocks everything, with its log, and costs no turn', async () => {
    await using here = await world({}, { ...counter, 'server.js': "console.log('cannot open the door')\nprocess.exit(3)\n" })
    expect(await here.run('exercise.final.r1.p1', exercise(here, { milestone: null }))).toMatchObject({
      body: { usage: { turns: 0, cost_usd: 0 }, report: { results: [{ result: 'blocked', note: expect.stringContaining('cannot open the door') }, { result: 'blocked' }] } },
    })
    expect(here.requests).toEqual([])
  })
})

test('starting points reach those who see an assertion that names them, once, and nobody else', async () => {
  const submits = { summary: 'Looked at all of it.', findings: [] }
  await using here = await world({ 'exercise.m1.r1.p1': [], 'exercise.m1.r1.p2': [], 'review.f1.r1': [[uses('submit', submits, 's1')]], 'build.f1.a1': [] })
  const point = { name: 'counted-once', text: 'A user has asked for /next once, and got 1.' }
  const { assertions } = here.mission.contract ?? { assertions: [] }
  here.mission.contract = {
    assertions: assertions.map((a) => (a.tool === 'http' ? { ...a, starts_from: [point.name] } : a)),
    starting_points: [point, { name: 'other', text: 'Something that nobody here starts from.' }],
  }
  const exercise = (part: number, assertion: string) => here.run(`exercise.m1.r1.p${part}`, { task: 'exercise', milestone: ms(1), round: 1, part, head: here.base, assertions: [val(assertion)] })
  await exercise(1, 'API-001')
  await exercise(2, 'CLI-001')
  await here.run('review.f1.r1', { task: 'review', feature: f(1), round: 1, base: here.base, head: here.base })
  await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })
  const told = (run: string) => part(hear(here.requests.find((r) => r.body.metadata.user_id === effect(run))).message, 'starting_points')
  expect(['exercise.m1.r1.p1', 'review.f1.r1', 'build.f1.a1'].map((run) => JSON.parse(told(run)))).toEqual([[point], [point], [point]])
  expect(told('exercise.m1.r1.p2')).toBe('none')
})

describe('integrating', () => {
  const integrate = (here: Awaited<ReturnType<typeof world>>, head: typeof here.base, onto: typeof here.base) =>
    performIntegrate({ type: 'IntegrateFeature', id: effect('integrate', 'f1', 1), at: at(40), feature: f(1), head, onto }, here.mission, here.services, new AbortController().signal)

  test('brings a feature up to the head and runs the procedures on what comes of it', async () => {
    await using here = await world({})
    const head = await here.remote.write('f1', { 'a.js': 'export const a = 1\n' }, 'main')
    const onto = await here.remote.write('main', { 'b.js': 'export const b = 1\n' })
    const clean = await integrate(here, head, onto)
    expect(clean).toMatchObject({ outcome: 'clean', output: expect.stringMatching(/lint: .* exit 0 .*\ntest: node --test -> exit 0/) })
    const repository = { id: 81234, installation_id: 99, owner: 'acme', name: 'rooms' }
    expect(await Promise.all([head, onto].map((sha) => here.services.workspaces.contains(repository, clean.head, sha)))).toEqual([true, true])

    // What the plan leaves red keeps nobody from merging.
    if (here.mission.plan) here.mission.plan.procedures.lint = 'exit 4'
    expect(await integrate(here, head, onto)).toMatchObject({ outcome: 'broken', output: expect.stringContaining('lint: exit 4 -> exit 4') })
    here.mission.plan?.unready.push({ procedure: 'lint', state: 'left', feature: null, why: 'Its rules are not settled.' })
    expect(await integrate(here, head, onto)).toMatchObject({ outcome: 'clean' })

    const breaking = await here.remote.write('main', { 'count.js': 'export const next = () => 7\n' })
    expect(await integrate(here, head, breaking)).toMatchObject({ outcome: 'broken', output: expect.stringContaining('test: node --test -> exit 1') })
    const mine = await here.remote.write('f1', { 'count.js': 'export const next = () => 8\n' })
    expect(await integrate(here, mine, breaking)).toMatchObject({ outcome: 'conflict', head: mine, output: 'These files changed on both sides: count.js' })
  })
})
