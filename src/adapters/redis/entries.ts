import { z } from 'zod'
import { Effect } from '../../domain/effect.ts'
import { Event, type SealedEvent } from '../../domain/event.ts'
import type { MissionKey } from '../../domain/id.ts'

/** What Redis gave back is not what the journal wrote. Nobody may fold on; a person must look. */
class JournalCorrupt extends Error {
  readonly retryable = false
}

export function readEvent(key: MissionKey, position: number, text: string): SealedEvent {
  return parsed(text, `mission ${key}: journal entry ${position}`, (json) => {
    const { prev, hash, ...event } = Sealed.parse(json)
    return { ...Event.parse(event), prev, hash }
  })
}

export function readEffect(key: MissionKey, text: string): Effect {
  return parsed(text, `mission ${key}: an effect in the outbox`, (json) => Effect.parse(json))
}

const Sealed = z.looseObject({ prev: z.string(), hash: z.string() })

function parsed<T>(text: string, where: string, parse: (json: unknown) => T): T {
  try {
    return parse(JSON.parse(text))
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)
    throw new JournalCorrupt(`${where} is corrupt: ${why}`, { cause: error })
  }
}
