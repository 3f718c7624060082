import { describe, expect, test } from 'vitest'
import { AssertionId } from '../../src/domain/id.ts'
import type { Finding } from '../../src/domain/verdict.ts'
import type { Fault } from '../../src/rehearsal/scripted/faults.ts'
import { buildProgram } from '../../src/rehearsal/scripted/programs/build.ts'
import { stage } from './stage.ts'
import { Tree } from './tree.ts'

const long = { timeout: 300_000 }

// Whole rehearsals (test/e2e) play every role; here is what they do not meet: a model in trouble, and causes in common.
describe('the real agents with scripted words', () => {
  test('a feature is built tests first; what only the product shows is found, fixed by a fresh worker, and gone', long, async () => {
    const faults: Fault[] = (['overloaded', 'stream_cut', 'no_call', 'max_tokens', 'off_schema'] as const).map((kind, i) => ({ kind, nth: i + 2, run: 'build.f1' }))
    await using here = await stage({ slips: [1], faults })
    await using tree = await Tree.plant()
    const base = await here.pushed(tree)
    const built = await here.build('f1', base)
    expect(here.model.stats().faults).toBe(5)
    expect(built.handoff.commands.map((c) => c.exit)).toEqual([0, 1, 0, 0])
    expect(built.handoff.issues).toEqual([])
    expect((await here.review('f1', base, built.head)).findings).toEqual([])

    const { findings } = await here.exercise(built.head, ['VAL-API-001', 'VAL-API-002', 'VAL-API-003', 'VAL-DATA-001'])
    expect(findings.map((f) => f.assertion)).toEqual(['VAL-API-002'])
    const [fix = ''] = await here.triage(findings, 'm1')
    const fixed = await here.build(fix, built.head)
    expect(fixed.handoff.commands.map((c) => c.exit)).toEqual([0, 1, 0, 0])
    const report = await here.exercise(fixed.head, ['VAL-API-002'])
    expect(report.results.map((r) => r.result)).toEqual(['pass'])
  })

  test('triage fixes what blocks, once for each cause, and dismisses a suggestion with a reason', long, async () => {
    await using here = await stage()
    await using tree = await Tree.plant()
    here.mission.integration = { branch: 'mission/7/main', head: await here.pushed(tree), open: true }
    const found = (over: Partial<Finding>): Finding => ({ severity: 'blocking', what: 'It is not as it should be, and somebody is hurt.', evidence: [], ...over })
    const fixes = await here.triage(
      [
        found({ assertion: AssertionId.parse('VAL-API-001') }),
        found({ assertion: AssertionId.parse('VAL-API-001') }),
        found({ place: { path: 'src/app.js', line: 3 } }),
        found({ severity: 'suggestion', place: { path: 'src/app.js', line: 4 } }),
      ],
      'm1',
    )
    expect(fixes.map((id) => here.mission.features.find((f) => f.feature.id === id)?.feature.fixes.length)).toEqual([2, 1])
  })
})

test.each([
  ['a first attempt', '81234-7.build.f2.a1', 'none', true],
  ['a second attempt', '81234-7.build.f2.a2', 'none', false],
  ['an attempt with a lesson', '81234-7.build.f2.a1', '- the tests were red', false],
])('%s makes its slip or not', (_, run, lessons, slips) => {
  const message = `<feature>\n{"id":"f2","title":"t","brief":"b","touches":[],"fixes":[]}\n</feature>\n<findings>\nnone\n</findings>\n<lessons>\n${lessons}\n</lessons>`
  const program = buildProgram({ run, heading: '', message, tools: [] }, [8])
  const said: string[] = []
  for (let step = program.next(); step.done !== true && said.length < 20; step = program.next(step.value.calls.map(() => ({ ok: true, text: 'exit 0 (0.1 s)' }))))
    said.push(JSON.stringify(step.value.calls))
  expect(said.join().includes('.catch(() => [])')).toBe(slips)
})
