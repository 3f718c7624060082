import type { EffectOf } from '../../src/domain/effect.ts'
import type { SealedEvent } from '../../src/domain/event.ts'
import { effectId, type MissionKey } from '../../src/domain/id.ts'
import type { Append } from '../../src/ports/journal.ts'

const at = '2026-11-21T12:00:00.000Z'

export function commented(id: string, text = 'Use the port from the README.'): SealedEvent {
  return { v: 1, id, at, type: 'Replied', by: 'ada', comment: 991, issue: 7, text, prev: 'before', hash: `hash of ${id}` }
}

export function wake(key: MissionKey, n: number): EffectOf<'WakeAt'> {
  return { type: 'WakeAt', id: effectId(key, 'wake', n), at, delay_ms: 1000, why: 'to look again' }
}

export function entry(key: MissionKey, expected_length: number, event: SealedEvent): Append {
  return { key, expected_length, event, issued: [], settled: [], live: true }
}
