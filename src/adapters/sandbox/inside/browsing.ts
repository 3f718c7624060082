import { fork, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'

import type { BrowserAction, BrowserObservation } from '../../../ports/sandbox.ts'
import { place } from './launch.ts'
import type { Situation } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { killTree } from './tree.ts'

export type BrowserAnswer = { id: number; seen: BrowserObservation } | { id: number; problem: string }

/** The browser's daemon: a process of its own, started at the first act and again after it has died. */
export class Browsing {
  readonly #situation: Situation
  readonly #waiting = new Map<number, (answer: BrowserAnswer) => void>()
  #daemon: ChildProcess | null = null
  #last = 0

  constructor(situation: Situation) {
    this.#situation = situation
  }

  async act(action: BrowserAction, signal: AbortSignal): Promise<BrowserObservation> {
    const daemon = this.#daemon ?? this.#start()
    const id = (this.#last += 1)
    const answer = await new Promise<BrowserAnswer>((done) => {
      this.#waiting.set(id, done)
      signal.addEventListener('abort', () => done({ id, problem: 'cancelled' }), { once: true })
      daemon.send({ id, action }, (error) => {
        if (error !== null) done({ id, problem: `the browser is gone: ${error.message}` })
      })
    })
    this.#waiting.delete(id)
    if ('problem' in answer) throw new Refusal('refused', answer.problem)
    return answer.seen
  }

  close(): void {
    if (this.#daemon?.pid !== undefined) killTree(this.#daemon.pid, `MISSIONS_COMMAND=browser-${this.#situation.mark}`)
  }

  #start(): ChildProcess {
    const chromium = this.#situation.chromium
    if (chromium === undefined) throw new Refusal('refused', 'there is no browser here: install chromium, or set CHROME_PATH')
    // A file's name ends in .ts before the build and in .js after it.
    const script = fileURLToPath(import.meta.url).replace(/browsing(\.[jt]s)$/, 'browser$1')
    const daemon = fork(script, [chromium, place(this.#situation, '.')], {
      env: { ...process.env, MISSIONS_COMMAND: `browser-${this.#situation.mark}` },
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    daemon.on('message', (answer: BrowserAnswer) => this.#waiting.get(answer.id)?.(answer))
    daemon.on('error', () => undefined)
    daemon.once('exit', () => {
      if (this.#daemon === daemon) this.#daemon = null
      for (const [id, done] of this.#waiting) done({ id, problem: 'the browser died; the next act starts a fresh one' })
      this.#waiting.clear()
    })
    this.#daemon = daemon
    return daemon
  }
}
