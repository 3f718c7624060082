import type { Case, Counts, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

/** vitest, whose last lines are these. With `--reporter=verbose` it names every test; else those of files that fail, passing ones without their groups. */
export function isVitest(text: string): boolean {
  return /^\s*Test Files {2}.*\(\d+\)$/m.test(text) && /^\s*Tests {2}.*$/m.test(text)
}

/** A project's name may stand before the file's. */
const project = String.raw`(?:\|[^|]+\| +| ?[\w.-]+ {2,})?`
const verbose = new RegExp(String.raw`^ (✓|×|↓) ${project}(\S+\.\w+ > .+?)(?: +\d+ms)?(?: \[.*\])?$`, 'u')
const nested = /^ {3,}(✓|×|↓) (.+?)(?: +\d+ms)?$/u
const failure = new RegExp(String.raw`^ FAIL {2}${project}(\S+\.\w+)(?: > (.+)| \[ .* \])$`)

export function vitestTests(text: string): Outcomes | null {
  if (!isVitest(text)) return null
  const lines = text.split('\n')
  const told = lines.flatMap((line) => rowOf(verbose.exec(line)))
  const details = detailsIn(lines)
  const rows = told.length > 0 ? told : lines.flatMap((line) => rowOf(nested.exec(line))).filter((row) => row.status !== 'failed')
  const failed = new Set(details.map(({ name }) => name))
  const cases = [...rows.filter(({ name }) => !failed.has(name)), ...details.map(({ name, cause }): Case => ({ name, status: 'failed', cause }))]
  const counts = countsIn(text)
  return { cases, named: told.length > 0 && countsOf(told).passed >= counts.passed ? 'all' : cases.length > 0 ? 'failing' : 'none', counts }
}

function rowOf(match: RegExpExecArray | null): Case[] {
  if (!match) return []
  const [, sign, name = ''] = match
  return [{ name, status: sign === '✓' ? 'passed' : sign === '↓' ? 'skipped' : 'failed', cause: sign === '×' ? 'assertion' : null }]
}

/** What it says before it shows the place. */
function detailsIn(lines: readonly string[]): { name: string; cause: NonNullable<Case['cause']> }[] {
  return lines.flatMap((line, at) => {
    const [, file, name] = failure.exec(line) ?? []
    if (file === undefined) return []
    if (name === undefined) return [{ name: file, cause: 'loading' as const }]
    // Several that failed alike stand above one reason.
    const rest = lines.slice(at + 1, at + 40).filter((below) => !failure.test(below))
    const end = rest.findIndex((below) => /^ ❯ |^⎯/.test(below))
    return [{ name: `${file} > ${name}`, cause: causeIn(rest.slice(0, end < 0 ? undefined : end).join('\n') || 'Error') }]
  })
}

function countsIn(text: string): Counts {
  const line = /^\s*Tests {2}(.*)$/m.exec(text)?.[1] ?? ''
  const of = (word: string) => Number(new RegExp(`(\\d+) ${word}`).exec(line)?.[1] ?? 0)
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') + of('todo') }
}
