import type { LiveView } from '../domain/views/live.ts'
import { lineOf, screenOf } from './screen.ts'

/** Where the live view goes. */
export interface Out {
  isTTY?: boolean | undefined
  columns?: number | undefined
  write(text: string): unknown
}

/** Draws the live view: in place on a terminal, a line for each change elsewhere. */
export interface Painter {
  draw(view: LiveView): void
  /** Takes the view off a terminal, so that something else can be said there. */
  wipe(): void
}

export function painter(out: Out): Painter {
  let drawn = 0
  let said = ''
  const wipe = () => {
    if (drawn > 0) out.write(`\r\x1b[${drawn}A\x1b[0J`)
    drawn = 0
  }
  return {
    wipe,
    draw(view) {
      if (out.isTTY) {
        const lines = screenOf(view, out.columns ?? 100)
        wipe()
        out.write(lines.map((line) => `${line}\n`).join(''))
        drawn = lines.length
        return
      }
      const line = lineOf(view)
      if (line !== said) out.write(`${line}\n`)
      said = line
    },
  }
}
