import { describe, expect, test } from 'vitest'
import { redGate, redTests } from '../../src/agents/proof/gates.ts'
import { beyondExemption, isConfiguration, isDocumentation, isSource, isTest } from '../../src/agents/proof/kinds.ts'
import { loosened } from '../../src/agents/proof/loosened.ts'
import { mutantsOf } from '../../src/agents/proof/mutants.ts'
import { isNamed, outcomesOf } from '../../src/agents/proof/outcomes.ts'
import { stubbedScript } from '../../src/agents/proof/stubs.ts'
import { weakened } from '../../src/agents/proof/weakening.ts'

const told = (output: string) => {
  const { cases, named, counts } = outcomesOf(output)
  return { cases: cases.map((c) => `${c.name}: ${c.status}${c.cause === null ? '' : `, ${c.cause}`}`), named, counts }
}

describe('test names are read from real output', () => {
  test('TAP of Node: groups, skips, an assertion, a throw, a file that does not load', () => {
    const tap = `TAP version 13\n# Subtest: passes\nok 1 - passes\n  ---\n  duration_ms: 1\n  ...\n# Subtest: wrong\nnot ok 2 - wrong\n  ---\n  failureType: 'testCodeFailure'\n  error: '1 == 2'\n  code: 'ERR_ASSERTION'\n  ...\n# Subtest: throws\nnot ok 3 - throws\n  ---\n  error: "Cannot read properties of null (reading 'x')"\n  code: 'ERR_TEST_FAILURE'\n  ...\nok 4 - skipped # SKIP why\n# Subtest: group\n    # Subtest: in \\# group\n    ok 1 - in \\# group\n      ---\n      duration_ms: 1\n      ...\n    1..1\nok 5 - group\n  ---\n  type: 'suite'\n  ...\n# Subtest: /work/test/b.test.js\nnot ok 6 - /work/test/b.test.js\n  ---\n  exitCode: 1\n  error: 'test failed'\n  ...\n1..6\n`
    expect(told(tap)).toEqual({
      cases: ['passes: passed', 'wrong: failed, assertion', 'throws: failed, error', 'skipped: skipped', 'group > in # group: passed', 'test/b.test.js: failed, loading'],
      named: 'all',
      counts: { passed: 2, failed: 3, skipped: 1 },
    })
  })

  test('unittest with and without names, pytest, Go, cargo', () => {
    const failures = `======================================================================\nERROR: test_b (unittest.loader._FailedTest.test_b)\n----------------------------------------------------------------------\nImportError: Failed to import test module: test_b\nModuleNotFoundError: No module named 'nope'\n\n======================================================================\nFAIL: test_bad (test_a.A.test_bad)\n----------------------------------------------------------------------\nTraceback (most recent call last):\nAssertionError: 1 != 2\n\n----------------------------------------------------------------------\nRan 4 tests in 0.002s\n\nFAILED (failures=1, errors=1)\n`
    expect(told(`F.E.\n${failures}`)).toEqual({
      cases: ['unittest.loader._FailedTest.test_b: failed, loading', 'test_a.A.test_bad: failed, assertion'],
      named: 'failing',
      counts: { passed: 2, failed: 2, skipped: 0 },
    })
    expect(
      told(
        `test_bad (test_a.A.test_bad) ... FAIL\ntest_doc (test_a.A.test_doc)\nA line. ... ok\ntest_ok (test_a.A.test_ok) ... ok\ntest_b (unittest.loader._FailedTest.test_b) ... ERROR\n\n${failures}`,
      ),
    ).toMatchObject({ named: 'all' })
    expect(told('PASSED test_a.py::test_one[x y]\nFAILED test_a.py::A::test_two - assert 1 == 2\nERROR test_b.py\n==== 1 failed, 1 passed, 1 error in 0.03s ====\n')).toEqual({
      cases: ['test_a.py::test_one[x y]: passed', 'test_a.py::A::test_two: failed, assertion', 'test_b.py: failed, loading'],
      named: 'all',
      counts: { passed: 1, failed: 2, skipped: 0 },
    })
    expect(told('=== RUN   TestA\n--- PASS: TestA (0.00s)\n    --- FAIL: TestB/sub (0.00s)\n--- SKIP: TestC (0.00s)\nFAIL\tx/y [build failed]\n').cases).toEqual([
      'TestA: passed',
      'TestB/sub: failed, assertion',
      'TestC: skipped',
      'x/y: failed, loading',
    ])
    expect(told('test a::one ... ok\ntest a::two ... FAILED\ntest a::three ... ignored\n').cases).toEqual(['a::one: passed', 'a::two: failed, assertion', 'a::three: skipped'])
    expect(told('all well\n')).toEqual({ cases: [], named: 'none', counts: null })
  })

  test('marks: the spec of Node, vitest by file, mocha', () => {
    expect(
      told(
        '✔ passes (2.2ms)\n▶ group\n  ✔ inner (2.1ms)\n  ✖ bad (13ms)\n    AssertionError [ERR_ASSERTION]: no\n  ﹣ s (0.2ms) # SKIP\n✖ group (15ms)\nℹ tests 4\nℹ pass 2\nℹ fail 1\nℹ cancelled 0\nℹ skipped 1\nℹ todo 0\n',
      ),
    ).toEqual({
      cases: ['passes: passed', 'group > inner: passed', 'group > bad: failed, assertion', 'group > s: skipped'],
      named: 'all',
      counts: { passed: 2, failed: 1, skipped: 1 },
    })
    expect(told(' ✓ test/a.test.ts (3 tests) 5ms\n\n Test Files  1 passed (1)\n      Tests  3 passed (3)\n')).toEqual({ cases: [], named: 'none', counts: { passed: 3, failed: 0, skipped: 0 } })
  })

  test('a name may come without its groups, its file or its parameters', () => {
    const named = (name: string, wanted: string) => isNamed({ name, status: 'passed', cause: null }, wanted)
    expect([
      named('group > inner', 'inner'),
      named('test_a.py::A::test_b[1]', 'test_b'),
      named('t.A.test_b', 'A.test_b'),
      named('starts at one', 'one of'),
      named('TestA/sub', 'sub'),
      named('says \\t and # one', 'says \\\\t and \\# one'),
    ]).toEqual([true, true, true, false, true, true])
  })
})

