import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'

const words: Record<string, Case['status']> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' }

/** `cargo test`. */
export function rustTests(text: string): Outcomes | null {
  const cases = [...text.matchAll(/^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED|ignored)/gm)].map(([, name = '', word = '']): Case => {
    const status = words[word] ?? 'failed'
    return { name, status, cause: status === 'failed' ? 'assertion' : null }
  })
  if (cases.length > 0) return { cases, named: 'all', counts: countsOf(cases) }
  const crate = /^error: could not compile `([^`]+)`/m.exec(text)?.[1]
  return crate === undefined ? null : { cases: [{ name: crate, status: 'failed', cause: 'loading' }], named: 'failing', counts: null }
}
