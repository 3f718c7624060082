import type { Case, Outcomes } from '../outcomes.ts'
import { causeIn } from './cause.ts'

/** Python's unittest: every test with `-v`, the failing ones without. */
export function unittestTests(text: string): Outcomes | null {
  const ran = /^Ran (\d+) tests? in /m.exec(text)?.[1]
  if (ran === undefined) return null
  const failed = failedCases(text)
  const cases = new Map(failed.map((c) => [c.name, c]))
  for (const [, method = '', place = '', tail = ''] of text.matchAll(/^(\w+) \(([\w.]+)\)(?:\n[^\n]*)? \.\.\. ?([^\n]*)/gm)) {
    const name = nameOf(method, place)
    if (cases.has(name)) continue
    if (/^(skipped|expected failure)\b/.test(tail)) cases.set(name, { name, status: 'skipped', cause: null })
    else if (/\bok$/.test(tail) || tail === '' || !/^(FAIL|ERROR)\b/.test(tail)) cases.set(name, { name, status: 'passed', cause: null })
  }
  const skipped = sumOf(text, 'skipped') + sumOf(text, 'expected failures')
  const bad = failed.length
  const all = [...cases.values()]
  return { cases: all, named: all.length >= Number(ran) ? 'all' : 'failing', counts: { passed: Math.max(0, Number(ran) - bad - skipped), failed: bad, skipped } }
}

function failedCases(text: string): Case[] {
  const blocks = text.split(/^=+\n/m).slice(1)
  const found = new Map<string, Case>()
  for (const block of blocks) {
    const [, kind, method = '', place = ''] = /^(FAIL|ERROR): (\w+) \(([\w.]+)\)/.exec(block) ?? []
    if (kind === undefined) continue
    const name = nameOf(method, place)
    found.set(name, { name, status: 'failed', cause: place.includes('_FailedTest') ? 'loading' : kind === 'FAIL' ? 'assertion' : causeIn(lastLine(block)) })
  }
  return [...found.values()]
}

/** Since 3.11 the place holds the method too. */
export function nameOf(method: string, place: string): string {
  return place.split('.').at(-1) === method ? place : `${place}.${method}`
}

/** Of a traceback, the error itself. */
function lastLine(block: string): string {
  return (
    block
      .split(/^-{20,}$/m)
      .slice(0, 2)
      .join('\n')
      .split('\n')
      .findLast((line) => /^\w[\w.]*(Error|Exception|Exit|Interrupt)\b/.test(line)) ?? 'Error'
  )
}

function sumOf(text: string, word: string): number {
  return Number(new RegExp(`\\b${word}=(\\d+)`).exec(text)?.[1] ?? 0)
}
