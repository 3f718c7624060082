import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'

const words: Record<string, Case['status']> = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped', pass: 'passed', fail: 'failed', skip: 'skipped' }

/** `go test`, plain, with `-v` (which GOFLAGS asks for) or with `-json`. Packages may have tests of the same name: each stands for itself. */
export function goTests(text: string): Outcomes | null {
  const json = [...text.matchAll(/^\{.*"Action":"(pass|fail|skip)".*"Test":"((?:[^"\\]|\\.)*)".*\}$/gm)].map(([, word = '', name = '']) => made(name, word, printedInJson(text, name)))
  const rows = json.length > 0 ? [] : [...text.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm)]
  const plain = rows.map((row) => made(row[2] ?? '', row[1] ?? '', behind(text, row.index + row[0].length)))
  const broken = [...text.matchAll(/^FAIL\s+(\S+) \[(?:build|setup) failed\]/gm), ...text.matchAll(/^\{.*"Action":"fail","Package":"([^"]+)".*"FailedBuild".*\}$/gm)]
  const cases = [...json, ...plain, ...broken.map(([, name = '']): Case => ({ name, status: 'failed', cause: 'loading' }))]
  if (cases.length === 0 && !/^(?:ok|FAIL|---|\?)\s+\S+\s+(?:[\d.]+s|\(cached\)|\[no test files\])/m.test(text)) return null
  const all = json.length > 0 || /^=== RUN /m.test(text)
  return { cases, named: all ? 'all' : 'failing', counts: all ? countsOf(cases) : null }
}

/** Where it said no by itself, that is its assertion; a panic is another error. */
function made(name: string, word: string, printed: string): Case {
  const status = words[word] ?? 'failed'
  return { name, status, cause: status !== 'failed' ? null : /^panic: |\bpanic: /m.test(printed) ? 'error' : 'assertion' }
}

/** Up to what the next test tells. */
function behind(text: string, at: number): string {
  return text.slice(at, at + 4_000).split(/^\s*(?:---|===|FAIL|ok)\s/m)[0] ?? ''
}

function printedInJson(text: string, name: string): string {
  const own = text.split('\n').filter((line) => line.includes('"Action":"output"') && line.includes(`"Test":"${name}"`))
  return own.join('\n')
}
