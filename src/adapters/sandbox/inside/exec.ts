import { performance } from 'node:perf_hooks'
import type { Readable } from 'node:stream'

import type { Command, CommandResult } from '../../../ports/sandbox.ts'
import { Clipped } from './clipped.ts'
import { launch, type Launched } from './launch.ts'
import type { Situation } from './protocol.ts'

const QUIET_MS = 40
const DRAIN_MS = 400

/** Answers at the exit of the command itself, even while children that it left hold its pipes. */
export async function exec(situation: Situation, command: Command, signal: AbortSignal): Promise<CommandResult> {
  const started = performance.now()
  const launched = launch(situation, command)
  const stdout = new Clipped(command.output_limit_bytes)
  const stderr = new Clipped(command.output_limit_bytes)
  const pipes = collect(launched, [stdout, stderr])

  let timed_out = false
  const timer = setTimeout(() => {
    timed_out = true
    launched.kill()
  }, command.timeout_ms)
  signal.addEventListener('abort', launched.kill, { once: true })
  if (signal.aborted) launched.kill()

  const { exit, note } = await launched.ended
  clearTimeout(timer)
  signal.removeEventListener('abort', launched.kill)
  const duration_ms = Math.round(performance.now() - started)
  await pipes.drained()

  const text = stderr.text()
  return {
    exit,
    stdout: stdout.text(),
    stderr: note === '' || timed_out ? text : `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${note}`,
    truncated: stdout.truncated || stderr.truncated,
    timed_out,
    duration_ms,
  }
}

/**
 * What the command wrote before its end may still be in the pipes: wait until they close, or until nothing has come
 * for a moment. Afterwards they are still read and thrown away: a server that logs must not die of a closed pipe.
 */
function collect(launched: Launched, into: [Clipped, Clipped]): { drained(): Promise<void> } {
  let last_data = 0
  let keep = true
  const closed = new Promise<void>((done) => launched.child.once('close', () => done()))
  const streams: [Readable | null, Clipped][] = [
    [launched.child.stdout, into[0]],
    [launched.child.stderr, into[1]],
  ]
  for (const [stream, clipped] of streams) {
    stream?.on('data', (chunk: Buffer) => {
      last_data = performance.now()
      if (keep) clipped.push(chunk)
    })
    stream?.on('error', () => undefined)
  }
  return {
    async drained() {
      const from = performance.now()
      const quiet = new Promise<void>((done) => {
        const look = setInterval(() => {
          const now = performance.now()
          if (now - Math.max(last_data, from) < QUIET_MS && now - from < DRAIN_MS) return
          clearInterval(look)
          done()
        }, 10)
      })
      if (launched.child.pid !== undefined) await Promise.race([closed, quiet])
      keep = false
    },
  }
}
