import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'

const words: Record<string, Case['status']> = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped', pass: 'passed', fail: 'failed', skip: 'skipped' }

/** `go test`, plain, with `-v` or with `-json`. */
export function goTests(text: string): Outcomes | null {
  const json = [...text.matchAll(/^\{.*"Action":"(pass|fail|skip)".*"Test":"((?:[^"\\]|\\.)*)".*\}$/gm)].map(([, word = '', name = '']) => made(name, word))
  const plain = [...text.matchAll(/^\s*--- (PASS|FAIL|SKIP): (\S+)/gm)].map(([, word = '', name = '']) => made(name, word))
  const broken = [...text.matchAll(/^FAIL\s+(\S+) \[(?:build|setup) failed\]/gm)].map(([, name = '']): Case => ({ name, status: 'failed', cause: 'loading' }))
  if (json.length + plain.length + broken.length === 0 && !/^(ok|FAIL|---)\s+\S+\s+[\d.]+s$/m.test(text)) return null
  const cases = [...new Map([...json, ...plain, ...broken].map((c) => [c.name, c])).values()]
  const all = json.length > 0 || /^=== RUN /m.test(text)
  return { cases, named: all ? 'all' : 'failing', counts: all ? countsOf(cases) : null }
}

function made(name: string, word: string): Case {
  const status = words[word] ?? 'failed'
  return { name, status, cause: status === 'failed' ? 'assertion' : null }
}
