import { expect, test } from 'vitest'
import { f, ms } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import { hear } from './script.ts'
import { counter, world } from './world.ts'

const numbered = (last: string) => `${[...Array.from({ length: 29 }, (_, i) => `// ${i + 1}`), last].join('\n')}\n`
const finding = (suggestion: object, place: object | null = { path: 'long.js', line: 30 }) => ({
  severity: 'non_blocking',
  what: 'The last line is not right.',
  evidence: [],
  ...(place ? { place } : {}),
  suggestion: { path: 'long.js', start_line: 30, line: 30, text: '// thirty', ...suggestion },
})
const report = (...findings: object[]) => ({ summary: 'Looked at all of it.', findings })

test('a reviewer that suggests what nobody could take over hears why, and what is exact is kept', async () => {
  const inexact = [finding({}, null), finding({ path: 'count.js' }), finding({ line: 31 }), finding({ text: '// the last\n' }), finding({ start_line: 20 })]
  await using here = await world(
    { 'review.f1.r1': [[uses('submit', report(...inexact), 's1')], [uses('submit', report(finding({ start_line: 27 })), 's2')]] },
    { ...counter, 'long.js': numbered('// last') },
  )
  const head = await here.remote.write('f1', { 'long.js': numbered('// the last') }, 'main')
  const outcome = await here.run('review.f1.r1', { task: 'review', feature: f(1), round: 1, base: here.base, head })
  expect(
    hear(here.requests[1])
      .results[0]?.text.split('\n')
      .filter((line) => line.startsWith('- ')),
  ).toEqual([
    '- Finding 1, suggestion: it must be for the file of the place, from start_line to line.',
    '- Finding 2, suggestion: it must be for the file of the place, from start_line to line.',
    '- Finding 3, suggestion: long.js has 30 lines, not 31.',
    '- Finding 4, suggestion: it is what stands in lines 30 to 30 already; write the words that mend it, or leave it out.',
    '- Finding 5, suggestion: line 20 of long.js is not shown by the diff, so nobody could take it over; keep to lines that the diff shows, or leave it out and say in "what" how it is mended.',
  ])
  expect(outcome).toMatchObject({ body: { type: 'FeatureReviewed', report: { findings: [{ suggestion: { start_line: 27, line: 30, text: '// thirty' } }] } } })
})

test('of a whole milestone nothing is suggested: it is posted on no diff', async () => {
  const place = { path: 'count.js', line: 1 }
  await using here = await world({ 'synthesise.m1.r1': [[uses('submit', report(finding({}, place)), 's1')], [uses('submit', report(), 's2')]] })
  const outcome = await here.run('synthesise.m1.r1', { task: 'synthesise', milestone: ms(1), round: 1, base: here.base, head: here.base })
  expect(hear(here.requests[1]).results[0]?.text).toContain('Unrecognized key: "suggestion"')
  expect(outcome).toMatchObject({ body: { type: 'MilestoneSynthesised' } })
})
