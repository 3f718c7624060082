import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import type { LiveView } from '../domain/views/live.ts'
import { painter, type Out } from '../stage/painter.ts'

/** A person's terminal, or none: what is said stays, the live view changes in place below it, lines are typed at the bottom. */
export interface Terminal extends Disposable {
  say(lines: readonly string[]): void
  /** Not while something is asked or typed. */
  draw(view: LiveView): void
  /** What stands before the line that is typed; empty when nothing is asked. */
  prompt(text: string): void
}

export interface TerminalSpec {
  out: Out & Writable
  /** Null: nobody types. */
  input: Readable | null
  typed: (line: string) => void
  /** Ctrl-C or the end of the input. */
  ended: () => void
}

export function openTerminal({ out, input, typed, ended }: TerminalSpec): Terminal {
  const live = painter(out)
  const lines = input && createInterface({ input, output: out, terminal: out.isTTY === true, prompt: '' })
  let asked = ''
  // What is drawn in place goes first; the cursor stands a line below it, behind the return.
  lines?.on('line', (line) => {
    if (out.isTTY && !asked) out.write('\x1b[1A')
    live.wipe()
    typed(line)
  })
  lines?.on('SIGINT', ended)
  lines?.on('close', ended)
  const clear = () => {
    if (out.isTTY) out.write('\r\x1b[0J')
    live.wipe()
  }
  return {
    say(said) {
      clear()
      out.write(
        said
          .flatMap((line) => wrapped(line, out.isTTY ? (out.columns ?? 100) : Infinity))
          .map((line) => `${line}\n`)
          .join(''),
      )
      if (asked) lines?.prompt(true)
    },
    draw(view) {
      if (asked || lines?.line) return
      if (out.isTTY && input) out.write('\r\x1b[0J')
      live.draw(view)
    },
    prompt(text) {
      if (text === asked) return
      clear()
      asked = text
      lines?.setPrompt(text)
      if (text) lines?.prompt(true)
    },
    [Symbol.dispose]() {
      lines?.off('close', ended)
      clear()
      lines?.close()
    },
  }
}

/** Breaks a long line between words; what follows begins below where it began. */
export function wrapped(line: string, columns: number): string[] {
  if (line.length < columns) return [line]
  const indent = ' '.repeat(Math.min(/^\s*(?:(?:[-*>]|\d+[.)])\s+)?/.exec(line)?.[0].length ?? 0, Math.floor(columns / 2)))
  const lines: string[] = []
  let rest = line
  while (rest.length >= columns) {
    const space = rest.lastIndexOf(' ', columns - 1)
    const end = space > indent.length ? space : columns - 1
    lines.push(rest.slice(0, end).trimEnd())
    rest = `${indent}${rest.slice(end).trimStart()}`
  }
  return [...lines, rest]
}
