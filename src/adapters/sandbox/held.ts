import { spawn, type ChildProcess } from 'node:child_process'
import type { Duplex } from 'node:stream'

import { SandboxLost } from '../../ports/sandbox.ts'
import { Channel } from './channel.ts'

const END_MS = 3_000
const KILL_MS = 10_000
/** Between a child's end and that of its pipes, which others in the sandbox hold as well. */
const CLOSE_MS = 2_000

/** A shell script as a child process, with one two-way pipe for each supervisor that it starts. */
export interface Held {
  channels: Channel[]
  /** Everything is gone when it resolves. */
  end: () => Promise<void>
}

/** `stdio`: one channel over the script's stdin and stdout. `pair`: two, over its file descriptors 3 and 4. */
export async function hold(script: string, ways: 'stdio' | 'pair', env: Record<string, string>): Promise<Held> {
  const stdio: 'pipe'[] = ways === 'stdio' ? ['pipe', 'pipe', 'pipe'] : ['pipe', 'pipe', 'pipe', 'pipe', 'pipe']
  // Node's pipes are sockets, on which bash would take itself for a remote shell and run the user's .bashrc.
  const child = spawn('bash', ['--norc', '-c', script], { env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...env }, stdio })
  const closed = new Promise<void>((done) => {
    child.once('close', () => done())
    child.once('error', () => done())
  })
  const ended = new Promise<void>((done) => child.once('exit', () => done())).then(() => within(closed, CLOSE_MS))
  const gone = Promise.race([closed, ended])
  const complaint = complaints(child)
  const channels = ways === 'stdio' ? [new Channel(child.stdout, child.stdin)] : [duplex(child, 3), duplex(child, 4)]
  child.once('error', (error) => channels.forEach((channel) => channel.lose(error.message)))
  // Its pipes may outlive it.
  child.once('exit', () => channels.forEach((channel) => channel.lose('the sandbox ended')))
  const end = async () => {
    for (const channel of channels) channel.end()
    if (!(await within(gone, END_MS))) child.kill('SIGKILL')
    await within(gone, KILL_MS)
    for (const channel of channels) channel.lose('the sandbox was closed')
  }
  try {
    await Promise.all(channels.map((channel) => channel.opened()))
  } catch (error) {
    // Its last words may come after its last breath: they are whole once it is gone.
    await end()
    throw new SandboxLost(`the sandbox did not start: ${complaint() || String(error)}`, { cause: error })
  }
  return { channels, end: once(end) }
}

function duplex(child: ChildProcess, fd: number): Channel {
  // Node makes a socket pair for an extra pipe; its types say only that it may be either end.
  const socket = child.stdio[fd] as Duplex
  return new Channel(socket, socket)
}

/** The last words on stderr: bubblewrap's complaint when it does not start. */
function complaints(child: ChildProcess): () => string {
  let last = ''
  child.stderr?.on('data', (chunk: Buffer) => (last = (last + chunk.toString()).slice(-2_000)))
  return () => last.trim()
}

async function within(gone: Promise<unknown>, limit_ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((done) => (timer = setTimeout(() => done(false), limit_ms)))
  const first = await Promise.race([gone.then(() => true), late])
  clearTimeout(timer)
  return first
}

function once(act: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= act())
}
