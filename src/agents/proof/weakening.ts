import type { Proof, TestChanged } from '../../domain/proof.ts'
import type { Case, Outcomes } from './outcomes.ts'
import { isNamed } from './outcomes.ts'

type Changed = Proof['tests_changed']
type Now = Changed[number]['now']

/** Tests of the base that no longer pass, each with the worker's reason or as a problem; and what could not be compared. */
export function weakened(base: Outcomes, head: Outcomes, reasons: readonly TestChanged[]): { changed: Changed; problems: string[]; limits: string[] } {
  const limits: string[] = []
  const lost = base.named === 'all' && head.named === 'all' ? lostNames(base.cases, head.cases) : []
  if (base.named !== 'all' || head.named !== 'all')
    limits.push(
      base.counts && head.counts
        ? 'The test command does not name every test: of the tests that were there before, only the count was compared.'
        : 'The test command tells neither names nor counts: tests that were there before were not compared.',
    )
  const fewer = base.counts && head.counts ? base.counts.passed - head.counts.passed : 0
  const changed: Changed = []
  const open: { name: string; now: Now }[] = []
  for (const { name, now } of lost) {
    const reason = reasons.find((r) => isNamed({ name, status: 'passed', cause: null }, r.name))
    if (reason) changed.push({ name: name.slice(0, 300), now, why: reason.why })
    else open.push({ name, now })
  }
  const problems =
    open.length === 0
      ? []
      : [
          `These tests passed before you began: ${open
            .slice(0, 20)
            .map(({ name, now }) => `"${name}" is ${now} now`)
            .join('; ')}${open.length > 20 ? `; and ${open.length - 20} more` : ''}. Bring each back, or name it in tests_changed with the rule of the brief that makes it wrong.`,
        ]
  if (lost.length === 0 && fewer > 0) {
    if (reasons.length === 0)
      problems.push(`Before you began ${base.counts?.passed} tests passed, now ${head.counts?.passed} do. Bring back what is gone, or name each in tests_changed with the reason.`)
    changed.push(...reasons.map(({ name, why }) => ({ name, now: 'fewer' as const, why })))
  }
  return { changed: changed.slice(0, 100), problems, limits }
}

/** Names may repeat: of each, as many as before must pass. */
function lostNames(base: readonly Case[], head: readonly Case[]): { name: string; now: Now }[] {
  const passing = new Map<string, number>()
  for (const { name, status } of head) if (status === 'passed') passing.set(name, (passing.get(name) ?? 0) + 1)
  return base.flatMap(({ name, status }) => {
    if (status !== 'passed') return []
    const left = passing.get(name) ?? 0
    passing.set(name, left - 1)
    return left > 0 ? [] : [{ name, now: nowOf(head, name) }]
  })
}

function nowOf(head: readonly Case[], name: string): Now {
  const found = head.filter((c) => c.name === name)
  if (found.some((c) => c.status === 'failed')) return 'failing'
  return found.some((c) => c.status === 'skipped') ? 'skipped' : 'missing'
}
