import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { costUsd, defaultPrices, worstUsd } from '../../src/agents/price.ts'
import { inputSchema } from '../../src/agents/schema.ts'
import type { Tool } from '../../src/agents/tool.ts'
import { outputsIn } from '../../src/agents/outputs.ts'
import { capped } from '../../src/agents/tool.ts'
import { reportProblems } from '../../src/agents/testing/check.ts'
import { browserTool } from '../../src/agents/tools/browser.ts'
import { commandTool } from '../../src/agents/tools/command.ts'
import { httpTool } from '../../src/agents/tools/http.ts'
import { outputReadTool } from '../../src/agents/tools/read.ts'
import { terminalTool } from '../../src/agents/tools/terminal.ts'
import { writingTools } from '../../src/agents/toolsets.ts'
import { Clarification, ValidationContract } from '../../src/domain/contract.ts'
import { Handoff, Plan } from '../../src/domain/feature.ts'
import { Shown } from '../../src/domain/shown.ts'
import { Report, Triage } from '../../src/domain/verdict.ts'
import { opened, openedPair, options, served, sh } from '../sandbox/made.ts'
import { anAssertion } from '../support/builders.ts'

const sandboxes = bubblewrapSandboxes(options)

async function call(tools: Tool[], name: string, input: unknown): Promise<string> {
  const prepared = tools.find((t) => t.spec.name === name)?.prepare(input)
  if (!prepared) return 'no such tool'
  if (!prepared.ok) return prepared.problem
  const answer = await prepared.execute({ id: 'c', ordinal: 1, signal: new AbortController().signal })
  return `${answer.ok ? '' : 'FAILED '}${answer.content.map((block) => (block.type === 'text' ? block.text : `[${block.source.media_type}]`)).join('\n')}`
}

describe('file tools in the sandbox', () => {
  test('read in pages, search, and refuse what is not there', async () => {
    await using box = await opened(sandboxes)
    const tools = writingTools(box.sandbox, outputsIn(box.sandbox))
    const long = Array.from({ length: 3000 }, (_, i) => `line ${i + 1} ${'x'.repeat(20)}`).join('\n')
    expect(await call(tools, 'write', { path: 'deep/long.txt', content: long })).toBe('deep/long.txt written, 3000 lines.')
    const first = await call(tools, 'read', { path: 'deep/long.txt' })
    const next = /go on with offset (\d+)\]$/.exec(first)?.[1]
    expect(first.length).toBeLessThan(24_000)
    expect(await call(tools, 'read', { path: 'deep/long.txt', offset: Number(next), limit: 1 })).toContain(`${next}\tline ${next} `)
    expect(await call(tools, 'read', { path: 'deep/long.txt', offset: 4000 })).toBe('FAILED deep/long.txt has 3000 lines.')
    expect(await call(tools, 'read', { path: '/etc/shadow' })).toMatch(/^FAILED /)
    expect(await call(tools, 'write', { path: '/etc/x', content: '' })).toMatch(/^FAILED /)
    expect(await call(tools, 'bash', { command: 'printf "a\\0b" > bin.dat; mkdir -p node_modules/x .github; touch node_modules/x/a.md .github/b.md "c d.md"' })).toMatch(/^exit 0/)
    expect(await call(tools, 'read', { path: 'bin.dat' })).toBe('FAILED bin.dat is not text (3 bytes).')
    expect(await call(tools, 'glob', { pattern: '**/*.md' })).toBe('.github/b.md\nc d.md')
    expect(await call(tools, 'glob', { pattern: '$(touch /work/pwned)*' })).toBe('Nothing matches.')
    expect(await call(tools, 'grep', { pattern: '^line (7|8) ' })).toMatch(/^deep\/long\.txt:7:line 7 x+\ndeep\/long\.txt:8:line 8 x+$/)
    expect(await call(tools, 'grep', { pattern: '--version', path: '.' })).toBe('Nothing matches.')
    expect(await call(tools, 'grep', { pattern: '(', path: '.' })).toMatch(/^FAILED .*[Uu]nmatched/)
    expect(await call(tools, 'bash', { command: 'ls pwned; exit 7' })).toMatch(/^exit 7 \([\d.]+ s\)\n--- stderr ---\nls: /)
    expect(await call(tools, 'bash', { command: 'sleep 30', timeout_ms: 1_000 })).toMatch(/^killed after 1.\d s: it took too long/)
    expect((await call(tools, 'bash', { command: 'yes | head -c 5000000' })).length).toBeLessThan(24_000)
  })
})

