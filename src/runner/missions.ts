import type { Event, SealedEvent } from '../domain/event.ts'
import type { MissionKey } from '../domain/id.ts'
import { Invariant } from '../domain/invariant.ts'
import type { Mission } from '../domain/mission.ts'
import { transition } from '../domain/transition.ts'
import type { Journal } from '../ports/journal.ts'
import { genesis } from './seal.ts'

export interface Loaded {
  mission: Mission | null
  length: number
  /** Hash of the last event. */
  head: string
  /** Ids of all its events. */
  seen: ReadonlySet<string>
}

export const nothing: Loaded = { mission: null, length: 0, head: genesis, seen: new Set() }

/** Missions as folds of their journals. The cache is only ever a shortcut: the journal's length decides whether it still holds. */
export function missionStore(journal: Journal, remember = 500) {
  const cache = new Map<MissionKey, Loaded>()

  return { load, keep }

  async function load(key: MissionKey): Promise<Loaded> {
    const known = cache.get(key)
    if (known && (await journal.length(key)) === known.length) return known
    return keep(key, fold(key, await journal.read(key)))
  }

  function keep(key: MissionKey, loaded: Loaded): Loaded {
    cache.delete(key)
    cache.set(key, loaded)
    for (const oldest of cache.keys()) {
      if (cache.size <= remember) break
      cache.delete(oldest)
    }
    return loaded
  }
}

export type MissionStore = ReturnType<typeof missionStore>

export function fold(key: MissionKey, events: readonly SealedEvent[]): Loaded {
  const seen = new Set(events.map((e) => e.id))
  return events.reduce<Loaded>((loaded, sealed, i) => {
    const { prev: _prev, hash, ...event } = sealed
    const step = transition(loaded.mission, event as Event)
    if (!step) throw new Invariant(`event ${i} of mission ${key}, ${event.id}, does not fold`)
    return { mission: step.mission, length: i + 1, head: hash, seen }
  }, nothing)
}
