/** Ways in which a model's service misbehaves, for those who test what becomes of it. */
export type FaultKind = 'overloaded' | 'server_error' | 'stream_cut' | 'stream_error' | 'off_schema' | 'no_call' | 'max_tokens' | 'refusal' | 'silence'

export interface Fault {
  kind: FaultKind
  /** The how-manieth request of those that fit, from 1. */
  nth: number
  /** How many requests from there on; default 1. */
  times?: number
  /** Only requests of runs whose id holds this. */
  run?: string
}

/** Which fault strikes a request, as requests come in. */
export class Faults {
  readonly #faults: { fault: Fault; seen: number }[]

  constructor(faults: readonly Fault[]) {
    this.#faults = faults.map((fault) => ({ fault, seen: 0 }))
  }

  strike(run: string): FaultKind | null {
    let kind: FaultKind | null = null
    for (const entry of this.#faults) {
      const { fault } = entry
      if (fault.run !== undefined && !run.includes(fault.run)) continue
      entry.seen += 1
      if (entry.seen >= fault.nth && entry.seen < fault.nth + (fault.times ?? 1)) kind ??= fault.kind
    }
    return kind
  }
}