describe('a long output', () => {
  test('shows head and tail, and the whole is in a file outside of the tree', async () => {
    await using box = await opened(sandboxes)
    const tools = writingTools(box.sandbox, outputsIn(box.sandbox))
    const told = await call(tools, 'bash', { command: 'seq 1 20000; seq 30000 40000 >&2' })
    expect(told.length).toBeLessThan(24_000)
    expect(told).toMatch(/^exit 0 \([\d.]+ s\)\n1\n2\n[^]*\n20000\n--- stderr ---\n30000\n[^]*\n40000$/)
    const [out = '', err = ''] = [...told.matchAll(/\n\[… \d+ characters left out; the whole is in (\S+) …\]\n/g)].map((found) => found[1])
    expect([out, err]).toEqual([expect.stringMatching(/^\/tmp\/outputs-[0-9a-f]{8}\/bash-1\.txt$/), expect.stringMatching(/\/bash-1-stderr\.txt$/)])
    expect(await call(tools, 'read', { path: out, offset: 9_999, limit: 1 })).toContain(' 9999\t9999\n')
    expect(await call(tools, 'grep', { pattern: '^3500[01]$', path: err })).toBe(`${err}:5001:35000\n${err}:5002:35001`)
    expect((await sh(box.sandbox, 'find /work -type f')).stdout).toBe('')
  })

  test('of a search or a listing is in a file too', async () => {
    await using box = await opened(sandboxes)
    const tools = writingTools(box.sandbox, outputsIn(box.sandbox))
    await call(tools, 'bash', { command: 'for i in $(seq 1 2000); do echo needle > "a-file-with-a-long-name-$i.txt"; done' })
    for (const [name, input] of [
      ['glob', { pattern: '*.txt' }],
      ['grep', { pattern: 'needle' }],
    ] as const) {
      const told = await call(tools, name, input)
      const [, file = ''] = /the whole is in (\S+) …\]/.exec(told) ?? []
      expect(told.length).toBeLessThan(17_000)
      expect(await call(tools, 'bash', { command: `grep -c . ${file}` })).toMatch(/\n2000$/)
    }
  })

  test('is kept within bounds: the oldest files go, and a file has a size that it does not pass', async () => {
    await using box = await opened(sandboxes)
    const outputs = outputsIn(box.sandbox)
    for (let i = 1; i <= 32; i++) await outputs.shorten(`${i} is long`, 4, `note-${i}`)
    const there = (await sh(box.sandbox, 'cd /tmp/outputs-*; ls | sort -V')).stdout.trim().split('\n')
    expect(there).toEqual(Array.from({ length: 30 }, (_, i) => `note-${i + 3}.txt`))
    expect(outputs.files().map((file) => file.split('/').at(-1))).toEqual(there)
    const huge = await outputs.shorten('x'.repeat(5_000_000), 100, 'huge')
    expect(huge.text).toMatch(/characters left out; more of it is in \/tmp\/outputs-\S+\/huge\.txt …\]/)
    expect((await box.sandbox.readFile(huge.file ?? '')).length).toBeLessThan(1_000_200)
  })

  test('is only cut where its file cannot be written', async () => {
    await using box = await opened(sandboxes)
    expect(await outputsIn(box.sandbox).shorten('0123456789'.repeat(3), 10, `${'x'.repeat(300)}`)).toEqual({ text: '012345\n[… 20 characters left out …]\n6789' })
  })
})

