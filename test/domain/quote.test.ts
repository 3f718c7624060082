import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Limits } from '../../src/domain/policy.ts'
import { quote } from '../../src/domain/quote.ts'
import { aFeature, anAssertion, aPlan, assertionsOfPlan, ms } from '../support/builders.ts'

const limits = Limits.parse({})

function sized(features: number, assertions: number, milestones: number) {
  return quote(
    aPlan({
      milestones: Array.from({ length: milestones }, (_, i) => ({ id: ms(i + 1), title: `Milestone ${i + 1}`, goal: 'Some of it.' })),
      features: Array.from({ length: features }, (_, i) => aFeature(i + 1)),
    }),
    { assertions: Array.from({ length: assertions }, (_, i) => anAssertion(`API-${String(i + 1).padStart(3, '0')}`)) },
    limits,
  )
}

describe('a quote', () => {
  it('for three features and six checks', () => {
    const { basis, ...told } = quote(aPlan(), { assertions: assertionsOfPlan() }, limits)
    expect(told).toEqual({ runs: { from: 9, to: 24 }, minutes: { from: 35, to: 180 }, usd: { from: 4, to: 20 } })
    expect(basis.map(({ work, runs }) => [work, runs.from, runs.to])).toEqual([
      ['build', 3, 5],
      ['review', 3, 5],
      ['confirm', 0, 3],
      ['exercise', 2, 4],
      ['synthesise', 1, 2],
      ['again', 0, 2],
      ['triage', 0, 2],
      ['curate', 0, 1],
    ])
  })

  it('counts what its basis names, and nothing that the limits do not let happen', () => {
    const none = Limits.parse({ curations_per_milestone: 0, rounds_per_milestone: 1, delivery_rounds: 1 })
    for (const given of [limits, none]) {
      const { basis, runs } = quote(aPlan(), { assertions: assertionsOfPlan() }, given)
      expect(basis.reduce((sum, b) => sum + b.runs.from, 0)).toBe(runs.from)
      expect(basis.reduce((sum, b) => sum + b.runs.to, 0)).toBe(runs.to)
    }
    expect(quote(aPlan(), { assertions: assertionsOfPlan() }, none).basis.map((b) => b.work)).toEqual(['build', 'review', 'confirm', 'exercise', 'synthesise', 'triage'])
  })

  it('never shrinks when there is more to do', () => {
    const size = fc.record({ features: fc.integer({ min: 1, max: 40 }), assertions: fc.integer({ min: 1, max: 59 }), milestones: fc.integer({ min: 1, max: 11 }) })
    fc.assert(
      fc.property(size, fc.constantFrom('features', 'assertions', 'milestones'), ({ features, assertions, milestones }, more) => {
        const less = sized(features, assertions, milestones)
        const bigger = sized(features + Number(more === 'features'), assertions + Number(more === 'assertions'), milestones + Number(more === 'milestones'))
        for (const figure of ['runs', 'minutes', 'usd'] as const) {
          expect(less[figure].from).toBeLessThanOrEqual(less[figure].to)
          expect(bigger[figure].from).toBeGreaterThanOrEqual(less[figure].from)
          expect(bigger[figure].to).toBeGreaterThanOrEqual(less[figure].to)
        }
      }),
    )
  })
})
