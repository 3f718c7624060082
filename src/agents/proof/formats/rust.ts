import type { Case, Outcomes } from '../outcomes.ts'
import { countsOf } from '../outcomes.ts'

const words: Record<string, Case['status']> = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' }

/** `cargo test`: unit tests, those in tests/, and examples in documentation, whose names hold a line that moves with the file. */
export function rustTests(text: string): Outcomes | null {
  const tests = [...text.matchAll(/^test (?:(\S+)(?: - should panic)?|(\S+ - .*?) ?\(line \d+\)(?: - [a-z ]+)*) \.\.\. (ok|FAILED|ignored)/gm)].map(([, plain, documented, word = '']): Case => {
    const name = (plain ?? documented ?? '').replace(/ -$/, '')
    const status = words[word] ?? 'failed'
    return { name, status, cause: status === 'failed' ? causeOf(text, name) : null }
  })
  const crates = new Set([...text.matchAll(/^error: could not compile `([^`]+)`/gm)].map(([, crate = '']) => crate))
  const cases = [...tests, ...[...crates].map((name): Case => ({ name, status: 'failed', cause: 'loading' }))]
  if (cases.length === 0) return null
  return { cases, named: crates.size === 0 ? 'all' : 'failing', counts: crates.size === 0 ? countsOf(cases) : null }
}

/** What it printed: an assertion says so, `unwrap` and the like do not. Without a word, the test itself said no. */
function causeOf(text: string, name: string): 'assertion' | 'error' {
  const at = text.indexOf(`---- ${name}`)
  const printed = at < 0 ? '' : (text.slice(at, at + 4_000).split(/\n(?=---- |failures:)/)[0] ?? '')
  return /panicked at|^Error: /m.test(printed) && !/assertion .*failed|did not panic|panic did not contain/.test(printed) ? 'error' : 'assertion'
}
