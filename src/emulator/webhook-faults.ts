import { matches } from './pattern.ts'

/** What goes wrong with a webhook. `match` is `<event>` or `<event>.<action>`, with `*`. */
export type WebhookFault =
  | { match: string; do: 'lose'; times?: number | undefined }
  | { match: string; do: 'double'; times?: number | undefined }
  | { match: string; do: 'delay'; by_ms: number; times?: number | undefined }
  /** Sent after the next delivery, or after `by_ms` when none comes. */
  | { match: string; do: 'reorder'; by_ms: number; times?: number | undefined }

export interface WebhookFaults {
  /** Without `times` it lasts until it is cleared. */
  add(fault: WebhookFault): void
  clear(): void
  take(name: string): WebhookFault | null
}

export function createWebhookFaults(): WebhookFaults {
  let faults: { fault: WebhookFault; left: number }[] = []
  return {
    add: (fault) => void faults.push({ fault, left: fault.times ?? Infinity }),
    clear: () => void (faults = []),
    take(name) {
      const found = faults.find(({ fault, left }) => left > 0 && (matches(fault.match, name) || matches(fault.match, name.split('.')[0] ?? '')))
      if (found === undefined) return null
      found.left -= 1
      return found.fault
    },
  }
}
