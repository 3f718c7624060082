import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { noSandbox } from '../../src/adapters/sandbox/none.ts'
import { productOf } from '../../src/agents/product.ts'
import { outputsIn } from '../../src/agents/outputs.ts'
import { productTool } from '../../src/agents/tools/product.ts'
import { openedPair, options, sh } from '../sandbox/made.ts'
import { aPlan } from '../support/builders.ts'

/** Counts its starts in three places, changes a file that was there, and tells what it was started with. */
const program = `const fs = require('node:fs')
const count = (file) => { fs.mkdirSync(require('node:path').dirname(file), { recursive: true }); const n = 1 + Number(fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : 0); fs.writeFileSync(file, String(n)); return n }
const said = { starts: [count('data/starts'), count(process.env.HOME + '/starts'), count(process.env.TMPDIR + '/product-' + process.env.PORT + '/starts')], list: fs.readFileSync('list.txt', 'utf8'), with: process.argv.slice(2), day: process.env.DAY ?? null }
fs.appendFileSync('list.txt', 'more')
require('node:http').createServer((request, response) => response.end(JSON.stringify(said))).listen(Number(process.env.PORT), '127.0.0.1')`

test.each([
  ['bubblewrap', bubblewrapSandboxes(options)],
  ['none', noSandbox(options)],
] as const)('%s: a tester restarts the product with options and variables, on its data or on none', async (_name, sandboxes) => {
  await using pair = await openedPair(sandboxes)
  await writeFile(join(pair.product_dir, 'server.js'), program)
  await writeFile(join(pair.product_dir, 'list.txt'), 'first')
  await mkdir(join(pair.product_dir, 'node_modules'))
  const { port } = JSON.parse(
    (await sh(pair.product, `node -e "const s = require('node:net').createServer().listen(0, '127.0.0.1', () => { console.log(JSON.stringify(s.address())); s.close() })"`)).stdout,
  ) as { port: number }
  const procedures = { ...aPlan().procedures, start: 'node server.js', port, health: '/', env: { PORT: String(port) }, services: [] }
  const product = productOf(pair, procedures, 60_000)
  const signal = new AbortController().signal
  await product.remember(signal)
  expect(await product.start(signal)).toEqual({ up: true })
  const tool = productTool(product, outputsIn(pair.tester))
  let ordinal = 0
  const act = async (input: unknown) => {
    const call = tool.prepare(input)
    if (!call.ok) return call.problem
    const { content } = await call.execute({ id: 'x', ordinal: ++ordinal, signal })
    return content.map((block) => (block.type === 'text' ? block.text : '')).join('')
  }
  const seen = async () =>
    JSON.parse(Buffer.from((await pair.tester.http({ method: 'GET', url: `http://127.0.0.1:${port}/`, timeout_ms: 5_000 }, signal)).body).toString('utf8')) as {
      starts: number[]
      list: string
      with: string[]
      day: string | null
    }

  expect(await seen()).toEqual({ starts: [1, 1, 1], list: 'first', with: [], day: null })
  expect(await act({ act: 'restart' })).toBe('Up.')
  expect(await seen()).toEqual({ starts: [2, 2, 2], list: 'firstmore', with: [], day: null })
  expect(await act({ act: 'start' })).toBe('It is up; restart it, or stop it first.')
  expect(await act({ act: 'restart', options: ['--today', "it's; date"], env: { DAY: 'Monday' } })).toBe("Up, with --today it's; date, with DAY=Monday.")
  expect(await seen()).toMatchObject({ with: ['--today', "it's; date"], day: 'Monday' })
  expect(await act({ act: 'restart', fresh: true })).toBe('Up, on empty data.')
  expect(await seen()).toEqual({ starts: [1, 1, 1], list: 'first', with: [], day: null })
  expect(await readFile(join(pair.product_dir, 'server.js'), 'utf8')).toBe(program)
  expect(await act({ act: 'restart', env: { 'A B': 'x' } })).toContain('env')
})
