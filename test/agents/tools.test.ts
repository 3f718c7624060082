import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { costUsd, defaultPrices, worstUsd } from '../../src/agents/price.ts'
import { inputSchema } from '../../src/agents/schema.ts'
import type { Tool } from '../../src/agents/tool.ts'
import { capped } from '../../src/agents/tool.ts'
import { browserTool } from '../../src/agents/tools/browser.ts'
import { commandTool } from '../../src/agents/tools/command.ts'
import { terminalTool } from '../../src/agents/tools/terminal.ts'
import { writingTools } from '../../src/agents/toolsets.ts'
import { Clarification, ValidationContract } from '../../src/domain/contract.ts'
import { Handoff, Plan } from '../../src/domain/feature.ts'
import { Report, Triage } from '../../src/domain/verdict.ts'
import { opened, openedPair, options } from '../sandbox/made.ts'
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
    const tools = writingTools(box.sandbox)
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

describe("a user's tools", () => {
  const assertions = [anAssertion('CLI-001', { tool: 'command' }), anAssertion('TERM-001', { tool: 'terminal' }), anAssertion('WEB-001', { tool: 'browser' })]
  const ask = `process.stdout.write('Name? '); process.stdin.once('data', (d) => { console.log('Hello ' + String(d).trim()); process.exit(4) })`

  test('commands and terminals run declared entry points, where the product lives', async () => {
    await using pair = await openedPair(sandboxes)
    await pair.product.writeFile('ask.cjs', new TextEncoder().encode(ask))
    const entry = [['node', 'ask.cjs']]
    const tools = [commandTool(pair, assertions, { entry_points: entry }), terminalTool(pair.product, assertions, entry)]
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
    const tools = [commandTool(pair, assertions, { entry_points: [['node', 'copy.cjs']], consumer: ['node', 'try-it.mjs'] })]
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
    const closed = [commandTool(pair, assertions, { entry_points: [] })]
    expect(await call(closed, 'command', { ...of, script: '1' })).toBe('FAILED The plan declares no way to run a script of yours; use argv.')
  })

  test('the browser shows the page and its picture, and says what it could not do', async () => {
    await using pair = await openedPair(sandboxes)
    const page = `require('node:http').createServer((q, s) => { s.setHeader('content-type', 'text/html'); s.end('<title>Hi</title><button onclick="document.title=1">Go</button>') }).listen(4455, '127.0.0.1', () => console.log('up'))`
    await pair.product.spawn({ argv: ['node', '-e', page], timeout_ms: 60_000, output_limit_bytes: 1_000 })
    const tools = [browserTool(pair.tester, assertions)]
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
