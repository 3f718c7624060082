import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { packageRoot } from '../../src/paths.ts'
import { until } from '../../src/stage/processes.ts'

/** A command as a person gave it, in a process of its own. Whatever it started is gone at the end. */
export interface Given extends AsyncDisposable {
  pid: number
  /** What it has printed so far, on both streams. */
  said(): string
  tell(signal: NodeJS.Signals): void
  /** How it ended; throws with what it said when it has not within `limit_ms`. */
  ended(limit_ms?: number): Promise<{ code: number | null; said: string }>
}

/** `missions …` with nothing in its environment but `env` and the paths that every shell has. */
export function missions(args: readonly string[], env: Record<string, string> = {}): Given {
  return given([process.execPath, join(packageRoot, 'dist/cli.js'), ...args], env)
}

/** Any command; `missions` above is the usual one. */
export function given([program = '', ...args]: readonly string[], env: Record<string, string>): Given {
  const child = spawn(program, args, { env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const { pid } = child
  if (pid === undefined) throw new Error(`${program} did not start`)
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const closed = once(child, 'close').then(([code]) => ({ code: typeof code === 'number' ? code : null }))
  return {
    pid,
    said: () => said,
    tell: (signal) => void child.kill(signal),
    async ended(limit_ms = 60_000) {
      const late = pause(limit_ms, null, { ref: false })
      const first = await Promise.race([closed, late])
      if (!first) throw new Error(`still there after ${limit_ms / 1000} s, having said:\n${said}`)
      return { ...first, said }
    },
    async [Symbol.asyncDispose]() {
      const family = descendants(pid)
      child.kill('SIGKILL')
      for (const { pid: one } of family.filter(lives)) process.kill(one, 'SIGKILL')
      await closed
    },
  }
}

/** A process, told apart from a later one with the same number. */
interface Living {
  pid: number
  started: string
  command: string
}

/** All that a process has started and that is still there. */
export function descendants(pid: number): Living[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const below = (parent: number): Living[] => all.filter((one) => one.parent === parent).flatMap((one) => [one, ...below(one.pid)])
  return below(pid).map(({ pid: one, started, command }) => ({ pid: one, started, command }))
}

/** Resolves when none of them is left. */
export async function allGone(family: readonly Living[]): Promise<void> {
  await until(`${family.map((one) => `${one.pid} ${one.command}`).join(', ')} to be gone`, async () => family.every((one) => !lives(one)))
}

function lives(one: Living): boolean {
  const now = statOf(one.pid)
  return now !== null && now.started === one.started && now.state !== 'Z'
}

function statOf(pid: number): (Living & { parent: number; state: string }) | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const [state = '', parent = '', ...rest] = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(parent), state, started: rest[17] ?? '', command: text.slice(text.indexOf('(') + 1, text.lastIndexOf(')')) }
  } catch {
    return null
  }
}
