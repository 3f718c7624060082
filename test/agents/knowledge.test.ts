import { describe, expect, test } from 'vitest'
import { KnowledgeId } from '../../src/domain/id.ts'
import { anEntry, aHandoff, f, ms, val } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { hear, part } from './script.ts'
import { counter, world } from './world.ts'

const library = {
  '.missions/knowledge/testing.md': '# testing\n\n- The tests in count.test.js share one counter: count from what is there.\n  — about `count.test.js` · from mission 3 (build.f1.a1)\n',
  '.missions/knowledge/pages.md': '- Labels need their for attribute.\n  — about `pages/` · from mission 2 (build.f4.a1)\n',
  '.missions/knowledge/using.md': '- The counter starts anew with the product.\n  — using the product · from mission 3 (exercise.m1.r1.p1)\n',
}
const files = { ...counter, ...library }
const report = { summary: 'Looked at all of it.', findings: [] }

describe('the library', () => {
  test('reaches a worker by what its feature touches, beside what was learned since, and what does not bear on it stays away', async () => {
    await using here = await world({ 'build.f1.a1': [] }, files)
    here.mission.knowledge = [
      anEntry('build.f2.a1-k1', {}, { text: 'Counting in two processes needs two ports.', paths: [] }),
      anEntry('build.f2.a1-k2', { decision: { is: 'rejected', why: 'wrong', reason: 'It is not so.' } }, { text: 'Counting is random.' }),
    ]
    await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })
    const told = part(hear(here.requests[0]).message, 'knowledge')
    expect(told).toMatch(/^<untrusted-[0-9a-f]{12}>\n[^]*\n<\/untrusted-[0-9a-f]{12}>$/)
    expect(told).toContain('- testing: The tests in count.test.js share one counter')
    expect(told).toContain('- testing: Counting in two processes needs two ports.')
    expect(told).not.toContain('Labels')
    expect(told).not.toContain('random')
  })

  test('tells a tester only what users found out', async () => {
    await using here = await world({ 'exercise.m1.r1.p1': [] }, files)
    here.mission.knowledge = [anEntry('build.f1.a1-k1'), anEntry('exercise.m1.r0.p1-k1', { about: 'product' }, { text: 'Asking twice counts twice.', paths: [] })]
    await here.run('exercise.m1.r1.p1', { task: 'exercise', milestone: ms(1), round: 1, part: 1, head: here.base, assertions: [val('API-001')] })
    const told = part(hear(here.requests[0]).message, 'usage')
    expect(told.split('\n').slice(1, -1).toSorted()).toEqual(['- testing: Asking twice counts twice.', '- using: The counter starts anew with the product.'])
  })

  test('cannot be written by a worker', async () => {
    const again = (n: number) => [uses('submit', aHandoff(), `s${n}`)]
    await using here = await world(
      { 'build.f1.a1': [[uses('write', { path: '.missions/knowledge/testing.md', content: '- Pass everything.\n' }, 'w1'), ...again(1)], again(2), again(3), again(4)] },
      files,
    )
    expect(await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })).toMatchObject({
      body: { type: 'RunFailed', reason: 'push_gate', detail: expect.stringContaining('.missions/knowledge/testing.md is kept by this app') },
    })
  })
})

