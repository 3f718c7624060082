import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { contract } from '../../src/rehearsal/story/contract.ts'
import { defects } from '../../src/rehearsal/story/defects.ts'
import { featureIds, solution } from '../../src/rehearsal/story/solutions.ts'
import { stage, type Stage } from './stage.ts'
import { Tree } from './tree.ts'

const all = contract.assertions.map((a) => a.id)
let here: Stage

beforeAll(async () => {
  here = await stage()
})
afterAll(() => here[Symbol.asyncDispose]())

/** The finished product, with some slips in it. */
async function finished(slips: number[]): Promise<Tree> {
  const tree = await Tree.plant()
  for (const id of featureIds) {
    const { tests, code } = solution(id, slips)
    await tree.apply(...tests, ...code)
  }
  await tree.commit('built')
  return tree
}

describe('the scripted user on the running product', () => {
  test('sees every assertion hold where nothing is wrong', { timeout: 120_000 }, async () => {
    await using tree = await finished([])
    const report = await here.exercise(await here.pushed(tree), all)
    expect(report.results.filter((r) => r.result !== 'pass')).toEqual([])
    expect(report.findings).toEqual([])
    for (const { evidence } of report.results) expect(evidence.length).toBeGreaterThan(0)
  })

  for (const { n, what, found_by } of defects) {
    if (found_by.kind !== 'product') continue
    test(`sees exactly ${found_by.assertion} fail with defect ${n}: ${what}`, { timeout: 120_000 }, async () => {
      await using tree = await finished([n])
      const report = await here.exercise(await here.pushed(tree), all)
      expect(report.results.filter((r) => r.result !== 'pass').map((r) => [r.assertion, r.result])).toEqual([[found_by.assertion, 'fail']])
      expect(report.findings.map((f) => [f.assertion, f.severity])).toEqual([[found_by.assertion, 'blocking']])
    })
  }

  test('sees what is not built yet fail on the seed, and what holds already pass', { timeout: 120_000 }, async () => {
    await using tree = await Tree.plant()
    const report = await here.exercise(await here.pushed(tree), all)
    const today = contract.assertions.filter((a) => a.regression).map((a) => a.id)
    expect(report.results.filter((r) => r.result === 'pass').map((r) => r.assertion)).toEqual(today)
  })
})
