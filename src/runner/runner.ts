import { dispatchable, laneOf, type Effect } from '../domain/effect.ts'
import type { Event } from '../domain/event.ts'
import type { MissionKey } from '../domain/id.ts'
import { checkMission } from '../domain/invariants.ts'
import type { Mission } from '../domain/mission.ts'
import { transition } from '../domain/transition.ts'
import type { Clock } from '../ports/clock.ts'
import type { Jobs } from '../ports/jobs.ts'
import type { Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { MissionStore } from './missions.ts'
import { seal } from './seal.ts'

export interface RunnerServices {
  journal: Journal
  jobs: Jobs
  missions: MissionStore
  clock: Clock
  log: Log
}

export type Runner = ReturnType<typeof runner>

/** An event as a fact or an answer tells it; version and, where it has none, the time are added here. */
export type Told = Undated<Event>
type Undated<E> = E extends Event ? Omit<E, 'v' | 'at'> & { at?: string } : never

/** The one circle: an event goes into the journal, its effects into the outbox, and from there into jobs. */
export function runner(services: RunnerServices) {
  const { journal, jobs, missions, clock, log } = services
  return { handle, dispatch }

  /** Folds an event into its mission. `ignored`: it was known, late, or meant nothing there. */
  async function handle(key: MissionKey, event: Told): Promise<'applied' | 'ignored'> {
    // Each conflict means that somebody else got an event in; so the loop ends.
    for (;;) {
      const before = await missions.load(key)
      if (before.seen.has(event.id)) return 'ignored'
      const dated: Event = { ...event, v: 1, at: event.at ?? clock.now().toISOString() }
      const step = transition(before.mission, dated)
      if (!step) {
        log.info('event ignored', { mission: key, event: event.id })
        return 'ignored'
      }
      checkMission(step.mission)
      const sealed = seal(dated, before.head)
      const live = step.mission.pending.length > 0 || !['done', 'stopped'].includes(step.mission.phase)
      const outcome = await journal.append({ key, expected_length: before.length, event: sealed, issued: step.issued, settled: step.settled, live })
      if (outcome === 'conflict') continue
      if (outcome === 'seen') return 'ignored'
      missions.keep(key, { mission: step.mission, length: before.length + 1, head: sealed.hash, seen: new Set(before.seen).add(event.id) })
      log.info('event', { mission: key, event: event.id, phase: step.mission.phase })
      await dispatch(step.mission)
      await jobs.add(projection(key))
      return 'applied'
    }
  }

  /** Makes a job of every effect that may be done now. A job that is there already is not added again. */
  async function dispatch(mission: Mission): Promise<void> {
    for (const effect of dispatchable(mission.pending, mission.holds.length > 0)) await jobs.add(jobOf(mission.key, effect))
  }
}

export function jobOf(key: MissionKey, effect: Effect) {
  return { queue: laneOf[effect.type], id: effect.id, data: { key, effect: effect.id }, ...(effect.type === 'WakeAt' ? { delay_ms: effect.delay_ms } : {}) }
}

/** Pages are redrawn a little later, so that a burst of events costs one drawing. */
export function projection(key: MissionKey) {
  return { queue: 'project', id: `${key}.project`, data: { key }, delay_ms: 1000 } as const
}
