import xterm from '@xterm/headless'

import type { Command } from '../../../ports/sandbox.ts'
import { launch, type Launched } from './launch.ts'
import type { Situation } from './protocol.ts'
import { Refusal } from './refusal.ts'
import { quoted } from './shell.ts'

/** A program on a real pseudo-terminal (util-linux `script` owns it) and the screen that it has painted. */
export class TerminalSession {
  readonly #launched: Launched
  readonly #screen: xterm.Terminal
  #painting = Promise.resolve()
  #exit: number | null = null

  constructor(situation: Situation, command: Command, size: { columns: number; rows: number }) {
    this.#screen = new xterm.Terminal({ cols: size.columns, rows: size.rows, scrollback: 0, allowProposedApi: true })
    const inner = `stty cols ${size.columns} rows ${size.rows}; exec ${quoted(command.argv)}`
    const env = { TERM: 'xterm-256color', SHELL: '/bin/sh', ...command.env }
    this.#launched = launch(situation, { ...command, env, argv: ['script', '-qefc', inner, '/dev/null'] }, 'open')
    const output = this.#launched.child.stdout
    output?.on('data', (chunk: Buffer) => {
      // A program that floods the terminal waits for the painter, not the painter's memory for it.
      output.pause()
      this.#painting = new Promise((painted) => {
        this.#screen.write(chunk, () => {
          output.resume()
          painted()
        })
      })
    })
    output?.on('error', () => undefined)
    this.#launched.child.stderr?.resume()
    void this.#launched.ended.then(({ exit }) => {
      this.#exit = exit ?? 137
    })
  }

  async type(text: string): Promise<void> {
    const input = this.#launched.child.stdin
    if (this.#exit !== null || input === null) throw new Refusal('refused', 'the program in the terminal has ended')
    await new Promise<void>((done) => input.write(text, () => done()))
  }

  async screen(): Promise<string> {
    await this.#painting
    const buffer = this.#screen.buffer.active
    const lines = Array.from({ length: this.#screen.rows }, (_, row) => buffer.getLine(buffer.baseY + row)?.translateToString(true) ?? '')
    return lines.join('\n').trimEnd()
  }

  exit(): number | null {
    return this.#exit
  }

  async close(): Promise<void> {
    this.#launched.kill()
    await this.#launched.ended
    this.#screen.dispose()
  }
}
