import { goTests } from './formats/go.ts'
import { gradleTests } from './formats/gradle.ts'
import { jestTests } from './formats/jest.ts'
import { markedTests } from './formats/marked.ts'
import { mochaTests } from './formats/mocha.ts'
import { pytestTests } from './formats/pytest.ts'
import { rustTests } from './formats/rust.ts'
import { surefireTests } from './formats/surefire.ts'
import { tapTests } from './formats/tap.ts'
import { nameOf, unittestTests } from './formats/unittest.ts'
import { vitestTests } from './formats/vitest.ts'

/**
 * Why a test did not pass: its assertion; another error while it ran; a name that is not there (a function, an
 * attribute); or it never ran, because its file could not be loaded.
 */
export type Cause = 'assertion' | 'error' | 'missing' | 'loading'

export interface Case {
  /** With the names of its groups before it, as the runner joins them. */
  name: string
  status: 'passed' | 'failed' | 'skipped'
  /** Of a failed one. */
  cause: Cause | null
}

/** What the output of a test command tells of single tests. */
export interface Outcomes {
  cases: Case[]
  /** Which tests are named: every one, the failing ones alone, none. */
  named: 'all' | 'failing' | 'none'
  counts: Counts | null
}
export interface Counts {
  passed: number
  failed: number
  skipped: number
}

const formats = [tapTests, pytestTests, unittestTests, goTests, rustTests, jestTests, mochaTests, vitestTests, surefireTests, gradleTests, markedTests]

/** Reads the formats of test runners that it knows; several may stand in one output. */
export function outcomesOf(output: string): Outcomes {
  // eslint-disable-next-line no-control-regex
  const text = output.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').replaceAll('\r\n', '\n')
  const found = formats.flatMap((format) => format(text) ?? [])
  if (found.length === 0) return { cases: [], named: 'none', counts: null }
  const cases = found.flatMap((f) => f.cases)
  const counts = found.every((f) => f.counts) ? found.reduce((sum, f) => add(sum, f.counts ?? none), none) : null
  return { cases, named: found.every((f) => f.named === 'all') ? 'all' : cases.length > 0 ? 'failing' : 'none', counts }
}

export function countsOf(cases: readonly Case[]): Counts {
  const of = (status: Case['status']) => cases.filter((c) => c.status === status).length
  return { passed: of('passed'), failed: of('failed'), skipped: of('skipped') }
}

/** A test that ran and failed, rather than one that could not be loaded. */
export function ranAndFailed(found: Case): boolean {
  return found.status === 'failed' && (found.cause === 'assertion' || found.cause === 'error')
}

/** Does a worker's name for a test mean this one? With or without its groups, its file and its parameters. */
export function isNamed(found: Case, name: string): boolean {
  // As TAP prints it, a name has its backslashes and hashes escaped.
  const wanted = [plain(name), plain(name.replaceAll(/\\([#\\])/g, '$1'))]
  const own = plain(found.name)
  const bare = own.replace(/\[.*\]$/, '')
  return [own, bare].some((known) => wanted.some((one) => known === one || separators.some((sep) => known.endsWith(`${sep}${one}`))))
}

const none: Counts = { passed: 0, failed: 0, skipped: 0 }
const separators = [' > ', '::', '.', '/', ' ']

function plain(name: string): string {
  return unbracketed(name)
    .replace(/\s+[›»>]\s+/g, ' > ')
    .replace(/\s+/g, ' ')
    .trim()
}

/** unittest prints `test_x (tests.a.B.test_x)`. */
function unbracketed(name: string): string {
  const [, method, place] = /^(\w+) \(([\w.]+)\)$/.exec(name.trim()) ?? []
  return method === undefined || place === undefined ? name : nameOf(method, place)
}

function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped }
}