test('paths are tests, documentation, configuration or code, by convention', () => {
  expect(['src/a.test.ts', 'pkg/a_test.go', 'tests/test_a.py', 'spec/a_spec.rb', 'src/test/java/ATest.java', 't/run.t', 'test/fixtures/x.json'].every(isTest)).toBe(true)
  expect(['README.md', 'docs/use.png', 'LICENSE'].every(isDocumentation)).toBe(true)
  expect(['package.json', '.github/x.yml', 'Dockerfile', 'requirements-dev.txt'].every(isConfiguration)).toBe(true)
  expect(['server.js', 'docs/example.js', 'src/latest/a.js', 'src/contest.py', 'data/rooms.json', 'vitest.config.ts'].every(isSource)).toBe(true)
  expect([beyondExemption('documentation', ['README.md', 'a.yml']), beyondExemption('configuration', ['README.md', 'a.yml']), beyondExemption('tests', ['test/a.js', 'a.js'])]).toEqual([
    ['a.yml'],
    [],
    ['a.js'],
  ])
})

describe('a gate that was red before', () => {
  const gate = (exit: number, output: string) => ({ name: 'lint', command: 'lint', exit, output, seconds: 1 })
  const tests = (exit: number, output: string) => ({ command: 'test', exit, output, seconds: 1, outcomes: outcomesOf(output) })

  test('must not get worse; a fault that moved is the same fault', () => {
    expect(redGate(gate(1, 'a.js:7 bad\n1 problem'), gate(1, 'a.js:3 bad\n1 problem'))).toMatchObject({ gate: { before: 'red' }, problem: null })
    expect(redGate(gate(1, 'a.js:3 bad\nb.js:1 worse'), gate(1, 'a.js:3 bad')).problem).toContain('It was red before you began, and your change makes it worse. New there:\nb.js:1 worse')
    expect(redGate(gate(1, 'bad'), null).problem).toBe('lint: `lint` exits 1 on your final commit, in a clean tree.\nbad')
  })

  test('tests may fail that failed before, and no others', () => {
    const one = '1..2\nnot ok 1 - old\nok 2 - fine\n'
    expect(redTests(tests(1, one), tests(1, one)).problem).toBeNull()
    expect(redTests(tests(1, '1..2\nnot ok 1 - old\nnot ok 2 - fine\n'), tests(1, one)).problem).toContain('New failing tests: "fine".')
    expect(redTests(tests(1, 'it broke'), tests(1, 'it broke')).problem).toContain('Its output names no failing test, so it must be green')
  })
})

