import { describe, expect, test } from 'vitest'
import type { Handoff } from '../../src/domain/feature.ts'
import type { Proof } from '../../src/domain/proof.ts'
import { aHandoff, f, val } from '../support/builders.ts'
import { uses } from '../support/messages-api.ts'
import type { Files } from '../adapters/git/remote.ts'
import { hear } from './script.ts'
import type { Step } from './script.ts'
import { counter, world } from './world.ts'

// A worker that cheats, in real sandboxes on small real repositories: each cheat comes back as a sentence.

const long = { timeout: 300_000 }
const both = [val('API-001'), val('CLI-001')]
const submit = (n: number, over: Partial<Handoff>) => uses('submit', aHandoff({ commands: [], tests_added: [], ...over }), `s${n}`)
const write = (path: string, content: string, n = 1) => uses('write', { path, content }, `w-${path}-${n}`)
const bash = (command: string, n = 1) => uses('bash', { command }, `b${n}`)

/** Runs one worker; what its submissions were answered, and the proof where one was taken. */
async function worker(steps: Step[], files: Files = counter, test = 'node --test'): Promise<{ told: string[]; proof: Proof | null; failed: string | null }> {
  await using here = await world({ 'build.f1.a1': steps }, files)
  if (here.mission.plan) here.mission.plan.procedures = { ...here.mission.plan.procedures, test, lint: 'lint' in files ? 'sh lint' : null }
  const outcome = await here.run('build.f1.a1', { task: 'build', feature: f(1), attempt: 1, base: here.base, merge: null, lessons: [] })
  if (outcome.is !== 'answered') throw new Error('it was stopped')
  const told = here.requests.flatMap((request) => hear(request).results.flatMap((result) => (result.text.startsWith('Not accepted.') ? [result.text] : [])))
  const { body } = outcome
  return { told, proof: body.type === 'FeatureHandedOff' ? body.proof : null, failed: body.type === 'RunFailed' ? body.reason : null }
}

function goTests(name: string, tests: Record<string, string>): string {
  return `package ${name}\n\nimport "testing"\n${Object.entries(tests)
    .map(([test, body]) => `\nfunc ${test}(t *testing.T) {\n\t${body}\n}\n`)
    .join('')}`
}

describe('a handoff is held against what was done', () => {
  test('commands never run, another exit code, an exemption that does not hold, a test that cannot fail; then honest', long, async () => {
    const named = [{ path: 'test/back.test.js', name: 'goes back', proves: both }]
    const file = (body: string) => `import test from 'node:test'\nimport assert from 'node:assert'\nimport { back } from '../back.js'\ntest('goes back', () => {\n  ${body}\n  assert.ok(true)\n})\n`
    const { told, proof } = await worker([
      [write('back.js', 'export function back(n) {\n  return n - 1\n}\n'), write('test/back.test.js', file('back(3)')), bash('cd /work && node  --test')],
      [
        submit(1, {
          commands: [
            { command: 'npm run never', exit: 0, seen: 'all well' },
            { command: 'node --test', exit: 1, seen: 'red' },
          ],
          tests_added: named,
          exemptions: [{ kind: 'documentation', assertions: [], reason: 'Only the manual was changed, nothing else.' }],
        }),
      ],
      [write('test/back.test.js', file('assert.equal(back(3), 2)'), 2), submit(2, { commands: [{ command: 'node --test', exit: 0, seen: 'green' }], tests_added: named })],
    ])
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('You say you ran `npm run never`; you never did.')
    expect(told[0]).toContain('You say `node --test` exited 1; when you ran it, it exited 0.')
    expect(told[0]).toContain('The exemption documentation does not hold: your change also has back.js, test/back.test.js.')
    expect(told[0]).toMatch(/VAL-API-001: .*"goes back" did not run: its file could not be loaded.*functions emptied.*none of these tests failed by its assertion/)
    expect(proof).toMatchObject({
      command: 'node --test',
      test_files: ['test/back.test.js'],
      base: { exit: 0, passed: 1 },
      red: { exit: 1 },
      green: { exit: 0, passed: 2 },
      assertions: both.map((assertion) => ({ assertion, tests: ['goes back'], shown: 'stub' })),
      order: [
        'back.js was written before any test (turn 1).',
        'test/back.test.js was first written after code was (turn 1; code since turn 1).',
        'test/back.test.js was edited after code was written (turn 3).',
      ],
    })
  })

  test('a test that passes without the change, a broken gate, a test nobody wrote', long, async () => {
    const always = `import test from 'node:test'\nimport assert from 'node:assert'\nimport { next } from '../count.js'\ntest('counts', () => assert.ok(next() > 0))\n`
    const named = [{ path: 'test/more.test.js', name: 'counts more', proves: [val('API-001')] }]
    const again = (n: number) => [submit(n, { tests_added: named })]
    const { told, failed } = await worker(
      [[write('test/more.test.js', always), write('count.js', 'let n = 0\nexport function next() {\n  n += 1\n  return n\n}\n'), ...again(1)], again(2), again(3), again(4)],
      { ...counter, lint: 'echo style: count.js:3 a fault; ! grep -q += count.js\n' },
    )
    expect(failed).toBe('gates')
    expect(told[0]).toContain('lint: `sh lint` exits 1 on your final commit, in a clean tree.\nstyle: count.js:3 a fault')
    expect(told[0]).toContain('tests_added names "counts more"; no test of that name ran on your final commit. Name tests as the test command prints them, such as "counts".')
    expect(told[0]).toContain('No test in tests_added proves VAL-CLI-001.')
    expect(told[0]).toContain('`node --test` exits 0 without your change (the commit you began from, with only your test file test/more.test.js taken over)')
  })
})

