import type { Effect } from '../domain/effect.ts'
import type { SealedEvent } from '../domain/event.ts'
import type { EffectId, MissionKey } from '../domain/id.ts'

/** The journals of all missions, and the outbox of their effects. */
export interface Journal {
  /** All events of a mission, oldest first; empty when there is none. */
  read(key: MissionKey): Promise<SealedEvent[]>
  /** How many events a mission has. */
  length(key: MissionKey): Promise<number>
  /**
   * Appends one event and changes the outbox, atomically and durably.
   * `conflict`: the journal is not `expected_length` long. `seen`: this event id is in it already.
   */
  append(entry: Append): Promise<'appended' | 'conflict' | 'seen'>
  /** Effects of a mission that are not answered yet, in order of issue. */
  outbox(key: MissionKey): Promise<Effect[]>
  /** Missions that are neither done nor stopped, or still have pending effects. */
  live(): Promise<MissionKey[]>
  all(): Promise<MissionKey[]>
  /** The highest k of a labelled issue's missions; null when it never had one. */
  latest(repository_id: number, issue: number): Promise<MissionKey | null>
  close(): Promise<void>
}

export interface Append {
  key: MissionKey
  expected_length: number
  event: SealedEvent
  issued: Effect[]
  /** Answered or dropped. */
  settled: EffectId[]
  /** False once the mission ended and nothing is pending. */
  live: boolean
}

/** The store is away for now; the caller answers 503 or tries again. */
export class JournalAway extends Error {
  readonly retryable = true
}