test('where no names are told, a fall of the count needs a reason', () => {
  const mocha = (n: number) => outcomesOf(`\n  ${'․'.repeat(n)}\n\n\n  ${n} passing (9ms)\n\n`)
  expect(weakened(mocha(12), mocha(10), [])).toMatchObject({
    problems: ['Before you began 12 tests passed, now 10 do. Bring back what is gone, or name each in tests_changed with the reason.'],
    limits: ['The test command does not name every test: of the tests that were there before, only the count was compared.'],
  })
  expect(weakened(mocha(12), mocha(10), [{ name: 'the two of the old form', why: 'The form is gone by the brief.' }])).toMatchObject({ problems: [], changed: [{ now: 'fewer' }] })
})

test('deleted files, removed assertions and skips are read from the diff', () => {
  const diff = `diff --git a/test/a.test.js b/test/a.test.js\n--- a/test/a.test.js\n+++ b/test/a.test.js\n@@ -1,2 +1,2 @@\n-  assert.equal(a, 1)\n+  it.skip('x', () => {})\ndiff --git a/test/b.test.js b/test/b.test.js\ndeleted file mode 100644\n--- a/test/b.test.js\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\ndiff --git a/a.js b/a.js\n--- a/a.js\n+++ b/a.js\n@@ -1 +1 @@\n-assert(1)\n+x\n`
  expect(loosened(diff)).toEqual([
    'test/a.test.js: 1 assertion line removed or changed: assert.equal(a, 1)',
    "test/a.test.js: skipped, deferred or run alone: it.skip('x', () => {})",
    'test/b.test.js is deleted',
  ])
})

test('what is new goes out of a script whole, of what was there the innermost; exports stay', () => {
  const text = `export const old = (a: number): number => {\n  const inner = () => a + 1\n  return inner()\n}\nexport async function fresh(x: string) {\n  return x\n}\nexport class Box {\n  constructor() {}\n  get size() { return 1 }\n}\n`
  const lines = [2, 5, 6, 7, 8, 9, 10, 11]
  expect(stubbedScript('a.ts', text, lines, 'empty')).toBe(
    `export const old = (a: number): number => {\n  const inner = () => undefined\n  return inner()\n}\nexport async function fresh(x: string) {}\nexport class Box {\n  constructor() {}\n  get size() {}\n}\n`,
  )
  expect(stubbedScript('a.ts', text, [6], 'throws')).toContain("fresh(x: string) { throw new Error('taken out') }")
  expect(stubbedScript('a.ts', 'const a = {', [1], 'empty')).toBeNull()
})

test('mutants are ten at most, of added lines of code, and the same each time', () => {
  const text = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? '// a remark about 3' : `if (a === ${i} && b) x('name')`)).join('\n')
  const files = new Map([['a.c', { text, added: Array.from({ length: 40 }, (_, i) => i + 1) }]])
  const mutants = mutantsOf(files)
  expect(mutants).toHaveLength(10)
  expect(mutantsOf(files)).toEqual(mutants)
  expect(mutants.every((m) => m.text !== text && !/remark/.test(text.split('\n')[m.line - 1] ?? ''))).toBe(true)
  expect(new Set(mutants.map((m) => m.text.split('\n')[m.line - 1]?.replace(/\d+/g, '#')).values()).size).toBeGreaterThan(2)
})