describe('older tests are run again, by name', () => {
  test('Node: one deleted, one skipped; with reasons they are listed', long, async () => {
    const old = (middle: string) => `import test from 'node:test'\nimport assert from 'node:assert'\nimport { next } from './count.js'\n${middle}test('starts at one', () => assert.equal(next(), 1))\n`
    const files = { ...counter, 'count.test.js': old(`test('is a function', () => assert.equal(typeof next, 'function'))\ntest('takes nothing', () => assert.equal(next.length, 0))\n`) }
    const weaker = old(`test('is a function', { skip: true }, () => assert.equal(typeof next, 'function'))\n`)
    const stride = `import test from 'node:test'\nimport assert from 'node:assert'\nimport { next } from '../count.js'\ntest('counts by two', () => assert.equal(next(2), 2))\n`
    const tests_added = [{ path: 'test/stride.test.js', name: 'counts by two', proves: both }]
    const tests_changed = [
      { name: 'takes nothing', why: 'The brief gives it a stride to take.' },
      { name: 'is a function', why: 'Another test calls it, so it must be one.' },
    ]
    const { told, proof } = await worker(
      [
        [
          write('test/stride.test.js', stride),
          write('count.test.js', weaker),
          uses('edit', { path: 'count.js', old: 'next() {\n  return ++n', new: 'next(by = 1) {\n  return (n += by)' }, 'e1'),
          submit(1, { tests_added }),
        ],
        [submit(2, { tests_added, tests_changed })],
      ],
      files,
    )
    expect(told[0]).toContain('These tests passed before you began: "is a function" is skipped now; "takes nothing" is missing now.')
    expect(proof?.assertions.map((a) => a.shown)).toEqual(['red', 'red'])
    expect(proof?.tests_changed.map((t) => [t.name, t.now])).toEqual([
      ['is a function', 'skipped'],
      ['takes nothing', 'missing'],
    ])
    expect(proof?.loosened).toEqual([
      expect.stringContaining('count.test.js: 2 assertion lines removed or changed'),
      expect.stringContaining("count.test.js: skipped, deferred or run alone: test('is a function', { skip: true }"),
    ])
  })

  test('Python: a deleted test, and a function that was missing, shown by taking its body out', long, async () => {
    const files = {
      'calc.py': 'def add(a, b):\n    return a + b\n',
      'test_calc.py': 'import unittest\nimport calc\n\nclass Calc(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(calc.add(1, 2), 3)\n',
    }
    const mine = 'import unittest\nimport calc\n\nclass Times(unittest.TestCase):\n    def test_times(self):\n        self.assertEqual(calc.times(2, 3), 6)\n'
    const tests_added = [{ path: 'test_times.py', name: 'Times.test_times', proves: both }]
    const { told, proof } = await worker(
      [
        [write('test_times.py', mine), bash('rm test_calc.py; printf "\\n\\ndef times(a, b):\\n    return a * b\\n" >> calc.py'), submit(1, { tests_added })],
        [write('test_calc.py', files['test_calc.py']), submit(2, { tests_added })],
      ],
      files,
      'python3 -m unittest -v',
    )
    expect(told[0]).toContain('"test_calc.Calc.test_add" is missing now')
    expect(proof).toMatchObject({ base: { passed: 1 }, red: { exit: 1, passed: 1, failed: 1 }, green: { passed: 2 }, assertions: [{ shown: 'stub' }, { shown: 'stub' }] })
    expect(proof?.order).toContain('Written by a command, when was not seen: calc.py.')
  })

  test('Go: a test that another package has too is deleted, one is skipped; a package that did not build is shown by changed lines', long, async () => {
    const files = {
      'go.mod': 'module example.org/shelf\n\ngo 1.18\n',
      'calc/calc.go': 'package calc\n\nfunc Add(a, b int) int { return a + b }\n',
      'calc/calc_test.go': goTests('calc', { TestNew: 'if Add(0, 0) != 0 { t.Fatal("not nought") }', TestAdd: 'if got := Add(1, 2); got != 3 { t.Errorf("got %d, want 3", got) }' }),
      'stock/stock.go': 'package stock\n\nfunc Left(m map[string]int, k string) int { return m[k] }\n',
      'stock/stock_test.go': goTests('stock', { TestNew: 'if Left(nil, "a") != 0 { t.Fatal("not empty") }', TestLeft: 'if Left(map[string]int{"a": 2}, "a") != 2 { t.Fatal("want 2") }' }),
    }
    const times = 'package calc\n\nfunc Times(a, b int) int {\n\tn := 0\n\tfor i := 0; i < b; i++ {\n\t\tn += a\n\t}\n\treturn n\n}\n'
    const weaker = goTests('stock', { TestLeft: 't.Skip("later")' })
    const tests_added = [{ path: 'calc/times_test.go', name: 'TestTimes', proves: both }]
    const { told, proof, failed } = await worker(
      [
        [
          write('calc/times_test.go', goTests('calc', { TestTimes: 'if got := Times(2, 3); got != 6 { t.Fatalf("got %d, want 6", got) }' })),
          write('calc/times.go', times),
          write('stock/stock_test.go', weaker),
          submit(1, { tests_added }),
        ],
        [write('stock/stock_test.go', files['stock/stock_test.go'], 2), submit(2, { tests_added })],
      ],
      files,
      'go test ./...',
    )
    expect({ told, failed }).toMatchObject({ failed: null })
    expect(told[0]).toContain('These tests passed before you began: "TestNew" is missing now; "TestLeft" is skipped now.')
    expect(proof).toMatchObject({ base: { passed: 4 }, red: { exit: 2, failed: 1 }, green: { passed: 5 }, assertions: [{ shown: 'mutant' }, { shown: 'mutant' }], limits: [] })
  })

  test('pytest: one of several cases of a test is taken away, and a module that is not there yet', long, async () => {
    const table = (cases: string) => `import pytest\nfrom calc import add\n\n@pytest.mark.parametrize('a, b, sum', [${cases}])\ndef test_add(a, b, sum):\n    assert add(a, b) == sum\n`
    const files = { 'calc.py': 'def add(a, b):\n    return a + b\n', 'test_calc.py': table('(1, 2, 3), (0, 0, 0)') }
    const mine = 'from stock import left\n\ndef test_left():\n    assert left({"a": 2}, "a") == 2\n'
    const tests_added = [{ path: 'test_stock.py', name: 'test_left', proves: both }]
    const { told, proof, failed } = await worker(
      [
        [write('test_stock.py', mine), write('stock.py', 'def left(stock, name):\n    return stock[name]\n'), write('test_calc.py', table('(1, 2, 3)')), submit(1, { tests_added })],
        [write('test_calc.py', files['test_calc.py'], 2), submit(2, { tests_added })],
      ],
      files,
      'python3 -m pytest -q',
    )
    expect({ told, failed }).toMatchObject({ failed: null })
    expect(told[0]).toContain('"test_calc.py::test_add[0-0-0]" is missing now')
    expect(proof).toMatchObject({ base: { passed: 2 }, red: { exit: 2, passed: 0, failed: 1 }, green: { passed: 3 }, assertions: [{ shown: 'stub' }, { shown: 'stub' }], limits: [] })
  })

  test('TAP of a shell script: a renamed test is a missing one', long, async () => {
    const run = (name: string, more = '') =>
      `echo "TAP version 13"\nn=0\nis() { n=$((n+1)); if [ "$2" = "$3" ]; then echo "ok $n - $1"; else echo "not ok $n - $1"; bad=1; fi; }\nis "${name}" "$(sh add.sh 1 2)" 3\n${more}echo "1..$n"\nexit \${bad:-0}\n`
    const files = { 'add.sh': 'echo $(($1 + $2))\n', 't/run.t': run('adds two') }
    const tests_added = [{ path: 't/run.t', name: 'adds three', proves: both }]
    const three = 'is "adds three" "$(sh add.sh 1 2 4)" 7\n'
    const { told, proof } = await worker(
      [
        [write('t/run.t', run('adds', three)), write('add.sh', 'echo $(($1 + $2 + ${3:-0}))\n'), submit(1, { tests_added })],
        [write('t/run.t', run('adds two', three), 2), submit(2, { tests_added })],
      ],
      files,
      'sh t/run.t',
    )
    expect(told[0]).toContain('"adds two" is missing now')
    expect(proof).toMatchObject({ base: { passed: 1 }, red: { exit: 1, passed: 1, failed: 1 }, green: { passed: 2 }, assertions: [{ shown: 'red' }, { shown: 'red' }] })
  })
})
