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

  test('sees exactly the assertions fail whose defects the product has', { timeout: 120_000 }, async () => {
    const product = defects.flatMap(({ n, found_by }) => (found_by.kind === 'product' ? [{ n, assertion: found_by.assertion }] : []))
    await using tree = await finished(product.map((d) => d.n))
    const report = await here.exercise(await here.pushed(tree), all)
    const expected = all.filter((id) => product.some((d) => d.assertion === id))
    expect(report.results.filter((r) => r.result !== 'pass').map((r) => [r.assertion, r.result])).toEqual(expected.map((id) => [id, 'fail']))
    expect(report.findings.map((f) => [f.assertion, f.severity])).toEqual(expected.map((id) => [id, 'blocking']))
  })

  test('sees what is not built yet fail on the seed, and what holds already pass', { timeout: 120_000 }, async () => {
    await using tree = await Tree.plant()
    const head = await here.pushed(tree)
    // In parts, as a mission gives them out: one run with all of it would outgrow its context.
    const results = [...(await here.exercise(head, all.slice(0, 6))).results, ...(await here.exercise(head, all.slice(6))).results]
    const today = contract.assertions.filter((a) => a.regression).map((a) => a.id)
    expect(results.filter((r) => r.result === 'pass').map((r) => r.assertion)).toEqual(today)
  })
})
