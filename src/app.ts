import type { Probot } from 'probot'
import { translate } from './adapters/github/translate.ts'
import type { Reader } from './adapters/github/translate.ts'
import type { RawFact } from './ports/forge.ts'

/** Takes a fact in, durably. Throws when it cannot: then GitHub is told to come again. */
export type Inbox = (fact: RawFact) => Promise<void>

export interface AppSpec extends Reader {
  inbox: Inbox
  /** The store must answer within this; GitHub and people wait for us. */
  inbox_timeout_ms?: number
}

/** Verified webhook → fact → inbox. Nothing else happens while GitHub waits. */
export function missionsApp(spec: AppSpec): (app: Probot) => void {
  return (app) => {
    app.onAny(async ({ name, payload }) => {
      const fact = translate(name, payload, spec)
      if (fact !== null) await within(spec.inbox(fact), spec.inbox_timeout_ms ?? 800)
    })
  }
}

/** The store that keeps facts is away. The webhook middleware answers with `status`. */
class InboxAway extends Error {
  readonly status = 503
}

async function within(taking: Promise<void>, timeout_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new InboxAway('The inbox did not answer in time.')), timeout_ms)
  })
  try {
    await Promise.race([taking, late])
  } catch (error) {
    throw error instanceof InboxAway ? error : new InboxAway('The inbox is away.', { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