describe("a user's tools", () => {
  const assertions = [anAssertion('CLI-001', { tool: 'command' }), anAssertion('TERM-001', { tool: 'terminal' }), anAssertion('WEB-001', { tool: 'browser' })]
  const ask = `process.stdout.write('Name? '); process.stdin.once('data', (d) => { console.log('Hello ' + String(d).trim()); process.exit(4) })`

  test('commands and terminals run declared entry points, where the product lives', async () => {
    await using pair = await openedPair(sandboxes)
    await pair.product.writeFile('ask.cjs', new TextEncoder().encode(ask))
    const entry = [['node', 'ask.cjs']]
    const tools = [commandTool({ ...pair, outputs: outputsIn(pair.tester) }, assertions, { entry_points: entry }), terminalTool(pair.product, assertions, entry)]
    expect(await call(tools, 'command', { assertion: 'VAL-CLI-001', argv: ['node', 'ask.cjs'], stdin: 'Ada\n' })).toMatch(/^exit 4 \([\d.]+ s\)\nName\? Hello Ada$/)
    expect(await call(tools, 'command', { assertion: 'VAL-CLI-001', argv: ['node', '-e', '1'] })).toMatch(/^FAILED Only the product's own commands/)
    expect(await call(tools, 'command', { assertion: 'VAL-XXX-001', argv: ['node', 'ask.cjs'] })).toMatch(/^FAILED VAL-XXX-001 is not yours/)
    const of = { assertion: 'VAL-TERM-001' }
    expect(await call(tools, 'terminal', { ...of, act: 'type', text: 'x' })).toBe('FAILED No terminal is open.')
    expect(await call(tools, 'terminal', { ...of, act: 'open', argv: ['bash'] })).toMatch(/^FAILED Only the product's own/)
    expect(await call(tools, 'terminal', { ...of, act: 'open', argv: ['node', 'ask.cjs'] })).toBe('running\n--- screen ---\nName?')
    expect(await call(tools, 'terminal', { ...of, act: 'type', text: 'Ada\r' })).toBe('ended with exit 4\n--- screen ---\nName? Ada\nHello Ada')
  })

  test('a command is given files and its files are brought out; a library is tried by a script', async () => {
    await using pair = await openedPair(sandboxes)
    await pair.product.writeFile('lib.mjs', new TextEncoder().encode('export const shout = (text) => text.toUpperCase()'))
    await pair.product.writeFile('copy.cjs', new TextEncoder().encode(`require('node:fs').copyFileSync(process.argv[2], process.argv[3])`))
    const tools = [commandTool({ ...pair, outputs: outputsIn(pair.tester) }, assertions, { entry_points: [['node', 'copy.cjs']], consumer: ['node', 'try-it.mjs'] })]
    const of = { assertion: 'VAL-CLI-001' }
    const copied = await call(tools, 'command', {
      ...of,
      argv: ['node', 'copy.cjs', '/tmp/files/in.txt', '/tmp/files/out.csv'],
      files: [{ name: 'in.txt', text: 'Oak;09:00' }],
      bring: ['out.csv', 'none.csv'],
    })
    expect(copied).toMatch(/^exit 0 [^]*\n--- out.csv \(9 bytes\) ---\nOak;09:00\n--- none.csv ---\n\(not there\)$/)
    expect(new TextDecoder().decode(await pair.tester.readFile('val-cli-001-1-out.csv'))).toBe('Oak;09:00')
    expect(await call(tools, 'command', { ...of, script: "import { shout } from './lib.mjs'\nconsole.log(shout('ada'))" })).toMatch(/^exit 0 [^]*\nADA$/)
    expect(await call(tools, 'command', of)).toBe('FAILED Give either argv or script.')
    const closed = [commandTool({ ...pair, outputs: outputsIn(pair.tester) }, assertions, { entry_points: [] })]
    expect(await call(closed, 'command', { ...of, script: '1' })).toBe('FAILED The plan declares no way to run a script of yours; use argv.')
  })

  test('a tester reads the whole of what its own answers cut short, and nothing else', async () => {
    await using pair = await openedPair(sandboxes)
    await pair.product.writeFile('secret.cjs', new TextEncoder().encode('// source'))
    await pair.product.writeFile('long.cjs', new TextEncoder().encode(`console.log(Array.from({ length: 5000 }, (_, i) => 'row ' + i).join('\\n'))`))
    const url = await served(
      pair.product,
      `require('node:http').createServer((q, s) => s.end('a'.repeat(30000) + 'NEEDLE' + 'z'.repeat(9000))).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port) })`,
    )
    const outputs = outputsIn(pair.tester)
    const all = [...assertions, anAssertion('API-001', { tool: 'http' })]
    const tools = [commandTool({ ...pair, outputs }, all, { entry_points: [['node', 'long.cjs']] }), httpTool(pair.tester, outputs, all), outputReadTool(pair.tester, outputs)]
    expect(await call(tools, 'read', { path: '/work/secret.cjs' })).toBe('FAILED No answer was cut short yet, so there is nothing to read.')
    const printed = await call(tools, 'command', { assertion: 'VAL-CLI-001', argv: ['node', 'long.cjs'] })
    const [, rows = ''] = /the whole is in (\S+) …\]/.exec(printed) ?? []
    expect(printed).not.toContain('row 2500\n')
    expect(await call(tools, 'read', { path: rows, offset: 2_501, limit: 1 })).toBe(' 2501\trow 2500\n[lines 2501 to 2501 of 5000; go on with offset 2502]')
    const answered = await call(tools, 'http', { assertion: 'VAL-API-001', method: 'GET', url })
    const [, body = ''] = /the whole is in (\S+) …\]/.exec(answered) ?? []
    expect(answered).not.toContain('NEEDLE')
    expect(await call(tools, 'read', { path: body, offset: 31 })).toMatch(/^ {3}31\tNEEDLEz{994}\n/)
    for (const path of ['secret.cjs', '/work/secret.cjs', '/proc/self/environ', '/etc/hosts', `${rows}/../../../work/secret.cjs`])
      expect(await call(tools, 'read', { path })).toBe(`FAILED Only outputs that were cut short can be read: ${rows}, ${body}. For an older one, make its call again.`)
  })

  test('a quote from the part that was cut out of an answer holds, an invented one does not', () => {
    const assertion = anAssertion('API-001', { evidence: ['response(GET / -> 200)'] })
    const shown = Shown.parse({ tool: 'http', text: 'head\nexit 0 (0.1 s) middle\ntail', requests: [{ method: 'GET', path: '/', status: 200 }] })
    const quoting = (text: string) =>
      Report.parse({ summary: 'One check was made.', results: [{ assertion: assertion.id, result: 'pass', note: 'n', evidence: [{ kind: 'http', text }] }], findings: [] })
    const calls = () => [{ n: 1, input: {}, told: 'head\n[… 6 characters left out; the whole is in /tmp/outputs-1/http-1.txt …]\ntail', shown, failures: [], cut: true, counts: true }]
    const problems = (text: string) => reportProblems(quoting(text), [assertion], { calls, source: new Set(), baseline: false }).map((p) => p.text)
    expect(problems('middle')).toEqual([])
    expect(problems('exit 0 (0.3 s) middle')).toEqual([])
    expect(problems('exit 1 (0.1 s) middle')).toHaveLength(1)
    expect(problems('muddle')).toEqual([expect.stringContaining('"muddle" is not what a call for it showed')])
  })

  test('the browser shows the page and its picture, and says what it could not do', async () => {
    await using pair = await openedPair(sandboxes)
    const page = `require('node:http').createServer((q, s) => { s.setHeader('content-type', 'text/html'); s.end('<title>Hi</title><button onclick="document.title=1">Go</button>') }).listen(4455, '127.0.0.1', () => console.log('up'))`
    await pair.product.spawn({ argv: ['node', '-e', page], timeout_ms: 60_000, output_limit_bytes: 1_000 })
    const tools = [browserTool(pair.tester, outputsIn(pair.tester), assertions)]
    const of = { assertion: 'VAL-WEB-001' }
    let seen = ''
    for (let i = 0; i < 50 && !seen.includes('Go'); i++) seen = await call(tools, 'browser', { ...of, act: 'open', url: 'http://127.0.0.1:4455/' })
    expect(seen).toContain('http://127.0.0.1:4455/ · Hi\n')
    const ref = /button "Go" \[ref=(\w+)\]/.exec(seen)?.[1] ?? ''
    expect(await call(tools, 'browser', { ...of, act: 'click', ref })).toContain(' · 1\n')
    expect(await call(tools, 'browser', { ...of, act: 'screenshot', name: 'after' })).toMatch(/file: \S*after\S*\.png\n[^]*\[image\/png\]$/)
    expect(await call(tools, 'browser', { ...of, act: 'click' })).toBe('FAILED click needs ref.')
    expect(await call(tools, 'browser', { ...of, act: 'click', ref: 'e999' })).toMatch(/^FAILED /)
    expect(await call(tools, 'browser', { ...of, act: 'open', url: 'file:///etc/passwd' })).toMatch(/^FAILED /)
  })
})

