import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

interface Line {
  depth: number
  ok: boolean
  name: string
  directive: 'SKIP' | 'TODO' | null
  detail: string
}

/** TAP 13 and 14, with subtests as Node's runner indents them. A group is not a test: its tests are. */
export function tapTests(text: string): Outcomes | null {
  if (!/^TAP version \d+/m.test(text) && !/^\s*1\.\.\d+/m.test(text)) return null
  const lines = resultsIn(text.split('\n'))
  if (lines.length === 0) return null
  const cases = lines.flatMap((line, at) => caseOf(lines, line, at))
  return { cases, named: cases.every((c) => c.name !== '' || c.status === 'skipped') ? 'all' : 'none', counts: countsOf(cases) }
}

function resultsIn(rows: readonly string[]): Line[] {
  const found: Line[] = []
  for (const [at, row] of rows.entries()) {
    const match = /^(\s*)(not ok|ok)\b(?: +\d+)?(?: +- +| +|$)(.*)$/.exec(row)
    if (!match) continue
    const [, indent = '', word, rest = ''] = match
    const marked = /^(.*?)(?:(?<!\\)\s*#\s*(SKIP|TODO)\b.*)?$/i.exec(rest)
    const directive = marked?.[2]?.toUpperCase()
    found.push({
      depth: Math.floor(indent.length / 4),
      ok: word === 'ok',
      name: (marked?.[1] ?? rest).trim().replaceAll('\\#', '#').replaceAll('\\\\', '\\'),
      directive: directive === 'SKIP' || directive === 'TODO' ? directive : null,
      detail: detailAfter(rows, at),
    })
  }
  return found
}

/** The YAML block behind a result, else the comments. */
function detailAfter(rows: readonly string[], at: number): string {
  if (/^\s*---/.test(rows[at + 1] ?? '')) {
    const end = rows.findIndex((row, i) => i > at + 1 && /^\s*\.\.\.\s*$/.test(row))
    return rows.slice(at + 2, end < 0 ? at + 40 : end).join('\n')
  }
  const end = rows.findIndex((row, i) => i > at && !/^\s*#/.test(row))
  return rows.slice(at + 1, end < 0 ? undefined : end).join('\n')
}

/** Groups close behind their tests: a result that follows deeper ones is theirs. */
function caseOf(lines: readonly Line[], line: Line, at: number): Case[] {
  const isGroup = (lines[at - 1]?.depth ?? 0) > line.depth
  if (isGroup && (line.ok || /subtestsFailed/.test(line.detail))) return []
  const name = [...groupsOf(lines, line, at), relative(line.name)].join(' > ')
  if (line.directive !== null) return [{ name, status: 'skipped', cause: null }]
  if (line.ok) return isFile(line.name) ? [] : [{ name, status: 'passed', cause: null }]
  // Node names a file that did not come so far as to have tests.
  if (isFile(line.name)) return [{ name, status: 'failed', cause: 'loading' }]
  return [{ name, status: 'failed', cause: causeIn(line.detail) }]
}

function groupsOf(lines: readonly Line[], line: Line, at: number): string[] {
  const groups: string[] = []
  let depth = line.depth
  for (const later of lines.slice(at + 1)) {
    if (depth === 0) break
    if (later.depth >= depth) continue
    groups.unshift(later.name)
    depth = later.depth
  }
  return groups
}

function isFile(name: string): boolean {
  return /^(\/|\.\/)?[\w@./-]+\.\w{1,4}$/.test(name) && name.includes('/')
}

/** Trees are mounted at /work. */
function relative(name: string): string {
  return name.replace(/^\/work\//, '')
}
