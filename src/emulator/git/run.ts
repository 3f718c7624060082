import { spawn } from 'node:child_process'

export class GitFailed extends Error {
  readonly code: number
  readonly stdout: string
  constructor(args: string[], code: number, stdout: string, stderr: string) {
    super(`git ${args[0] ?? ''} ended with ${code}: ${stderr.trim()}`)
    this.code = code
    this.stdout = stdout
  }
}

interface RunOptions {
  stdin?: string | Uint8Array
  env?: Record<string, string>
}

/** Runs git on a bare repository. Throws `GitFailed`. */
export async function git(dir: string, args: string[], options: RunOptions = {}): Promise<string> {
  const bytes = await gitBytes(dir, args, options)
  return bytes.toString('utf8')
}

export async function gitBytes(dir: string, args: string[], options: RunOptions = {}): Promise<Buffer> {
  const child = spawn('git', ['--git-dir', dir, ...args], { env: { ...isolated, ...options.env }, stdio: ['pipe', 'pipe', 'pipe'] })
  const stdout: Buffer[] = []
  const stderr: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
  // A command that refuses its input early closes the pipe; its exit code tells the story.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (exit) => resolve(exit ?? -1))
  })
  if (code !== 0) throw new GitFailed(args, code, Buffer.concat(stdout).toString('utf8'), Buffer.concat(stderr).toString('utf8'))
  return Buffer.concat(stdout)
}

/** No configuration of the machine or the person reaches the repositories. */
export const isolated = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  HOME: '/nonexistent',
  LC_ALL: 'C.UTF-8',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'GitHub',
  GIT_AUTHOR_EMAIL: 'noreply@github.com',
  GIT_COMMITTER_NAME: 'GitHub',
  GIT_COMMITTER_EMAIL: 'noreply@github.com',
}
