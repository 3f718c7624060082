import { createHash } from 'node:crypto'
import type { Event, SealedEvent } from '../domain/event.ts'
import { canonicalJson } from '../domain/plan-document.ts'

/** The hash before the first event of a chain. */
export const genesis = '0'.repeat(64)

/** Chains an event to the one before it: sha256 over the previous hash and the event's canonical JSON. */
export function seal(event: Event, prev: string): SealedEvent {
  return { ...event, prev, hash: digest(event, prev) }
}

/** The position of the first event that does not fit its chain; null when all do. */
export function firstBroken(events: readonly SealedEvent[]): number | null {
  let before = genesis
  for (const [i, { prev, hash, ...event }] of events.entries()) {
    if (prev !== before || hash !== digest(event, prev)) return i
    before = hash
  }
  return null
}

function digest(event: object, prev: string): string {
  return createHash('sha256')
    .update(`${prev}\n${canonicalJson(event)}`)
    .digest('hex')
}
