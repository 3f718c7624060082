import type { Mission } from '../domain/mission.ts'
import { liveView } from '../domain/views/live.ts'
import { painter, type Out } from './painter.ts'

/** Shows a mission while it runs. */
export async function watch(mission: () => Promise<Mission | null>, out: Out, signal: AbortSignal): Promise<void> {
  const live = painter(out)
  while (!signal.aborted) {
    const m = await mission().catch(() => null)
    if (m) live.draw(liveView(m, new Date().toISOString()))
    await new Promise((resolve) => setTimeout(resolve, 400))
  }
}
