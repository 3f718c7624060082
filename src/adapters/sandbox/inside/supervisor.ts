import { createInterface } from 'node:readline'

import { Background } from './background.ts'
import { bridge } from './bridge.ts'
import { Browsing } from './browsing.ts'
import { exec } from './exec.ts'
import { read, write } from './files.ts'
import { http } from './http.ts'
import type { Answer, Question, Situation } from './protocol.ts'
import { Refusal, messageOf } from './refusal.ts'
import { TerminalSession } from './terminal.ts'
import { killMarked } from './tree.ts'
import { watch } from './watch.ts'

// The one program that lives in a sandbox as long as the sandbox does. It trusts its questions: they come from the
// adapter, over a pipe that only the adapter holds. Its answers are checked outside.

const situation: Situation = JSON.parse(process.argv[2] ?? '')
const epoch = Number(process.argv[3])

// `pkill node` in an agent's command means the agent's servers.
process.title = 'missions-sandbox'

const browsing = new Browsing(situation)
const backgrounds: Background[] = []
const terminals: TerminalSession[] = []
const calls = new Map<number, AbortController>()
let warning = ''

if (situation.contained) watch(situation, (why) => (warning = why))

process.stdout.on('error', () => end())
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity })
lines.on('line', (line) => void take(line))
lines.on('close', () => end())
if (situation.egress !== undefined) await bridge(situation.egress)
say({ hello: epoch })

async function take(line: string): Promise<void> {
  const question = parsed(line)
  if (question === null || question.epoch !== epoch) return
  const call = new AbortController()
  calls.set(question.id, call)
  try {
    const value = await answer(question, call.signal)
    say({ id: question.id, value: value ?? null })
  } catch (error) {
    const kind = error instanceof Refusal ? error.kind : 'refused'
    say({ id: question.id, error: kind, message: messageOf(error) })
  } finally {
    calls.delete(question.id)
  }
}

async function answer(question: Question, signal: AbortSignal): Promise<unknown> {
  switch (question.ask) {
    case 'exec': {
      warning = ''
      const result = await exec(situation, question.command, signal)
      return result.exit === null && warning !== '' ? { ...result, stderr: `${result.stderr}${warning}\n` } : result
    }
    case 'spawn':
      return backgrounds.push(new Background(situation, question.command)) - 1
    case 'output':
      return found(backgrounds, question.process).output()
    case 'exit':
      return found(backgrounds, question.process).exit()
    case 'stop':
      return found(backgrounds, question.process).stop()
    case 'terminal':
      return terminals.push(new TerminalSession(situation, question.command, question)) - 1
    case 'type':
      return found(terminals, question.terminal).type(question.text)
    case 'screen':
      return found(terminals, question.terminal).screen()
    case 'terminal_exit':
      return found(terminals, question.terminal).exit()
    case 'close':
      return found(terminals, question.terminal).close()
    case 'browse':
      return browsing.act(question.action, signal)
    case 'http':
      return http(question.request, signal)
    case 'read':
      return read(situation, question.path)
    case 'write':
      return write(situation, question.path, question.base64)
    case 'cancel':
      return calls.get(question.of)?.abort()
    case 'end':
      return end()
  }
}

function found<T>(list: T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new Refusal('refused', 'it is gone: every process of the sandbox was killed')
  return item
}

/** Half a line is what a dead supervisor left in the pipe. */
function parsed(line: string): Question | null {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

function say(message: Answer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`)
}

/** Exit 0 tells the namespace's first process not to start another one; with that process everything else ends. */
function end(): never {
  if (!situation.contained) killMarked(`MISSIONS_SANDBOX=${situation.mark}`)
  process.exit(0)
}