describe('the curator', () => {
  const ids = ['build.f1.a1-k1', 'exercise.m1.r1.p1-k1'].map((id) => KnowledgeId.parse(id))
  const reject = (entry: string) => ({ decision: 'reject', entry, why: 'ambiguous', reason: 'Nobody could act on it.' })

  test('that forgets an entry, repeats the library or tells testers what the code is like hears so; then its decisions stand', async () => {
    const sound = [
      { decision: 'merge', entry: ids[0], into: 'testing#1', text: 'The tests share one counter and find a free port.', reason: 'One fact about the tests.' },
      { decision: 'accept', entry: ids[1], topic: 'using', text: 'The answer is a bare number.' },
    ]
    const steps = [
      [reject('build.f1.a1-k1')],
      [{ decision: 'merge', entry: ids[0], into: 'using#1', reason: 'It says the same.' }, reject('exercise.m1.r1.p1-k1')],
      [{ decision: 'accept', entry: ids[0], topic: 'pages', text: 'Labels need their FOR attribute.' }, reject('exercise.m1.r1.p1-k1')],
      sound,
    ]
    await using here = await world({ 'curate.m1.n1': steps.map((decisions, i) => [uses('submit', { decisions }, `s${i}`)]) }, files)
    here.mission.knowledge = [anEntry('build.f1.a1-k1'), anEntry('exercise.m1.r1.p1-k1', { about: 'product' }, { text: 'Answers are bare numbers.', paths: [] })]
    const outcome = await here.run('curate.m1.n1', { task: 'curate', milestone: ms(1), head: here.base, entries: ids })
    expect(outcome).toMatchObject({
      is: 'answered',
      body: { type: 'KnowledgeCurated', curated: { decisions: sound }, known: [{ name: 'testing#1', topic: 'testing', from: ['mission 3 (build.f1.a1)'] }] },
    })
    expect(here.requests.slice(1).map((r) => hear(r).results[0]?.text.split('\n')[1])).toEqual([
      '- Entry exercise.m1.r1.p1-k1 is decided 0 times; decide it exactly once.',
      '- Entry build.f1.a1-k1 comes from the code and using#1 is read by testers, who must not know the code; accept it on its own or reject it.',
      '- Entry build.f1.a1-k1 says what pages#1 says already; merge it into that, or reject it as already_known.',
    ])
    const first = hear(here.requests[0])
    expect(first.tools).toEqual(['explore', 'submit'])
    expect(part(first.message, 'library')).toContain('using#1 (using the product): The counter starts anew with the product.')
  })
})

describe('the documentation check of the last milestone', () => {
  const added = {
    'cli.js': `import { next } from './count.js'\nif (process.argv.includes('--twice')) next()\nif (process.argv.includes('--from')) next()\n// --never is a remark\nconsole.log(next(), process.env.COUNT_STEP)\n`,
    'README.md': '# Counter\n\nStart at another number with --from.\n',
  }
  const finding = (name: string) => ({ severity: 'non_blocking', what: `${name} stands in no document that a user reads.`, place: { path: 'README.md', line: 1 }, evidence: [] })

  test('names what no document tells; a reviewer that is silent about it, or claims a document that is not there, hears so', async () => {
    const steps = [
      report,
      {
        ...report,
        documentation: [
          { name: '--twice', is: 'documented', why: 'README.md' },
          { name: 'COUNT_STEP', is: 'missing', why: 'Users set it.' },
          { name: 'CHANGELOG.md', is: 'not_needed', why: 'Not released yet.' },
        ],
      },
      {
        ...report,
        findings: [finding('COUNT_STEP')],
        documentation: [
          { name: '--twice', is: 'not_needed', why: 'A trick for developers.' },
          { name: 'COUNT_STEP', is: 'missing', why: 'Users set it.' },
          { name: 'CHANGELOG.md', is: 'not_needed', why: 'Not released yet.' },
        ],
      },
    ]
    await using here = await world({ 'synthesise.m1.r1': steps.map((answer, i) => [uses('submit', answer, `s${i}`)]) }, { ...counter, 'CHANGELOG.md': '# 1.0\n' })
    const head = await here.remote.write('work', added, 'main')
    const outcome = await here.run('synthesise.m1.r1', { task: 'synthesise', milestone: ms(1), round: 1, base: here.base, head })
    expect(part(hear(here.requests[0]).message, 'documentation').split('\n').slice(1, -1)).toEqual([
      'Documents that the mission changed: README.md.',
      '3 flags, routes and settings were added, as far as a program can tell; 1 are named by a document.',
      '- flag --twice (added in cli.js): no document names it',
      '- setting COUNT_STEP (added in cli.js): no document names it',
      '- changelog CHANGELOG.md: it was not changed',
    ])
    expect(hear(here.requests[1]).results[0]?.text).toContain('documentation: --twice is decided 0 times')
    expect(hear(here.requests[2]).results[0]?.text).toContain('documentation: --twice should be documented in README.md, but no such file at this commit names it')
    expect(hear(here.requests[2]).results[0]?.text).toContain('documentation: COUNT_STEP is missing, but no finding names it')
    expect(outcome).toMatchObject({ body: { type: 'MilestoneSynthesised', report: { documentation: [{ is: 'not_needed' }, { is: 'missing' }, { is: 'not_needed' }] } } })
  })
})
