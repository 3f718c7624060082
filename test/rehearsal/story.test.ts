import { describe, expect, test } from 'vitest'
import { Clarification, ValidationContract } from '../../src/domain/contract.ts'
import { Plan } from '../../src/domain/feature.ts'
import { contractProblems } from '../../src/domain/lint/contract.ts'
import { planProblems } from '../../src/domain/plan.ts'
import { contract } from '../../src/rehearsal/story/contract.ts'
import { defaultDefects, defectChanges, defects } from '../../src/rehearsal/story/defects.ts'
import { plan } from '../../src/rehearsal/story/plan.ts'
import { clarifications } from '../../src/rehearsal/story/request.ts'
import { featureIds, solution } from '../../src/rehearsal/story/solutions.ts'
import { Tree } from './tree.ts'

const build = { timeout: 60_000 }

/** The seed with everything built that a feature stands on. */
async function before(feature: string): Promise<Tree> {
  const tree = await Tree.plant()
  const needed = ancestors(feature)
  for (const id of featureIds.filter((f) => needed.has(f))) {
    const { tests, code } = solution(id)
    await tree.apply(...tests, ...code)
    await tree.commit(id)
  }
  return tree
}

function ancestors(feature: string): Set<string> {
  const after = plan.features.find((f) => f.id === feature)?.after ?? []
  return new Set(after.flatMap((id) => [id, ...ancestors(id)]))
}

describe('the mission', () => {
  test('speaks the language of the domain', () => {
    expect(Clarification.parse(clarifications.questions)).toMatchObject({ outcome: 'questions' })
    expect(Clarification.parse(clarifications.understood)).toMatchObject({ outcome: 'understood' })
    expect(ValidationContract.parse(contract)).toEqual(contract)
    expect(Plan.parse(plan)).toMatchObject(plan)
    expect(contractProblems(ValidationContract.parse(contract), Clarification.parse(clarifications.understood).understanding)).toEqual([])
    expect(planProblems(Plan.parse(plan), ValidationContract.parse(contract))).toEqual([])
  })

  test('covers every assertion exactly once', () => {
    expect(plan.features.flatMap((f) => f.covers).sort()).toEqual(contract.assertions.map((a) => a.id).sort())
  })

  test('names features that exist, and builds two of the first milestone side by side', () => {
    for (const f of plan.features) expect(featureIds).toEqual(expect.arrayContaining(f.after))
    const free = plan.features.filter((f) => f.milestone === 'm1' && f.after.length === 0)
    const touched = free.flatMap((f) => f.touches)
    expect(free.length).toBeGreaterThanOrEqual(2)
    expect(new Set(touched).size).toBe(touched.length)
  })

  test('has eight defects of both kinds, two of them in the default', () => {
    expect(defects.map((d) => d.n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(defaultDefects.map((n) => defects.find((d) => d.n === n)?.found_by.kind)).toEqual(['product', 'review'])
  })
})

test('the seed passes its own tests and lint', build, async () => {
  await using tree = await Tree.plant()
  expect(await tree.tests()).toMatchObject({ green: true })
  expect(await tree.lint()).toContain('clean')
})

describe.each(featureIds)('%s', (feature) => {
  test('has tests that fail before it and pass with it, and touches what it said', build, async () => {
    await using tree = await before(feature)
    const { tests, code } = solution(feature)
    await tree.apply(...tests)
    expect(await tree.tests(...tests.map((t) => t.path))).toMatchObject({ green: false })
    await tree.apply(...code)
    expect(await tree.tests()).toMatchObject({ green: true })
    expect(await tree.lint()).toContain('clean')

    const touches = plan.features.find((f) => f.id === feature)?.touches ?? []
    for (const { path } of [...tests, ...code])
      expect(
        touches.some((t) => path === t || (t.endsWith('/') && path.startsWith(t))),
        path,
      ).toBe(true)
  })
})

test('all features together, merged in either order by git, pass all tests', build, async () => {
  const orders = [featureIds, ['f2', 'f1', 'f3', 'f5', 'f4']]
  const trees: string[] = []
  for (const order of orders) {
    await using tree = await Tree.plant()
    for (const [from, to] of [
      [0, 2],
      [2, 3],
      [3, 5],
    ]) {
      const side = order.slice(from, to)
      const base = (await tree.git('rev-parse', 'HEAD')).trim()
      for (const id of side) {
        await tree.git('checkout', '-q', '-b', id, base)
        const { tests, code } = solution(id)
        await tree.apply(...tests, ...code)
        await tree.commit(id)
      }
      await tree.git('checkout', '-q', 'main')
      for (const id of side) await tree.git('merge', '-q', '--no-ff', '--no-edit', id)
    }
    expect(await tree.tests()).toMatchObject({ green: true })
    trees.push(await tree.git('rev-parse', 'HEAD^{tree}'))
  }
  expect(trees[0]).toBe(trees[1])
})

test("all defects together keep the workers' tests green; each is shown by its fix's test and goes away with its fix", build, async () => {
  await using tree = await Tree.plant()
  for (const id of featureIds) {
    const { tests, code } = solution(
      id,
      defects.map((d) => d.n),
    )
    await tree.apply(...tests, ...code)
  }
  expect(await tree.tests()).toMatchObject({ green: true })
  expect(await tree.lint()).toContain('clean')

  for (const { n } of defects) {
    const { tests, repair } = defectChanges(n)
    const files = tests.map((t) => t.path)
    await tree.apply(...tests)
    expect(await tree.tests(...files), `with defect ${n}`).toMatchObject({ green: false })
    await tree.apply(...repair)
    expect(await tree.tests(...files), `without defect ${n}`).toMatchObject({ green: true })
  }
  expect(await tree.tests()).toMatchObject({ green: true })
})

test.each(defects)('defect $n alone ($what) fits into the solution of $feature', ({ n, feature }) => {
  expect(solution(feature, [n]).code).not.toEqual(solution(feature).code)
  for (const other of featureIds.filter((id) => id !== feature)) expect(solution(other, [n])).toEqual(solution(other))
})
