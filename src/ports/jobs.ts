/** `inbox`: raw facts. `act`: one GitHub act. `run`: an agent or other long work. `wait`: checks and alarms. `project`: pages redrawn. */
export type Queue = 'inbox' | 'act' | 'run' | 'wait' | 'project'

export interface Job {
  queue: Queue
  /** A job whose id is waiting or running is not added again; one that ended may be. No colon, not only digits. */
  id: string
  /** JSON. */
  data: unknown
  delay_ms?: number
}

/** `again`: the job goes back and comes after the delay. Throwing an error with `retryable: true` is tried again with backoff, a limited number of times. */
export type JobResult = { done: true } | { again: true; delay_ms: number }

export type Handler = (job: { id: string; data: unknown; attempt: number; last_attempt: boolean }, signal: AbortSignal) => Promise<JobResult>

export interface Jobs {
  add(job: Job): Promise<void>
  /** Whether a job of this id is at work, or was when its process died and has not come back yet. */
  atWork(queue: Queue, id: string): Promise<boolean>
  /** Brings a delayed job forward; does nothing when there is none. */
  poke(queue: Queue, id: string): Promise<void>
  /** Starts working; `concurrency` by queue. */
  work(handlers: Partial<Record<Queue, { handle: Handler; concurrency: number }>>): Promise<void>
  /** Waiting, delayed, active and failed by queue. */
  counts(): Promise<Record<Queue, { waiting: number; delayed: number; active: number; failed: number }>>
  /** Takes no new job, signals those that run, waits for them up to `grace_ms`, and gives back what has not ended. */
  close(grace_ms: number): Promise<void>
}
