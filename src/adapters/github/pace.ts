import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '../../ports/clock.ts'
import { ForgeAway } from '../../ports/forge.ts'

/** When calls may go out, by installation: GitHub counts and limits each for itself. */
export interface Pace {
  /** Waits for its turn. Throws `ForgeAway` while GitHub has asked this installation to stay away. */
  turn(installation_id: number, kind: 'read' | 'mutation', signal: AbortSignal): Promise<void>
  /** No call of this installation before then. */
  stayAway(installation_id: number, for_ms: number): void
}

export function createPace(options: { clock: Clock; spacing_ms: number }): Pace {
  const closed = new Map<number, number>()
  const next = new Map<number, number>()
  const now = (): number => options.clock.now().getTime()

  function refuseWhileClosed(installation_id: number): void {
    const left_ms = (closed.get(installation_id) ?? 0) - now()
    if (left_ms > 0) throw new ForgeAway('GitHub asked this installation to wait.', left_ms)
  }

  return {
    async turn(installation_id, kind, signal) {
      refuseWhileClosed(installation_id)
      if (kind === 'read') return
      const slot = Math.max(now(), next.get(installation_id) ?? 0)
      next.set(installation_id, slot + options.spacing_ms)
      if (slot > now()) await sleep(slot - now(), undefined, { signal })
      refuseWhileClosed(installation_id)
    },
    stayAway(installation_id, for_ms) {
      closed.set(installation_id, Math.max(closed.get(installation_id) ?? 0, now() + for_ms))
    },
  }
}
