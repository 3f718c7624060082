import type { Effect } from '../../domain/effect.ts'
import type { SealedEvent } from '../../domain/event.ts'
import { missionKey, type EffectId, type MissionKey } from '../../domain/id.ts'
import type { Journal } from '../../ports/journal.ts'

interface Kept {
  events: SealedEvent[]
  seen: Set<string>
  outbox: Map<EffectId, Effect>
}

/** The journals of one process, for tests. What goes in and comes out is copied. */
export function memoryJournal(): Journal {
  const missions = new Map<MissionKey, Kept>()
  const live = new Set<MissionKey>()
  const latest = new Map<string, number>()
  return {
    read: async (key) => structuredClone(missions.get(key)?.events ?? []),
    length: async (key) => missions.get(key)?.events.length ?? 0,
    async append({ key, expected_length, event, issued, settled, live: lives }) {
      const kept: Kept = missions.get(key) ?? { events: [], seen: new Set(), outbox: new Map() }
      if (kept.seen.has(event.id)) return 'seen'
      if (kept.events.length !== expected_length) return 'conflict'
      missions.set(key, kept)
      kept.events.push(structuredClone(event))
      kept.seen.add(event.id)
      for (const id of settled) kept.outbox.delete(id)
      for (const effect of issued) kept.outbox.set(effect.id, structuredClone(effect))
      if (lives) live.add(key)
      else live.delete(key)
      const { issue, k } = placeOf(key)
      latest.set(issue, Math.max(k, latest.get(issue) ?? 0))
      return 'appended'
    },
    outbox: async (key) => structuredClone([...(missions.get(key)?.outbox.values() ?? [])]),
    live: async () => [...live],
    all: async () => [...missions.keys()],
    async latest(repository_id, issue) {
      const k = latest.get(`${repository_id}-${issue}`)
      return k === undefined ? null : missionKey({ repository_id, issue, k })
    },
    async close() {},
  }
}

function placeOf(key: MissionKey): { issue: string; k: number } {
  const [repository, issue, k = '1'] = key.split('-')
  return { issue: `${repository}-${issue}`, k: Number(k) }
}
