import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { onTestFinished } from 'vitest'

import type { SandboxOptions } from '../../src/adapters/sandbox/options.ts'
import { packageRoot } from '../../src/paths.ts'
import type { CommandResult, Sandbox, Sandboxes } from '../../src/ports/sandbox.ts'

export const options: SandboxOptions = {
  node: process.execPath,
  extra_readonly: [],
  package_root: packageRoot,
  limits: { memory_bytes: 2 * 1024 ** 3, processes: 256, file_bytes: 64 * 1024 ** 2 },
}

export interface Opened extends AsyncDisposable {
  sandbox: Sandbox
  /** The host's side of /work. */
  dir: string
}

export async function opened(sandboxes: Sandboxes, spec: { writable?: boolean; base?: string; env?: Record<string, string> } = {}): Promise<Opened> {
  const dir = await temporary()
  const sandbox = await sandboxes.open({ run: 'test', workdir: dir, writable: true, env: {}, ...spec })
  return {
    sandbox,
    dir,
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  }
}

export interface OpenedPair extends AsyncDisposable {
  product: Sandbox
  tester: Sandbox
  product_dir: string
  tester_dir: string
}

export async function openedPair(sandboxes: Sandboxes): Promise<OpenedPair> {
  const [product_dir, tester_dir] = [await temporary(), await temporary()]
  const pair = await sandboxes.openPair({ run: 'pair', product_dir, tester_dir })
  return {
    product: pair.product,
    tester: pair.tester,
    product_dir,
    tester_dir,
    [Symbol.asyncDispose]: () => pair[Symbol.asyncDispose](),
  }
}

/** Gone when the test is. */
export async function temporary(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-sandbox-test-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A line of shell, run to its end. */
export function sh(sandbox: Sandbox, line: string, change: { timeout_ms?: number; output_limit_bytes?: number; signal?: AbortSignal } = {}): Promise<CommandResult> {
  const { signal, ...limits } = change
  return sandbox.exec({ argv: ['bash', '-c', line], timeout_ms: 20_000, output_limit_bytes: 64 * 1024, ...limits }, signal)
}

/** Waits for a named condition; the last value tells what was there instead. */
export async function until<T>(what: string, look: () => Promise<T>, holds: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 15_000
  for (;;) {
    const value = await look()
    if (holds(value)) return value
    if (Date.now() > deadline) throw new Error(`never came: ${what}; last was ${JSON.stringify(value)}`)
    await new Promise((done) => setTimeout(done, 20))
  }
}

/** A server for node -e, on a port of its own choice, which it prints. */
export const SERVER = `require('node:http').createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk)).on('end', () => {
    if (request.url === '/moved') response.writeHead(302, { location: '/elsewhere' })
    if (request.url === '/big') return response.end('x'.repeat(200_000))
    if (request.url === '/never') return
    response.end(request.method + ' ' + request.url + ' ' + (request.headers['x-mark'] ?? '') + body)
  })
}).listen(0, '127.0.0.1', function () { console.log('port ' + this.address().port) })`

export async function served(sandbox: Sandbox, script = SERVER): Promise<string> {
  const server = await sandbox.spawn({ argv: ['node', '-e', script], timeout_ms: 60_000, output_limit_bytes: 4_096 })
  const output = await until(
    'the server says its port',
    () => server.output(),
    (text) => /port \d+/.test(text),
  )
  return `http://127.0.0.1:${/port (\d+)/.exec(output)?.[1] ?? ''}`
}
