import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

const total = /^\s+(\d+) passing\b.*$/m

export function isMocha(text: string): boolean {
  return total.test(text) && !/^(?:ℹ|TAP version)/mu.test(text)
}

/** mocha's spec reporter, which is its own choice; others tell counts, and what failed. */
export function mochaTests(text: string): Outcomes | null {
  const ends = isMocha(text) ? total.exec(text) : null
  if (!ends) return null
  const of = (word: string) => Number(new RegExp(`^\\s+(\\d+) ${word}\\b`, 'm').exec(text.slice(ends.index))?.[1] ?? 0)
  const counts = { passed: of('passing'), failed: of('failing'), skipped: of('pending') }
  const failures = failuresIn(text.slice(ends.index))
  const rows = rowsIn(text.slice(0, ends.index)).map(({ row, n }): Case => (n === null ? row : { ...row, cause: failures.get(n)?.cause ?? 'assertion' }))
  const cases = countsOf(rows).failed > 0 ? rows : [...rows, ...[...failures.values()].map(({ name, cause }): Case => ({ name, status: 'failed', cause }))]
  return { cases, named: countsOf(rows).passed >= counts.passed ? 'all' : 'failing', counts }
}

/** A failed one has the number of its explanation below. */
function rowsIn(text: string): { row: Case; n: number | null }[] {
  const found: { row: Case; n: number | null }[] = []
  const groups: { indent: number; name: string }[] = []
  for (const line of text.split('\n')) {
    const [, blanks = '', words = ''] = /^( {2,})(\S.*)$/.exec(line) ?? []
    if (words === '') continue
    while ((groups.at(-1)?.indent ?? 0) >= blanks.length) groups.pop()
    const [, sign, number, name = ''] = /^(?:([✔✓√]|-)|(\d+)\)) (.+?)(?: \(\d+m?s\))?$/u.exec(words) ?? []
    const status = number !== undefined ? 'failed' : sign === '-' ? 'skipped' : sign !== undefined ? 'passed' : null
    if (status === null) groups.push({ indent: blanks.length, name: words })
    else found.push({ row: { name: [...groups.map((g) => g.name), name].join(' > '), status, cause: null }, n: number === undefined ? null : Number(number) })
  }
  return found
}

/** `  2) group`, `       test:`, an empty line, why. */
function failuresIn(text: string): Map<number, { name: string; cause: NonNullable<Case['cause']> }> {
  const blocks = text.split(/^ {2}(?=\d+\) )/m).slice(1)
  return new Map(
    blocks.map((block) => {
      const lines = block.split('\n')
      const end = lines.findIndex((line) => line.trimEnd().endsWith(':'))
      const name = lines.slice(0, end + 1).map((line, i) => (i === 0 ? line.replace(/^\d+\) /, '') : line.trim()))
      const detail = lines.slice(end + 1).filter((line) => !/^\s+at /.test(line))
      return [Number.parseInt(block, 10), { name: name.join(' > ').replace(/:$/, ''), cause: causeIn(detail.join('\n')) }]
    }),
  )
}
