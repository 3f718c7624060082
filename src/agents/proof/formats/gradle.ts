import type { Case, Outcomes } from '../outcomes.ts'

/** Gradle's test task: those that fail, and their counts. Of a run in which all pass it tells nothing. */
export function gradleTests(text: string): Outcomes | null {
  if (!/^BUILD (?:SUCCESSFUL|FAILED) in /m.test(text)) return null
  const rows = [...text.matchAll(/^(\S+(?: > [^\n>]+)*) > (.+?)(?:\(\))? (FAILED|SKIPPED|PASSED)(?:\n\s+(\S+))?/gm)].map(([, place = '', method = '', word, why = '']): Case => {
    const name = `${place}.${method}`
    if (word !== 'FAILED') return { name, status: word === 'PASSED' ? 'passed' : 'skipped', cause: null }
    return {
      name,
      status: 'failed',
      cause: /Assertion|opentest4j|ComparisonFailure|Multiple ?Failures/i.test(why) ? 'assertion' : /NoSuchMethodError|NoClassDefFoundError/.test(why) ? 'missing' : 'error',
    }
  })
  const broken = /^> Compilation failed|Task :\S*compile\w*(?:Java|Kotlin)\w* FAILED|^:compile\w*(?:Java|Kotlin)\w* FAILED/m.test(text)
  const totals = [...text.matchAll(/^(\d+) tests? completed, (\d+) failed(?:, (\d+) skipped)?$/gm)].map((row) => row.slice(1).map((n) => Number(n ?? 0)))
  if (rows.length === 0 && !broken) return null
  const cases = [...rows, ...(broken ? [{ name: 'compilation', status: 'failed', cause: 'loading' } as const] : [])]
  const passed = rows.some((row) => row.status === 'passed')
  const counts = totals.reduce((sum, [all = 0, failed = 0, skipped = 0]) => ({ passed: sum.passed + all - failed - skipped, failed: sum.failed + failed, skipped: sum.skipped + skipped }), {
    passed: 0,
    failed: 0,
    skipped: 0,
  })
  return { cases, named: passed && !broken ? 'all' : 'failing', counts: totals.length > 0 && !broken ? counts : null }
}
