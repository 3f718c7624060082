import { spawn, type ChildProcess } from 'node:child_process'
import { resolve } from 'node:path'

import type { Command } from '../../../ports/sandbox.ts'
import type { Situation } from './protocol.ts'
import { killTree } from './tree.ts'

/** A command as a process of its own group. `ended` never rejects: a program that is not there ends with 127, as in a shell. */
export interface Launched {
  child: ChildProcess
  ended: Promise<{ exit: number | null; note: string }>
  kill: () => void
}

let launches = 0

/** With `input` open, more can be written to the command's stdin later. */
export function launch(situation: Situation, command: Command, input: 'open' | 'given' = 'given'): Launched {
  const mark = `MISSIONS_COMMAND=${situation.mark}-${process.pid}-${(launches += 1)}`
  const [program, ...rest] = command.argv
  const child = spawn(program, rest, {
    cwd: place(situation, command.cwd ?? '.'),
    env: { ...process.env, ...command.env, MISSIONS_COMMAND: mark.slice(mark.indexOf('=') + 1) },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const ended = new Promise<{ exit: number | null; note: string }>((done) => {
    child.once('error', (error) => {
      if (child.pid === undefined) done({ exit: 127, note: `${program}: ${error.message} (is the program there, and the folder?)\n` })
    })
    child.once('exit', (exit, signal) => done({ exit, note: signal === null ? '' : `[ended by ${signal}]\n` }))
  })
  // A command that does not read its input closes the pipe; that is its right.
  child.stdin?.on('error', () => undefined)
  if (input === 'given') child.stdin?.end(command.stdin ?? '')
  return {
    child,
    ended,
    kill: () => {
      if (child.pid !== undefined) killTree(child.pid, mark)
    },
  }
}

/** /work and /base are mounts in a real sandbox and only names for the directories in one that is not contained. */
export function place({ work, base }: Situation, path: string): string {
  const named = [
    ['/work', work],
    ['/base', base],
  ] as const
  for (const [name, dir] of named) if (dir !== undefined && (path === name || path.startsWith(`${name}/`))) return resolve(dir, `.${path.slice(name.length)}`)
  return resolve(work, path)
}
