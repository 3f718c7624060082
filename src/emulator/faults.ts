import { matches } from './pattern.ts'

/**
 * What goes wrong with a request. `match` is `METHOD /template` of GitHub's description, or the very address,
 * with `*`; git is `GIT upload-pack` and `GIT receive-pack`.
 */
export type Fault =
  | ({ do: 'error'; status: number; when: 'before' | 'after' } & Matching)
  | ({ do: 'reset'; when: 'before' | 'after' } & Matching)
  | ({ do: 'html'; when: 'before' | 'after' } & Matching)
  | ({ do: 'secondary_limit'; retry_after_s?: number | undefined } & Matching)
  | ({ do: 'primary_limit'; reset_in_s: number } & Matching)
  | ({ do: 'latency'; by_ms: number } & Matching)
  | ({ do: 'refuse_push'; message: string } & Matching)

interface Matching {
  match: string
  /** Without it the fault lasts until it is cleared. */
  times?: number | undefined
  /** Lets this many matching requests pass first. */
  after?: number | undefined
}

export interface Faults {
  add(fault: Fault): void
  clear(): void
  /** Counts the request and answers what shall go wrong with it. */
  take(operation: string, address: string): Fault[]
  /** Requests by operation, in the order of their names. */
  calls(): Record<string, number>
}

export function createFaults(): Faults {
  let faults: { fault: Fault; skip: number; left: number }[] = []
  const counts = new Map<string, number>()
  return {
    add: (fault) => void faults.push({ fault, skip: fault.after ?? 0, left: fault.times ?? Infinity }),
    clear: () => void (faults = []),
    take(operation, address) {
      counts.set(operation, (counts.get(operation) ?? 0) + 1)
      const due = faults.filter(({ fault, left }) => left > 0 && (matches(fault.match, operation) || matches(fault.match, address)))
      const now = due.filter((entry) => entry.skip-- <= 0)
      for (const entry of now) entry.left -= 1
      return now.map((entry) => entry.fault)
    },
    calls: () => Object.fromEntries([...counts].toSorted(([a], [b]) => a.localeCompare(b))),
  }
}
