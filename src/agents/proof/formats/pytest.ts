import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

const words: Record<string, Case['status']> = { PASSED: 'passed', XPASS: 'passed', FAILED: 'failed', ERROR: 'failed', SKIPPED: 'skipped', XFAIL: 'skipped' }

/** The summary of `-rA`, which PYTEST_ADDOPTS asks for, or the lines of `-v`. */
export function pytestTests(text: string): Outcomes | null {
  const total = /^=*\s*((?:\d+ (?:passed|failed|errors?|skipped|xfailed|xpassed|deselected|warnings?)(?:, )?)+) in [\d.]+s/m.exec(text)?.[1]
  if (total === undefined && !/^=+ (test session starts|short test summary info) =+$/m.test(text)) return null
  const cases = new Map<string, Case>()
  for (const [, word = '', id = '', detail = ''] of text.matchAll(/^(PASSED|FAILED|ERROR|XFAIL|XPASS) (\S+?\.py\S*(?:\[.*?\])?)(?: - (.*))?$/gm)) cases.set(id, made(id, word, detail))
  for (const [, id = '', word = ''] of text.matchAll(/^(\S+\.py::\S.*?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)\b/gm)) if (!cases.has(id)) cases.set(id, made(id, word, ''))
  const all = [...cases.values()]
  const counts = total === undefined ? countsOf(all) : countsIn(total)
  return { cases: all, named: countsOf(all).passed >= counts.passed ? 'all' : 'failing', counts }
}

function made(id: string, word: string, detail: string): Case {
  const status = words[word] ?? 'failed'
  // An error with no test's name behind the file's is one of collection.
  if (status === 'failed') return { name: id, status, cause: id.includes('::') ? causeIn(detail || 'assert') : 'loading' }
  return { name: id, status, cause: null }
}

function countsIn(total: string): { passed: number; failed: number; skipped: number } {
  const of = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(total)?.[1] ?? 0)
  return { passed: of('passed') + of('xpassed'), failed: of('failed') + of('errors?'), skipped: of('skipped') + of('xfailed') }
}
