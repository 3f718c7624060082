import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { outcomesOf } from '../../src/agents/proof/outcomes.ts'
import { talkative } from '../../src/agents/proof/tree.ts'
import { writeFiles, type Files } from '../adapters/git/remote.ts'
import { options, temporary } from '../sandbox/made.ts'

// Each runner is really run here, on a test that passes, one that fails by its assertion, one that fails otherwise, one that is
// skipped and a file that does not load; or its real output, kept under its version, is read.

function told(output: string): { cases: string[]; named: string; counts: object | null } {
  const { cases, named, counts } = outcomesOf(output)
  return { cases: cases.map((c) => `${c.name}: ${c.status}${c.cause === null ? '' : `, ${c.cause}`}`).toSorted((a, b) => (a < b ? -1 : 1)), named, counts }
}

async function run(files: Files, command: string): Promise<ReturnType<typeof told>> {
  const [workdir, home] = [await temporary(), await temporary()]
  await writeFiles(workdir, files)
  await using sandbox = await bubblewrapSandboxes(options).open({ run: 'runner', workdir, home, writable: true, env: {} })
  const { stdout, stderr } = await sandbox.exec({ argv: ['bash', '-c', command], env: talkative, timeout_ms: 120_000, output_limit_bytes: 1_000_000 })
  return told(`${stdout}\n${stderr}`)
}

const node: Files = {
  'test/calc.test.mjs': `import { describe, test } from 'node:test'
import assert from 'node:assert'
test('adds', () => assert.equal(1 + 2, 3))
describe('group', () => {
  test('adds wrongly', () => assert.equal(1 + 2, 4))
  test('throws', () => null.x)
})
test('waits', { skip: true }, () => {})
`,
  'test/other.test.mjs': `import { gone } from '../gone.mjs'\ngone()\n`,
}

test.each(['tap', 'spec'])('Node, reporter %s', async (reporter) => {
  expect(await run(node, `node --test --test-reporter=${reporter} test/`)).toEqual({
    cases: ['adds: passed', 'group > adds wrongly: failed, assertion', 'group > throws: failed, error', 'test/other.test.mjs: failed, loading', 'waits: skipped'],
    named: 'all',
    counts: { passed: 1, failed: 3, skipped: 1 },
  })
})

const unittest: Files = {
  'test_calc.py': `import unittest
class Calc(unittest.TestCase):
    def test_adds(self):
        """Adds two numbers."""
        self.assertEqual(1 + 2, 3)
    def test_adds_wrongly(self):
        self.assertEqual(1 + 2, 4)
    def test_throws(self):
        {}['a']
    @unittest.skip('later')
    def test_waits(self):
        pass
`,
  'test_other.py': 'from gone import left\n',
}

test('Python, unittest: every test with -v, those that fail without', async () => {
  const failing = ['test_calc.Calc.test_adds_wrongly: failed, assertion', 'test_calc.Calc.test_throws: failed, error']
  const loading = 'unittest.loader._FailedTest.test_other: failed, loading'
  const counts = { passed: 1, failed: 3, skipped: 1 }
  expect(await run(unittest, 'python3 -m unittest -v')).toEqual({ cases: ['test_calc.Calc.test_adds: passed', ...failing, 'test_calc.Calc.test_waits: skipped', loading], named: 'all', counts })
  expect(await run(unittest, 'python3 -m unittest')).toEqual({ cases: [...failing, loading], named: 'failing', counts })
})

test('Python, pytest: names come by its own variable', async () => {
  const files = {
    'test_calc.py': `import pytest
@pytest.mark.parametrize('a, b', [(1, 2), (0, 3)])
def test_adds(a, b):
    assert a + b == 3
def test_adds_wrongly():
    assert 1 + 2 == 4
def test_throws():
    {}['a']
@pytest.mark.skip
def test_waits():
    pass
`,
    'test_other.py': 'from gone import left\n',
  }
  expect(await run(files, 'python3 -m pytest -q --continue-on-collection-errors')).toEqual({
    cases: [
      'test_calc.py::test_adds[0-3]: passed',
      'test_calc.py::test_adds[1-2]: passed',
      'test_calc.py::test_adds_wrongly: failed, assertion',
      'test_calc.py::test_throws: failed, error',
      'test_other.py: failed, loading',
    ],
    named: 'all',
    counts: { passed: 2, failed: 3, skipped: 1 },
  })
})

