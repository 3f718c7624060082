import { drop, issue, unhold, type Draft } from '../draft.ts'
import type { Mission } from '../mission.ts'

export function end(d: Draft, outcome: NonNullable<Mission['outcome']>): void {
  const { m } = d
  m.phase = outcome === 'cancelled' ? 'stopped' : 'done'
  m.outcome = outcome
  m.ended_at = d.at
  m.lane = null
  m.validation = null
  m.triaging = null
  unhold(d, () => true)
  drop(d, (e) => e.type !== 'Respond' && e.type !== 'StopRun')
  for (const f of m.features) if (f.status === 'active' || f.status === 'splitting') f.status = 'ready'
  issue(d, ['close-mission'], { type: 'CloseMission' })
}

export function hasEnded(m: Mission): boolean {
  return m.phase === 'done' || m.phase === 'stopped'
}
