import { describe, expect, test } from 'vitest'
import { pricedOnly } from '../../src/domain/commands.ts'
import { FeatureId } from '../../src/domain/id.ts'
import { splitProblems, Split, type Around } from '../../src/domain/split.ts'
import { aFeature, val } from '../support/builders.ts'

const f = (n: number) => FeatureId.parse(`f${n}`)
const whole = aFeature(2, { covers: [val('API-001'), val('API-002')], after: [f(1)], risk: 'medium' })
const around: Around = {
  feature: whole,
  features: [aFeature(1, { covers: [] }), whole, aFeature(3, { covers: [], after: [f(2)] }), aFeature(4, { covers: [], milestone: aFeature(3).milestone })],
  milestones: ['m1', 'm2'],
  boundaries: ['legacy/'],
  again: true,
}
const part = (title: string, over: object = {}) => ({ title, brief: 'Build this much of it.', covers: [], touches: ['server.js'], risk: 'medium', expected: 'It works.', ...over })
const split = (...parts: object[]) => Split.parse({ decision: 'split', reason: 'It was two things at once.', parts })
const sound = [part('Lower half', { covers: [val('API-001')] }), part('Upper half', { covers: [val('API-002')], needs: [1], after: ['f1'] })]

describe('a split', () => {
  test('is sound when each assertion goes with one part and nothing waits in a circle', () => {
    expect(splitProblems(split(...sound), around)).toEqual([])
    expect(splitProblems({ decision: 'again', lesson: 'Begin with server.js.' }, around)).toEqual([])
  })

  test.each([
    ['loses an assertion', [sound[0], part('Upper half')], 'VAL-API-002 is covered 0 times; each assertion of f2 goes with exactly one part.'],
    ['covers one twice', [...sound, part('More', { covers: [val('API-001')] })], 'VAL-API-001 is covered 2 times; each assertion of f2 goes with exactly one part.'],
    ['takes another’s assertion', [...sound, part('More', { covers: [val('WEB-001')] })], "Part 3 covers VAL-WEB-001, which is not one of f2's; leave it where it is."],
    ['needs what comes later', [...sound, part('More', { needs: [3] })], 'Part 3 needs part 3, which does not come before it; put the parts in the order in which they are built.'],
    ['waits for itself', [...sound, part('More', { after: ['f2'] })], 'Part 3 comes after f2, which it replaces; name parts by their number under "needs".'],
    ['waits for what waits for it', [...sound, part('More', { after: ['f3'] })], 'Part 3 comes after f3, which itself waits for f2.'],
    ['waits for nothing there is', [...sound, part('More', { after: ['f9'] })], 'Part 3 comes after f9, which the mission does not have.'],
    ['leaves the repository', [...sound, part('More', { touches: ['../x'] })], 'Part 3 touches "../x"; name paths from the repository\'s root, without "..".'],
    ['touches what no agent may', [...sound, part('More', { touches: ['.github/workflows/ci.yml'] })], 'Part 3 touches ".github/workflows/ci.yml", which no agent may change.'],
    ['crosses a boundary', [...sound, part('More', { touches: ['legacy/a.js'] })], 'Part 3 touches "legacy/a.js", which lies within the boundary "legacy/".'],
    ['lowers the risk', [...sound, part('More', { risk: 'low' })], 'Part 3 is of low risk, f2 is of medium; a part is not less risky than the whole was approved to be.'],
    ['says a title twice', [...sound, part('upper half ')], 'Two parts have the title "upper half"; say what differs.'],
  ])('that %s goes back with what is wrong', (_, parts, problem) => {
    expect(splitProblems(split(...parts.map(Object)), around)).toEqual([problem])
  })

  test('is the only way on where no attempt is left', () => {
    expect(splitProblems({ decision: 'again', lesson: 'Begin with server.js.' }, { ...around, again: false })).toEqual(['No attempt is left for the feature as it is; split it into smaller ones.'])
  })
})

test('a model without a known price is refused with the reason', () => {
  const priced = (model: string) => model.startsWith('claude-')
  const asked = (model: string | null) => pricedOnly({ name: 'model', role: 'worker', model, effort: null }, priced)
  expect(asked('claude-opus-5-5')).toMatchObject({ name: 'model' })
  expect(asked(null)).toMatchObject({ name: 'model' })
  expect(asked('gpt-x')).toEqual({
    name: 'unknown',
    line: '/model worker gpt-x',
    problem: 'No price is known here for the model `gpt-x`, so its cost could not be held against the limit. Whoever runs the app adds it to the price table.',
  })
})