describe('the schema of a tool', () => {
  test.each([
    ['Clarification', Clarification],
    ['ValidationContract', ValidationContract],
    ['Plan', Plan],
    ['Handoff', Handoff],
    ['Report', Report],
    ['Triage', Triage],
  ])('%s is an object without a union at its root', (_, schema) => {
    const json = inputSchema(schema)
    expect(json).toMatchObject({ type: 'object', additionalProperties: false })
    expect(Object.keys(json).filter((key) => ['anyOf', 'oneOf', 'allOf', '$schema', '$ref'].includes(key))).toEqual([])
    expect(JSON.stringify(json)).not.toMatch(/"(oneOf|\$schema|propertyNames)":|9007199254740991/)
  })

  test('branches of a union are laid over each other', () => {
    const union = z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('a'), both: z.string(), n: z.int() }), z.strictObject({ kind: z.literal('b'), both: z.string() })])
    expect(inputSchema(union)).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['a', 'b'] }, both: { type: 'string' }, n: { type: 'integer' } },
      required: ['kind', 'both'],
      additionalProperties: false,
    })
  })
})

describe('money', () => {
  test('is counted by kind of token; the longest model name that fits counts, an unknown model costs the most', () => {
    const table = { ...defaultPrices, models: { ...defaultPrices.models, 'claude-opus-5-5-mini': { input: 1, output: 1, cache_write: 1, cache_read: 1 } } }
    const million = { input_tokens: 1e6, cache_write_tokens: 1e6, cache_read_tokens: 1e6, output_tokens: 1e6 }
    expect(costUsd(million, 'claude-opus-5-5-20261021', table)).toBeCloseTo(4 + 5 + 0.4 + 20, 9)
    expect(costUsd(million, 'claude-opus-5-5-mini', table)).toBeCloseTo(4, 9)
    expect(costUsd(million, 'new-model', table)).toBeCloseTo(30, 9)
    expect(worstUsd(1e6, 1e6, 'claude-sonnet-5-5', table)).toBeCloseTo(12.5, 9)
  })
})

test('a long text keeps its head and its tail and names what is missing', () => {
  const text = `begin${'x'.repeat(100)}end`
  expect(capped(text, 40)).toBe(`begin${'x'.repeat(19)}\n[… 68 characters left out …]\n${'x'.repeat(13)}end`)
  expect(capped('short', 40)).toBe('short')
})