const go: Files = {
  'go.mod': 'module example.org/shelf\n\ngo 1.18\n',
  'calc/calc_test.go': `package calc

import "testing"

func TestSame(t *testing.T) {}

func TestTable(t *testing.T) {
	t.Run("one two", func(t *testing.T) {})
	t.Run("wrong", func(t *testing.T) { t.Errorf("got 3, want 4") })
}

func TestWaits(t *testing.T) { t.Skip("later") }
`,
  'stock/stock_test.go': 'package stock\n\nimport "testing"\n\nfunc TestSame(t *testing.T) {}\n\nfunc TestThrows(t *testing.T) {\n\tvar m map[string]int\n\tm["a"] = 1\n}\n',
  'other/other_test.go': 'package other\n\nimport "testing"\n\nfunc TestNever(t *testing.T) { Gone() }\n',
}

test.each(['go test ./...', 'go test -json ./...'])('Go, %s: every test by its own variable; packages may have the same names', async (command) => {
  expect(await run(go, command)).toEqual({
    cases: [
      'TestSame: passed',
      'TestSame: passed',
      'TestTable/one_two: passed',
      'TestTable/wrong: failed, assertion',
      'TestTable: failed, assertion',
      'TestThrows: failed, error',
      'TestWaits: skipped',
      'example.org/shelf/other: failed, loading',
    ],
    named: 'all',
    counts: { passed: 3, failed: 4, skipped: 1 },
  })
})

test("Perl's prove: TAP, once it is asked for it", async () => {
  const files = {
    't/calc.t': "use Test::More;\nis(1 + 2, 3, 'adds');\nis(1 + 2, 4, 'adds wrongly');\nSKIP: { skip 'later', 1; ok(1, 'waits') }\nsubtest 'group' => sub { is(0, 0, 'is nothing') };\ndone_testing;\n",
  }
  expect(await run(files, 'prove t')).toEqual({
    cases: [': skipped', 'adds wrongly: failed, assertion', 'adds: passed', 'group > is nothing: passed'],
    named: 'all',
    counts: { passed: 2, failed: 1, skipped: 1 },
  })
})

const jest = ['adding > adds wrongly: failed, assertion', 'adding > of nothing > needs a function that is there: failed, missing', 'expects: failed, assertion', 'test/other.test.js: failed, loading']
const vitest = [
  'test/calc.test.js > adding > adds wrongly: failed, assertion',
  'test/calc.test.js > adding > of nothing > needs a function that is there: failed, missing',
  'test/calc.test.js > adding > of nothing > throws another error: failed, error',
]
const mocha = ['adding > adds wrongly: failed, assertion', 'adding > of nothing > needs a function that is there: failed, missing']
const of = (passed: number, failed: number, skipped: number) => ({ passed, failed, skipped })

test.each([
  [
    'cargo-1.95.0',
    'all',
    of(4, 3, 1),
    [
      'adds: passed',
      'src/lib.rs - add: passed',
      'tests::adds: passed',
      'tests::gives_a_result: failed, error',
      'tests::panics_as_told: passed',
      'tests::slow: skipped',
      'tests::unwraps: failed, error',
      'tests::wrong: failed, assertion',
    ],
  ],
  ['cargo-1.95.0-broken', 'failing', null, ['shelf: failed, loading']],
  ['surefire-2.22.3', 'failing', of(1, 2, 1), ['shelf.CalcTest.addsWrongly: failed, assertion', 'shelf.CalcTest.fails: failed, error']],
  ['gradle-4.4.1', 'failing', of(1, 2, 1), ['shelf.CalcTest.addsWrongly: failed, assertion', 'shelf.CalcTest.fails: failed, error']],
  ['jest-29.7.0', 'failing', of(2, 3, 1), jest],
  ['jest-29.7.0-verbose', 'all', of(2, 3, 1), ['adding > adds two: passed', ...jest.slice(0, 2), 'adding > waits: skipped', ...jest.slice(2, 3), 'stands alone: passed', ...jest.slice(3)]],
  ['mocha-11.8.0', 'all', of(2, 3, 1), ['adding > adds two: passed', ...mocha, 'adding > waits: skipped', 'expects: failed, error', 'stands alone: passed']],
  ['mocha-11.8.0-dot', 'failing', of(2, 3, 1), [...mocha, 'expects: failed, error']],
  ['vitest-4.1.12', 'failing', of(4, 3, 1), ['adds two: passed', 'stands alone: passed', ...vitest, 'test/other.test.js: failed, loading', 'waits: skipped']],
  [
    'vitest-4.1.12-verbose',
    'all',
    of(4, 3, 1),
    [
      'test/calc.test.js > adding > adds two: passed',
      ...vitest,
      'test/calc.test.js > adding > waits: skipped',
      'test/calc.test.js > stands alone: passed',
      'test/good.test.js > is better: passed',
      'test/good.test.js > is good: passed',
      'test/other.test.js: failed, loading',
    ],
  ],
])('%s, as it printed in the sandbox', (name, named, counts, cases) => {
  expect(told(readFileSync(new URL(`outputs/${name}.txt`, import.meta.url), 'utf8'))).toEqual({ cases, named, counts })
})
