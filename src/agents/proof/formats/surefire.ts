import type { Case, Outcomes } from '../outcomes.ts'
import { causeIn } from './cause.ts'

/** Maven's surefire and failsafe: those that fail by name, and the counts of each module. */
export function surefireTests(text: string): Outcomes | null {
  const failed = [
    ...text.matchAll(/^\[ERROR\] +(?:Tests )?(\w+)\(([\w.$]+)\)(?: -- |  )Time elapsed: .* <<< (FAILURE|ERROR)!\n(.*)$/gm),
    ...text.matchAll(/^\[ERROR\] +()([\w.$]+) -- Time elapsed: .* <<< (FAILURE|ERROR)!\n(.*)$/gm),
  ].map(([, method = '', place = '', word, why = '']): Case => ({
    name: method === '' ? place : `${place}.${method}`,
    status: 'failed',
    cause: word === 'FAILURE' ? 'assertion' : otherThanAssertion(why),
  }))
  const modules = [...text.matchAll(/^\[\w+\] +Tests run: (\d+), Failures: (\d+), Errors: (\d+), Skipped: (\d+)$/gm)].map((row) => row.slice(1).map(Number))
  const broken = /^\[ERROR\] COMPILATION ERROR/m.test(text)
  if (modules.length === 0 && !broken) return null
  const counts = modules.reduce(
    (sum, [ran = 0, failures = 0, errors = 0, skipped = 0]) => ({ passed: sum.passed + ran - failures - errors - skipped, failed: sum.failed + failures + errors, skipped: sum.skipped + skipped }),
    { passed: 0, failed: 0, skipped: 0 },
  )
  const cases = [...failed, ...(broken ? [{ name: 'compilation', status: 'failed', cause: 'loading' } as const] : [])]
  return { cases, named: cases.length > 0 ? 'failing' : 'none', counts: broken ? null : counts }
}

function otherThanAssertion(why: string): 'missing' | 'error' {
  return /NoSuchMethodError|NoSuchFieldError|NoClassDefFoundError/.test(why) || causeIn(why) === 'missing' ? 'missing' : 'error'
}
