import type { Case, Counts, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'
import { causeIn } from './cause.ts'
import { isJest } from './jest.ts'
import { isMocha } from './mocha.ts'
import { isVitest } from './vitest.ts'

const mark = /^(\s*)(✔|✓|√|✖|✕|×|✗|﹣|○|↓)\s+(.+?)(?:\s+\(?[\d.]+\s?m?s\)?)?(?:\s+# (SKIP|TODO).*)?$/u
const group = /^(\s*)▶ (.+?)(?:\s+\([\d.]+ms\))?$/u
const file = /\.[cm]?[jt]sx?$/

/** A mark before each name: the spec reporter of Node, and whoever prints alike. */
export function markedTests(text: string): Outcomes | null {
  if (/^TAP version \d+/m.test(text) || isJest(text) || isMocha(text) || isVitest(text)) return null
  const rows = text.split(/^.*✖ failing tests:.*$/mu)[0] ?? ''
  const counts = countsIn(text)
  const cases = new Map<string, Case>()
  const groups: { indent: number; name: string }[] = []
  for (const row of rows.split('\n')) {
    const opened = group.exec(row)
    const found = mark.exec(row)
    const indent = (opened ?? found)?.[1]?.length
    if (indent === undefined) continue
    while ((groups.at(-1)?.indent ?? -1) >= indent) groups.pop()
    if (opened) {
      groups.push({ indent, name: opened[2] ?? '' })
      continue
    }
    const [, , sign = '', name = ''] = found ?? []
    if (file.test(name)) continue
    const path = [...groups.map((g) => g.name), name].join(' > ')
    // Node closes a group with its own mark.
    if ([...cases.keys()].some((known) => known.startsWith(`${path} > `))) continue
    const status = found?.[4] !== undefined || /[﹣○↓]/u.test(sign) ? 'skipped' : /[✔✓√]/u.test(sign) ? 'passed' : 'failed'
    cases.set(path, { name: path, status, cause: status === 'failed' ? causeIn(detailOf(text, name)) : null })
  }
  const all = [...cases.values(), ...unloaded(text)]
  if (all.length === 0 && counts === null) return null
  const named = all.length === 0 ? 'none' : counts === null || countsOf(all).passed >= counts.passed ? 'all' : 'failing'
  return { cases: all, named, counts: counts ?? countsOf(all) }
}

/** What stands behind the last mention of a failed test, up to the next one. */
function detailOf(text: string, name: string): string {
  const at = text.lastIndexOf(name)
  const rest = text
    .slice(at + name.length)
    .split('\n')
    .slice(1, 30)
  const end = rest.findIndex((row) => mark.test(row))
  return rest.slice(0, end < 0 ? undefined : end).join('\n') || 'Error'
}

/** Files that never came to their tests. */
function unloaded(text: string): Case[] {
  const found = [...text.matchAll(/^✖ (\S*\/\S+\.[cm]?[jt]sx?) \([\d.]+ms\)$/gmu)].map((m) => m[1] ?? '')
  return [...new Set(found)].map((name) => ({ name: name.replace(/^\/work\//, ''), status: 'failed', cause: 'loading' }))
}

function countsIn(text: string): Counts | null {
  const node = /^ℹ pass (\d+)\nℹ fail (\d+)\nℹ cancelled (\d+)\nℹ skipped (\d+)\nℹ todo (\d+)/mu.exec(text)
  return node ? { passed: n(node[1]), failed: n(node[2]) + n(node[3]), skipped: n(node[4]) + n(node[5]) } : null
}

function n(text: string | undefined): number {
  return Number(text ?? 0)
}
