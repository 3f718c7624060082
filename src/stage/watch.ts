import type { Mission } from '../domain/mission.ts'
import { liveView } from '../domain/views/live.ts'
import { lineOf, screenOf } from './screen.ts'

/** Where the live view goes. */
export interface Out {
  isTTY?: boolean | undefined
  columns?: number | undefined
  write(text: string): unknown
}

/** Shows a mission while it runs: redrawn in place on a terminal, a line for each change elsewhere. */
export async function watch(mission: () => Promise<Mission | null>, out: Out, signal: AbortSignal): Promise<void> {
  let drawn = 0
  let said = ''
  while (!signal.aborted) {
    const m = await mission().catch(() => null)
    if (m) {
      const view = liveView(m, new Date().toISOString())
      if (out.isTTY) {
        const lines = screenOf(view, out.columns ?? 100)
        out.write(`${drawn > 0 ? `\x1b[${drawn}A` : ''}${lines.map((l) => `\x1b[2K${l}\n`).join('')}\x1b[0J`)
        drawn = lines.length
      } else {
        const line = lineOf(view)
        if (line !== said) out.write(`${line}\n`)
        said = line
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 400))
  }
}
