import type { AssertionId } from '../../domain/id.ts'
import type { TestAdded } from '../../domain/proof.ts'
import { speaksOfLoading } from './formats/cause.ts'
import type { Case } from './outcomes.ts'
import { isNamed, ranAndFailed } from './outcomes.ts'
import type { TestRun } from './tree.ts'

/** An assertion and the tests that are to prove it; null: the change as a whole, where it claims none. */
export interface Claim {
  assertion: AssertionId | null
  tests: TestAdded[]
}

/** Did a test of this claim run and fail without the feature? null: not seen. `trusted`: the base was green, so an exit code says something. */
export function shownByRed(claim: Claim, red: TestRun, trusted: boolean): 'red' | 'unnamed' | null {
  if (red.exit === 0) return null
  if (red.outcomes.named === 'none') return trusted && !speaksOfLoading(red.output) ? 'unnamed' : null
  return claim.tests.some((test) => casesOf(test, red.outcomes.cases).some(ranAndFailed)) ? 'red' : null
}

/** Red for nothing but a file or a name that is not there, or taken over together with the code: to be shown another way. */
export function mayBeVacuous(claim: Claim, red: TestRun): boolean {
  if (red.exit === 0 || red.outcomes.named === 'none') return true
  return claim.tests.every((test) => casesOf(test, red.outcomes.cases).every((c) => c.status === 'failed'))
}

/** What became of the tests of a claim, for the one who wrote them. */
export function fateOf(claim: Claim, run: TestRun): string {
  return claim.tests
    .slice(0, 6)
    .map((test) => {
      const found = casesOf(test, run.outcomes.cases)
      if (found.some((c) => c.status === 'passed')) return `"${test.name}" passed`
      if (found.some((c) => c.status === 'skipped')) return `"${test.name}" was skipped`
      if (found.some((c) => c.cause === 'missing')) return `"${test.name}" failed for a name that is not there`
      if (found.some((c) => c.status === 'failed')) return `"${test.name}" could not be loaded`
      return run.outcomes.cases.some((c) => c.cause === 'loading') ? `"${test.name}" did not run: its file could not be loaded` : `"${test.name}" did not run`
    })
    .join('; ')
}

/** Named tests that did not pass on the final commit. `text` gives what a file there holds, for runners that name only what fails. */
export async function unseenTests(tests: readonly TestAdded[], green: TestRun, text: (path: string) => Promise<string | null>): Promise<string[]> {
  const problems: string[] = []
  for (const test of tests) {
    const content = await text(test.path)
    if (content === null) {
      problems.push(`tests_added names ${test.path}, which is not in your final commit.`)
      continue
    }
    const found = casesOf(test, green.outcomes.cases)
    if (found.some((c) => c.status === 'passed')) continue
    if (found.length > 0) problems.push(`tests_added names "${test.name}"; on your final commit it ${found[0]?.status === 'skipped' ? 'is skipped' : 'fails'}.`)
    else if (green.outcomes.named === 'all')
      problems.push(`tests_added names "${test.name}"; no test of that name ran on your final commit. Name tests as the test command prints them${likely(test, green.outcomes.cases)}.`)
    else if (!content.includes(lastPart(test.name))) problems.push(`tests_added names "${test.name}", which does not stand in ${test.path}.`)
  }
  return problems
}

function casesOf(test: TestAdded, cases: readonly Case[]): Case[] {
  return cases.filter((c) => isNamed(c, test.name))
}

function likely(test: TestAdded, cases: readonly Case[]): string {
  const words = new Set(test.name.toLowerCase().split(/\W+/))
  const scored = [...new Set(cases.map((c) => c.name))]
    .map((name) => ({
      name,
      score: name
        .toLowerCase()
        .split(/\W+/)
        .filter((word) => words.has(word)).length,
    }))
    .filter((c) => c.score > 0)
    .toSorted((a, b) => b.score - a.score)
  return scored.length === 0
    ? ''
    : `, such as ${scored
        .slice(0, 3)
        .map((c) => `"${c.name.slice(0, 120)}"`)
        .join(', ')}`
}

function lastPart(name: string): string {
  return (
    name
      .split(/ > |::|\.(?=\w+$)/)
      .at(-1)
      ?.trim() ?? name
  )
}
