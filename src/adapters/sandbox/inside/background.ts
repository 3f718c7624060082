import type { Command } from '../../../ports/sandbox.ts'
import { Clipped } from './clipped.ts'
import { launch, type Launched } from './launch.ts'
import type { Situation } from './protocol.ts'
import { send } from './tree.ts'

const STOP_MS = 2_000

/** A process that lives until it is stopped. */
export class Background {
  readonly #launched: Launched
  readonly #output: Clipped
  #exit: number | null = null

  constructor(situation: Situation, command: Command) {
    this.#output = new Clipped(command.output_limit_bytes)
    this.#launched = launch(situation, command)
    for (const stream of [this.#launched.child.stdout, this.#launched.child.stderr]) {
      stream?.on('data', (chunk: Buffer) => this.#output.push(chunk))
      stream?.on('error', () => undefined)
    }
    void this.#launched.ended.then(({ exit, note }) => {
      if (note !== '') this.#output.push(Buffer.from(note))
      // The port has null for "it runs"; 137 is what a shell says of a process that was killed.
      this.#exit = exit ?? 137
    })
  }

  output(): string {
    return this.#output.text()
  }

  exit(): number | null {
    return this.#exit
  }

  /** Asks first, so that a server can close its files, then kills all of the tree. */
  async stop(): Promise<void> {
    const pid = this.#launched.child.pid
    if (pid !== undefined && this.#exit === null) {
      send(-pid, 'SIGTERM')
      const timer = setTimeout(() => this.#launched.kill(), STOP_MS)
      await this.#launched.ended
      clearTimeout(timer)
    }
    this.#launched.kill()
  }
}
