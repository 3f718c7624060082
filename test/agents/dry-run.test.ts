import { describe, expect, test } from 'vitest'
import { AgentsConfig } from '../../src/agents/config.ts'
import { performDryRun } from '../../src/agents/dry-run/perform.ts'
import type { DryRunReport } from '../../src/domain/dry-run.ts'
import type { Procedures } from '../../src/domain/feature.ts'
import { at, effect, val } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import type { Files } from '../adapters/git/remote.ts'
import { hear, part } from './script.ts'
import { counter, procedures, world } from './world.ts'

/** What the program finds on a base with these files, when the plan's procedures are these. */
async function tried(files: Files, over: Partial<Procedures> = {}, start_ms = 60_000): Promise<DryRunReport> {
  await using here = await world({}, files)
  if (here.mission.plan) here.mission.plan.procedures = { ...procedures, ...over }
  const done = await performDryRun(
    { type: 'DryRun', id: effect('dry-run', 'n1'), at: at(10), n: 1, head: here.base, milestone: null },
    here.mission,
    { ...here.services, config: AgentsConfig.parse({ start_ms }) },
    new AbortController().signal,
  )
  return done.report
}

describe('the program of a dry run', { timeout: 120_000 }, () => {
  test('finds that a good base works: procedures, start, tools and entry points', async () => {
    const report = await tried(counter, {
      entry_points: [
        ['node', 'cli.js'],
        ['node', 'bin/later.js'],
      ],
    })
    expect(report).toMatchObject({
      empty: false,
      procedures: [
        { procedure: 'lint', exit: 0 },
        { procedure: 'test', exit: 0 },
      ],
      start: { up: true, problem: '' },
      entry_points: [
        { state: 'runs', detail: '--help ends with exit 0' },
        { state: 'not_built', detail: 'bin/later.js is not there yet.' },
      ],
      tools: [
        { tool: 'http', state: 'works', detail: 'status 200' },
        { tool: 'browser', state: 'works' },
        { tool: 'command', state: 'works' },
        { tool: 'terminal', state: 'works' },
      ],
    })
  })

  test('finds a product that does not start, with what it printed, and tests that are red', async () => {
    const green = counter['count.test.js']
    const red = typeof green === 'string' ? green.replace('next(), 1', 'next(), 2') : ''
    const report = await tried({ ...counter, 'server.js': 'throw new Error("no DATABASE_URL")\n', 'count.test.js': red })
    expect(report).toMatchObject({
      procedures: [
        { procedure: 'lint', exit: 0 },
        { procedure: 'test', exit: 1, output: expect.stringContaining('not ok 1') },
      ],
      start: { up: false, problem: expect.stringContaining('no DATABASE_URL') },
      tools: [{ state: 'no_product' }, { state: 'no_product' }, { state: 'works' }, { state: 'works' }],
    })
  })

  test('finds the port that the product really listens on', async () => {
    const report = await tried(counter, { env: { PORT: '4999' } }, 4_000)
    expect(report.start).toMatchObject({ up: false, listening: [4999], problem: expect.stringContaining('no answer at http://127.0.0.1:4321/health') })
  })

  test('stops behind an install that fails', async () => {
    const report = await tried(counter, { install: 'echo no lock file >&2; exit 3' })
    expect(report).toEqual({
      head: report.head,
      empty: false,
      procedures: [{ procedure: 'install', command: 'echo no lock file >&2; exit 3', exit: 3, seconds: expect.any(Number), output: 'no lock file' }],
      start: null,
      entry_points: [],
      tools: [],
    })
  })

  test('knows a repository with nothing in it but words', async () => {
    expect(await tried({ 'README.md': '# Soon\n', 'docs/plan.txt': 'later\n', '.gitignore': 'node_modules\n' })).toMatchObject({ empty: true, procedures: [], start: null })
    expect(await tried({ 'README.md': '# Soon\n', 'requirements.txt': 'flask\n' }, { start: null, port: null, test: null, lint: null, entry_points: [['python9', 'x.py']] })).toMatchObject({
      empty: false,
      start: null,
      entry_points: [{ state: 'not_built', detail: 'x.py is not there yet.' }],
      tools: [{ state: 'no_product' }, { state: 'no_product' }],
    })
  })
})

test('a tester of the base is told that it is the base', { timeout: 120_000 }, async () => {
  const report = { summary: 'It counts already.', results: [{ assertion: 'VAL-API-001', result: 'pass', note: 'It counted.', evidence: [{ kind: 'http', text: '1' }] }], findings: [] }
  await using here = await world({
    'exercise.base.n1.p1': [['h1', 'h2'].map((id) => uses('http', { assertion: 'VAL-API-001', method: 'GET', url: 'http://127.0.0.1:4321/next' }, id)), [uses('submit', report, 's1')]],
  })
  const outcome = await here.run('exercise.base.n1.p1', { task: 'exercise', milestone: null, round: 1, part: 1, head: here.base, assertions: [val('API-001')], baseline: true })
  expect(outcome).toMatchObject({ body: { type: 'AssertionsExercised', report: { results: [{ result: 'pass' }] } } })
  expect(part(hear(here.requests[0]).message, 'baseline')).toContain('as it is before the mission')
})
