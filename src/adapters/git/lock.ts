import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'

/**
 * One holder at a time over all processes of this machine. The kernel holds the lock for a child (`flock file cat`) that lives as
 * long as its standard input: when this process dies in whatever way, the lock is free. No stale file, no process id to guess about.
 */
export async function withLock<T>(file: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(path.dirname(file), { recursive: true })
  const release = await acquire(file, signal)
  try {
    return await work()
  } finally {
    release()
  }
}

function acquire(file: string, signal?: AbortSignal): Promise<() => void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const child = spawn('flock', ['--exclusive', '--no-fork', file, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'], env: { PATH: '/usr/local/bin:/usr/bin:/bin' } })
    const abort = (): void => void child.kill('SIGKILL')
    const settle = (): void => signal?.removeEventListener('abort', abort)
    signal?.addEventListener('abort', abort, { once: true })
    child.stdin.on('error', () => {}) // The end of the child is told below.
    child.stdin.write('\n') // `cat` gives it back as soon as the lock is ours.
    child.stdout.once('data', () => {
      settle()
      resolve(() => child.stdin.end())
    })
    child.once('error', (error) => {
      settle()
      reject(error)
    })
    child.once('close', () => {
      settle()
      reject(signal?.aborted ? signal.reason : new Error(`the lock ${path.basename(file)} was not given`))
    })
  })
}
