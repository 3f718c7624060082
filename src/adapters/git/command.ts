import { spawn } from 'node:child_process'
import { redact } from './access.ts'
import type { Access } from './access.ts'
import { environment } from './environment.ts'

export interface GitCall {
  /** Absolute; always named, so that nothing is discovered from where the process stands. */
  git_dir: string
  args: readonly string[]
  work_tree?: string
  index?: string
  stdin?: string | Uint8Array
  env?: Readonly<Record<string, string>>
  access?: Access
  timeout_ms?: number
  /** Of standard output. Beyond it the call ends: with what there is (`cut`), or as a failure. */
  limit_bytes?: number
  beyond?: 'cut' | 'fail'
  /** Exit codes that are answers and not failures; 0 is always one. */
  answers?: readonly number[]
  /** A directory that git must not leave: see confine.ts. */
  confined_to?: string
  signal?: AbortSignal | undefined
}

export interface GitAnswer {
  code: number
  stdout: Buffer
  stderr: string
  cut: boolean
}

export type Git = (call: GitCall) => Promise<GitAnswer>

export class GitFailed extends Error {
  readonly retryable: boolean = true
  readonly code: number | null
  readonly stderr: string
  constructor(what: string, code: number | null, stderr: string) {
    super(`git ${what}: ${tail(stderr) || `exit ${code}`}`)
    this.code = code
    this.stderr = stderr
  }
}

const second = 1000
const megabyte = 1024 * 1024

/** Runs one git command, without a shell. Its errors hold no token. */
export function gitCommand(options: { env?: Readonly<Record<string, string>>; confine?: (call: GitCall) => Promise<readonly string[]> }): Git {
  return async function git(call) {
    call.signal?.throwIfAborted()
    const where = [`--git-dir=${call.git_dir}`, ...(call.work_tree === undefined ? [] : [`--work-tree=${call.work_tree}`])]
    const prefix = call.confined_to === undefined || options.confine === undefined ? [] : await options.confine(call)
    const [program = 'git', ...args] = [...prefix, 'git', ...where, ...call.args]
    const answer = await run(program, args, call, { ...options.env, ...environment(call) })
    const what = call.args[0] ?? ''
    const stderr = redact(answer.stderr, call.access)
    if (answer.ended === 'timeout') throw new GitFailed(what, null, `took longer than ${(call.timeout_ms ?? 120 * second) / second} s`)
    if (answer.ended === 'limit' && call.beyond !== 'cut') throw new GitFailed(what, null, 'answered more than it may')
    if (answer.ended === 'limit') return { code: 0, stdout: answer.stdout, stderr, cut: true }
    if (answer.code === null || (answer.code !== 0 && !call.answers?.includes(answer.code))) throw new GitFailed(what, answer.code, stderr)
    return { code: answer.code, stdout: answer.stdout, stderr, cut: false }
  }
}

interface Ended {
  ended: 'itself' | 'timeout' | 'limit'
  code: number | null
  stdout: Buffer
  stderr: string
}

function run(program: string, args: readonly string[], call: GitCall, env: Record<string, string>): Promise<Ended> {
  return new Promise((resolve, reject) => {
    // Its own process group, so that its helpers (git-remote-https, index-pack) end with it.
    const child = spawn(program, args, { cwd: '/', env, detached: true, stdio: ['pipe', 'pipe', 'pipe'] })
    const limit = call.limit_bytes ?? 64 * megabyte
    const out: Buffer[] = []
    let size = 0
    let stderr = ''
    let ended: Ended['ended'] = 'itself'
    let last_word: NodeJS.Timeout | undefined
    const signal = (name: NodeJS.Signals): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name)
      } catch {
        // It has ended by itself.
      }
    }
    const kill = (why: Ended['ended']): void => {
      if (ended === 'itself') ended = why
      signal('SIGTERM') // Git takes its lock files away then.
      last_word ??= setTimeout(() => signal('SIGKILL'), 2 * second)
    }
    const timer = setTimeout(() => kill('timeout'), call.timeout_ms ?? 120 * second)
    const abort = (): void => kill('itself')
    call.signal?.addEventListener('abort', abort, { once: true })
    child.stdout.on('data', (chunk: Buffer) => {
      if (size < limit) out.push(size + chunk.length > limit ? chunk.subarray(0, limit - size) : chunk)
      size += chunk.length
      if (size > limit) kill('limit')
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-64 * 1024)
    })
    child.stdin.on('error', () => {}) // A git that does not read its input says why by itself.
    child.stdin.end(call.stdin ?? '')
    const finish = (): void => {
      clearTimeout(timer)
      clearTimeout(last_word)
      call.signal?.removeEventListener('abort', abort)
    }
    child.on('error', (error) => {
      finish()
      reject(new GitFailed(call.args[0] ?? '', null, error.message))
    })
    child.on('close', (code) => {
      finish()
      if (call.signal?.aborted) reject(call.signal.reason)
      else resolve({ ended, code, stdout: Buffer.concat(out), stderr })
    })
  })
}

function tail(stderr: string): string {
  return stderr.trim().split('\n').slice(-12).join('\n').slice(-2000)
}
