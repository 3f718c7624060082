import type { Queue } from '../../ports/jobs.ts'

export interface BullJobsOptions {
  /** As `redisAddress` gives it. */
  connection: ({ path: string } | { host: string; port: number; tls?: { servername: string } }) & { username?: string; password?: string; db?: number }
  prefix?: string
  /** A dead worker's job is free after at most `lock_ms + stalled_ms`. */
  lock_ms?: number
  stalled_ms?: number
  /** How often a job is tried that fails with `retryable: true`, or whose worker dies. */
  attempts?: number
  /** First pause after a failure; it doubles each time, up to `most_backoff_ms`. */
  backoff_ms?: number
  most_backoff_ms?: number
  hear?: {
    /** Trouble with the connection or a lock; repeated ones are told once in ten seconds. */
    error?: (error: Error) => void
    /** A job that ended by an error. It is gone from the queue: what it means stands in the journal. */
    failed?: (job: { queue: Queue; id: string }, error: Error) => void
  }
}

export type BullJobsSettings = Required<BullJobsOptions>
