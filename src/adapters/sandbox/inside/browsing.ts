import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { BrowserAction, BrowserObservation } from '../../../ports/sandbox.ts'
import { place } from './launch.ts'
import type { Situation } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { killTree } from './tree.ts'

/** `died`: the browser ended under the act. */
export type BrowserAnswer = { id: number; seen: BrowserObservation } | { id: number; problem: string; died?: true }

const words_kept = 600

interface Daemon {
  process: ChildProcess
  waiting: Map<number, (answer: BrowserAnswer) => void>
}

/** The browser's daemon: a process of its own, started at the first act and again after it has died. */
export class Browsing {
  readonly #situation: Situation
  #daemon: Daemon | null = null
  #last = 0

  constructor(situation: Situation) {
    this.#situation = situation
  }

  async act(action: BrowserAction, signal: AbortSignal): Promise<BrowserObservation> {
    const fresh = this.#daemon === null
    const answer = await this.#ask(action, signal)
    // Chromium sometimes falls over as it starts, on a busy machine above all; nothing was done to the product by then.
    const told = fresh && 'died' in answer && !signal.aborted ? await this.#ask(action, signal) : answer
    if ('problem' in told) throw new Refusal('refused', told.problem)
    return told.seen
  }

  close(): void {
    if (this.#daemon?.process.pid !== undefined) killTree(this.#daemon.process.pid, `MISSIONS_COMMAND=browser-${this.#situation.mark}`)
  }

  async #ask(action: BrowserAction, signal: AbortSignal): Promise<BrowserAnswer> {
    const daemon = (this.#daemon ??= this.#start())
    const id = (this.#last += 1)
    const answer = await new Promise<BrowserAnswer>((done) => {
      daemon.waiting.set(id, done)
      signal.addEventListener('abort', () => done({ id, problem: 'cancelled' }), { once: true })
      daemon.process.send({ id, action }, (error) => {
        if (error !== null) done({ id, problem: `the browser is gone: ${error.message}`, died: true })
      })
    })
    daemon.waiting.delete(id)
    if ('died' in answer && this.#daemon === daemon) this.#daemon = null
    return answer
  }

  #start(): Daemon {
    const chromium = this.#situation.chromium
    if (chromium === undefined) throw new Refusal('refused', 'there is no browser here: install chromium, or set CHROME_PATH')
    // A file's name ends in .ts before the build and in .js after it.
    const script = fileURLToPath(import.meta.url).replace(/browsing(\.[jt]s)$/, 'browser$1')
    const child = fork(script, [chromium, place(this.#situation, '.')], {
      env: { ...process.env, MISSIONS_COMMAND: `browser-${this.#situation.mark}` },
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    const daemon: Daemon = { process: child, waiting: new Map() }
    let words = ''
    child.stderr?.on('data', (chunk: Buffer) => (words = (words + chunk.toString()).slice(-words_kept)))
    child.on('message', (answer: BrowserAnswer) => daemon.waiting.get(answer.id)?.(answer))
    child.on('error', () => undefined)
    child.once('exit', (code, signal) => {
      if (this.#daemon === daemon) this.#daemon = null
      const last = words.trim() === '' ? '' : `. Its last words: ${words.trim()}`
      for (const [id, done] of daemon.waiting) done({ id, died: true, problem: `the browser died (${signal ?? `exit ${code}`}); the next act starts a fresh one${last}` })
    })
    return daemon
  }
}
