import { count, drop, hold, isPending, issue, type Draft } from '../draft.ts'
import type { EffectOf } from '../effect.ts'
import type { EventOf } from '../event.ts'
import { hasEnded } from './closing.ts'
import { curationFailed } from './curating.ts'

/** How long an overloaded model is left alone before the mission tries again by itself. */
const patience_ms = 15 * 60_000

/** Tries to find out what a run used that nobody needs any more. */
const bookings = 5

/** An effect could not be done. It stays in the outbox; the mission holds and says why. */
export function failed(d: Draft, event: EventOf<'EffectFailed'>): boolean {
  if (!d.m.pending.some((e) => e.id === event.effect)) return false
  d.m.failures[event.effect] = (d.m.failures[event.effect] ?? 0) + 1
  const { effect, detail, trouble } = event
  const stop = d.m.pending.flatMap((e) => (e.id === effect && e.type === 'StopRun' ? [e] : []))[0]
  if (stop) {
    // Nobody is called for a sum: the sweep tries again, and in the end people are told that it is not known.
    if ((d.m.failures[effect] ?? 0) >= bookings) giveUp(d, stop)
    return true
  }
  if (hasEnded(d.m)) {
    // Nobody is held up any more: a reply is let go, the closing is tried again by the sweep.
    drop(d, (e) => e.id === effect && e.type === 'Respond')
    return true
  }
  const curate = d.m.pending.flatMap((e) => (e.id === effect && e.type === 'StartRun' && e.task.task === 'curate' ? [e.task] : []))[0]
  if (curate && (trouble === 'budget' || trouble === 'environment' || trouble === 'bug')) {
    // Nobody is called for what was learned on the way: the mission goes on without it.
    drop(d, (e) => e.id === effect)
    curationFailed(d, curate.milestone, detail)
    return true
  }
  switch (trouble) {
    case 'model_away':
      hold(d, { why: 'model_away', effect, detail })
      if (!isPending(d, 'WakeAt')) issue(d, ['wake', count(d, 'wake')], { type: 'WakeAt', delay_ms: patience_ms, why: 'the model was away' })
      return true
    case 'model_refused_credentials':
    case 'budget':
      hold(d, { why: trouble, effect, detail })
      return true
    case 'github':
    case 'push_refused':
    case 'foreign_head':
    case 'environment':
    case 'bug':
      hold(d, { why: 'effect_failed', effect, trouble, detail })
      return true
  }
}

function giveUp(d: Draft, stop: EffectOf<'StopRun'>): void {
  drop(d, (e) => e.id === stop.id)
  const run = d.m.runs[stop.run]
  if (run) run.books = 'lost'
}
