import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { packageRoot } from '../paths.ts'

/** The app as a process of its own, as production starts it. */
export interface AppProcess extends AsyncDisposable {
  pid: number
  /** SIGTERM, then SIGKILL when it takes too long. */
  stop(): Promise<void>
  kill(signal: NodeJS.Signals): Promise<void>
  exited: Promise<number | null>
}

export interface AppSpec {
  parts: 'web' | 'worker' | 'both'
  env: Record<string, string>
  /** Where its log goes. */
  log_file: string
}

export function startApp(spec: AppSpec): AppProcess {
  const flags = spec.parts === 'both' ? [] : [`--${spec.parts}`]
  const [program = process.execPath, ...args] = [...guard(), process.execPath, join(packageRoot, 'dist/cli.js'), 'start', ...flags]
  const child = spawn(program, args, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session of its own: Ctrl-C reaches whoever started it, who then stops it in order.
    detached: true,
  })
  const log = createWriteStream(spec.log_file, { flags: 'a' })
  child.stdout.pipe(log, { end: false })
  child.stderr.pipe(log, { end: false })
  const exited = once(child, 'exit').then(([code]) => (typeof code === 'number' ? code : null))
  const { pid } = child
  if (pid === undefined) throw new Error('the app did not start')
  const stop = () => end(child, exited)
  return { pid, exited, stop, kill: (signal) => (child.kill(signal), exited.then(() => undefined)), [Symbol.asyncDispose]: stop }
}

/** An app without the GitHub it was started beside would only spend money: `setpriv` (util-linux) ends it when this process is killed. */
function guard(): string[] {
  return existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'KILL'] : []
}

/** The app gives its work back within 25 s. */
const patience_ms = 40_000

async function end(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const late = setTimeout(() => child.kill('SIGKILL'), patience_ms)
  await exited
  clearTimeout(late)
}

/** A port of loopback that nobody used a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (!address || typeof address === 'string') throw new Error('no free port')
  return address.port
}

/** Waits for a condition; says what it waited for when it does not come. */
export async function until<T>(what: string, look: () => Promise<T | null | undefined | false>, limit_ms = 20_000): Promise<T> {
  const end = Date.now() + limit_ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > end) throw new Error(`waited ${limit_ms / 1000} s for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}
