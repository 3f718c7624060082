import type { Case, Counts, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'

const mark = /^(\s*)(?:[|\w-]*\s)?(✔|✓|√|✖|✕|×|✗|﹣|○|↓)\s+(.+?)(?:\s+\(?[\d.]+\s?m?s\)?)?(?:\s+# (SKIP|TODO).*)?$/u
const group = /^(\s*)▶ (.+?)(?:\s+\([\d.]+ms\))?$/u
const file = /\.[cm]?[jt]sx?(?: \(\d+ tests?.*\))?$/

/** Runners that put a mark before each name: Node's spec reporter, vitest, jest, mocha. */
export function markedTests(text: string): Outcomes | null {
  if (/^TAP version \d+/m.test(text)) return null
  const rows = text.split(/^.*(?:✖ failing tests:|⎯ Failed |Summary of all failing tests).*$/mu)[0] ?? ''
  const counts = countsIn(text)
  const cases = new Map<string, Case>()
  const groups: { indent: number; name: string }[] = []
  let passing_files = 0
  for (const row of rows.split('\n')) {
    const opened = group.exec(row)
    const found = mark.exec(row)
    const numbered = /^(\s+)\d+\) (\S.*)$/.exec(row)
    const indent = (opened ?? found ?? numbered)?.[1]?.length
    if (indent === undefined) continue
    while ((groups.at(-1)?.indent ?? -1) >= indent) groups.pop()
    if (opened) {
      groups.push({ indent, name: opened[2] ?? '' })
      continue
    }
    const [, , sign = '✖', name = ''] = found ?? ['', '', '✖', numbered?.[2] ?? '']
    if (file.test(name)) {
      if (/[✔✓√]/u.test(sign)) passing_files++
      continue
    }
    if (numbered && !/^\s+\d+ passing/m.test(text)) continue
    const path = [...groups.map((g) => g.name), name].join(' > ')
    // Node closes a group with its own mark.
    if ([...cases.keys()].some((known) => known.startsWith(`${path} > `))) continue
    const status = found?.[4] !== undefined || /[﹣○↓]/u.test(sign) ? 'skipped' : /[✔✓√]/u.test(sign) ? 'passed' : 'failed'
    cases.set(path, { name: path, status, cause: status === 'failed' ? causeIn(detailOf(text, name)) : null })
  }
  const all = [...cases.values(), ...unloaded(text)]
  if (all.length === 0 && counts === null) return null
  return {
    cases: all,
    named: passing_files === 0 && all.length > 0 && (counts === null || countsOf(all).passed >= counts.passed) ? 'all' : all.length > 0 ? 'failing' : 'none',
    counts: counts ?? countsOf(all),
  }
}

/** What stands behind the last mention of a failed test, up to the next one. */
function detailOf(text: string, name: string): string {
  const at = text.lastIndexOf(name)
  const rest = text
    .slice(at + name.length)
    .split('\n')
    .slice(1, 30)
  const end = rest.findIndex((row) => mark.test(row) || /^\s*(FAIL|●)\s/.test(row))
  return rest.slice(0, end < 0 ? undefined : end).join('\n') || 'Error'
}

/** Files that never came to their tests. */
function unloaded(text: string): Case[] {
  const node = [...text.matchAll(/^✖ (\S*\/\S+\.[cm]?[jt]sx?) \([\d.]+ms\)$/gmu)]
  const vitest = [...text.matchAll(/^\s*FAIL\s+(\S+\.[cm]?[jt]sx?) \[ .* \]$/gm)]
  const jest = [...text.matchAll(/^FAIL (\S+\.[cm]?[jt]sx?)\n\s*● Test suite failed to run/gm)]
  return [...new Set([...node, ...vitest, ...jest].map((m) => m[1] ?? ''))].map((name) => ({ name: name.replace(/^\/work\//, ''), status: 'failed', cause: 'loading' }))
}

function countsIn(text: string): Counts | null {
  const node = /^ℹ pass (\d+)\nℹ fail (\d+)\nℹ cancelled (\d+)\nℹ skipped (\d+)\nℹ todo (\d+)/mu.exec(text)
  if (node) return { passed: n(node[1]), failed: n(node[2]) + n(node[3]), skipped: n(node[4]) + n(node[5]) }
  const line = /^\s*Tests:?\s+((?:\d+ \w+[ ,|]*)+)/m.exec(text)?.[1]
  if (line !== undefined) return { passed: word(line, 'passed'), failed: word(line, 'failed'), skipped: word(line, 'skipped') + word(line, 'todo') }
  const mocha = /^\s+(\d+) passing/m.exec(text)
  return mocha ? { passed: n(mocha[1]), failed: n(/^\s+(\d+) failing/m.exec(text)?.[1]), skipped: n(/^\s+(\d+) pending/m.exec(text)?.[1]) } : null
}

function word(line: string, name: string): number {
  return n(new RegExp(`(\\d+) ${name}`).exec(line)?.[1])
}

function n(text: string | undefined): number {
  return Number(text ?? 0)
}
