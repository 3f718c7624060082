import type { Case, Counts, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

/** jest, whose own lines end with these two. Every test is named by `--verbose`, or where there is one file; else those that fail. */
export function isJest(text: string): boolean {
  return /^Test Suites: .*\d+ total$/m.test(text) && /^Tests: .*\d+ total$/m.test(text)
}

export function jestTests(text: string): Outcomes | null {
  if (!isJest(text)) return null
  const lines = (text.split(/^Summary of all failing tests$/m)[0] ?? '').split('\n')
  const details = detailsIn(lines)
  const rows = rowsIn(lines).map((row): Case => (row.status === 'failed' ? { ...row, cause: details.find((d) => d.name === row.name)?.cause ?? 'assertion' } : row))
  const known = new Set(rows.map(({ name }) => name))
  const cases = [...rows, ...details.filter(({ name }) => !known.has(name)).map(({ name, cause }): Case => ({ name, status: 'failed', cause }))]
  const counts = countsIn(text)
  return { cases, named: countsOf(rows).passed >= counts.passed ? 'all' : 'failing', counts }
}

/** Below each file's line: groups and tests, two blanks a level, up to an empty line. */
function rowsIn(lines: readonly string[]): Case[] {
  const found: Case[] = []
  let groups: string[] | null = null
  for (const line of lines) {
    if (/^(?:PASS|FAIL) \S/.test(line)) groups = []
    else if (line.trim() === '') groups = null
    if (groups === null || !line.startsWith('  ')) continue
    const depth = Math.floor((line.length - line.trimStart().length) / 2) - 1
    groups.length = Math.min(groups.length, depth)
    const [, sign, name = ''] = /^\s+([✓✕○✎])\s+(?:skipped |todo )?(.+?)(?: \([\d.]+ m?s\))?$/u.exec(line) ?? []
    if (sign === undefined) groups.push(line.trim())
    else found.push({ name: [...groups, name].join(' > '), status: sign === '✓' ? 'passed' : sign === '✕' ? 'failed' : 'skipped', cause: null })
  }
  return found
}

/** `● group › test`, then why, then the code around it, which says nothing of the cause. */
function detailsIn(lines: readonly string[]): { name: string; cause: NonNullable<Case['cause']> }[] {
  let file = ''
  return lines.flatMap((line, at) => {
    file = /^(?:PASS|FAIL) (\S+)/.exec(line)?.[1] ?? file
    const [, title] = /^ {2}● (.+)$/.exec(line) ?? []
    if (title === undefined) return []
    if (title === 'Test suite failed to run') return [{ name: file, cause: 'loading' as const }]
    const rest = lines.slice(at + 1, at + 40)
    const end = rest.findIndex((below) => /^\s+>?\s*\d+ \|/.test(below) || /^ {2}● |^(?:PASS|FAIL|Test Suites:) /.test(below))
    return [{ name: title.replaceAll(' › ', ' > '), cause: causeIn(rest.slice(0, end < 0 ? undefined : end).join('\n') || 'Error') }]
  })
}

function countsIn(text: string): Counts {
  const line = /^Tests: +(.*)$/m.exec(text)?.[1] ?? ''
  const of = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') + of('todo') }
}
