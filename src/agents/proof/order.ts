import { z } from 'zod'
import type { RunRecord } from '../record.ts'
import { callsOf } from '../record.ts'
import { isSource, isTest } from './kinds.ts'

const most = 20

/**
 * Remarks for the reviewer, from the trajectory: code that was written before any test, and tests that were touched after
 * code. What `write` and `edit` wrote is known; of bash only what its words say, and what of the change nothing else wrote.
 */
export function orderRemarks(record: RunRecord, changed: readonly string[]): string[] {
  const writes = writesIn(record)
  const tests = writes.filter((w) => isTest(w.path))
  const code = writes.filter((w) => isSource(w.path) && w.by !== 'bash')
  const firstTest = tests[0]
  const firstCode = code[0]
  const early = code.filter((w) => firstTest === undefined || w.at < firstTest.at)
  const late = firstCode === undefined ? [] : tests.filter((w) => w.at > firstCode.at && tests.some((t) => t.path === w.path && t.at < w.at))
  const fresh = firstCode === undefined ? [] : tests.filter((w) => w.at > firstCode.at && !tests.some((t) => t.path === w.path && t.at < w.at))
  const unseen = changed.filter((path) => (isTest(path) || isSource(path)) && !writes.some((w) => w.path === path))
  return [
    ...(firstTest === undefined && firstCode !== undefined ? ['No test was written in this run by write or edit.'] : []),
    ...byPath(early).map(({ path, turns }) => `${path} was written before any test (turn ${turns[0]}).`),
    ...byPath(fresh).map(({ path, turns }) => `${path} was first written after code was (turn ${turns[0]}; code since turn ${firstCode?.turn}).`),
    ...byPath(late).map(({ path, turns }) => `${path} was edited after code was written (turn${turns.length > 1 ? 's' : ''} ${turns.join(', ')}).`),
    ...(unseen.length > 0 ? [`Written by a command, when was not seen: ${unseen.slice(0, 10).join(', ')}${unseen.length > 10 ? ` and ${unseen.length - 10} more` : ''}.`] : []),
  ].map((line) => line.slice(0, 400))
}

interface Write {
  /** Order in the run. */
  at: number
  turn: number
  path: string
  by: 'write' | 'edit' | 'bash'
}

const Path = z.looseObject({ path: z.string() })
const Bash = z.looseObject({ command: z.string() })
const writing = /(>>?|\btee\b|\bsed -[a-z]*i|\bmv\b|\bcp\b|\brm\b|\bpatch\b|\bperl -[a-z]*i|\btruncate\b)/

function writesIn(record: RunRecord): Write[] {
  const found: Write[] = []
  for (const { turn, results } of record.turns) {
    for (const call of callsOf(turn)) {
      const result = results.get(call.id)
      if (!result?.ok) continue
      const at = found.length
      if (call.name === 'write' || call.name === 'edit') {
        const input = Path.safeParse(call.input)
        if (input.success) found.push({ at, turn: turn.n, path: plain(input.data.path), by: call.name })
      } else if (call.name === 'bash') {
        const input = Bash.safeParse(call.input)
        for (const path of input.success && writing.test(input.data.command) ? pathsIn(input.data.command) : []) found.push({ at: found.length, turn: turn.n, path, by: 'bash' })
      }
    }
  }
  return found
}

/** Test files that a command with a writing word names. */
function pathsIn(command: string): string[] {
  return [...new Set((command.match(/[\w@./-]+\.\w+/g) ?? []).map(plain))].filter(isTest)
}

function plain(path: string): string {
  return path.replace(/^\/work\//, '').replace(/^\.\//, '')
}

function byPath(writes: readonly Write[]): { path: string; turns: number[] }[] {
  const paths = [...new Set(writes.map((w) => w.path))].slice(0, most)
  return paths.map((path) => ({ path, turns: [...new Set(writes.filter((w) => w.path === path).map((w) => w.turn))] }))
}
