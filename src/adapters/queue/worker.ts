import { DelayedError, WaitingError, Worker, type Job as BullJob } from 'bullmq'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import type { Handler, JobResult, Queue } from '../../ports/jobs.ts'
import { pauseBefore } from './retry.ts'
import type { BullJobsSettings } from './settings.ts'

/** A job's data in Redis. `failures` since the last success; `crashes`: BullMQ's count of stalls at that time. */
const Envelope = z.strictObject({ data: z.unknown(), failures: z.int(), crashes: z.int() })
export type Envelope = z.infer<typeof Envelope>

export interface BullWorker {
  close(grace_ms: number): Promise<void>
}

interface Running {
  /** Aborts when the process ends or the lock is lost. */
  stop: AbortController
  lost: boolean
  renewed_at: number
  /** Ends the wait for a handler that does not end. */
  release: () => void
}

type Outcome = { answer: JobResult } | { failure: unknown } | 'released'

/** One queue's worker. Its connections wait for Redis for ever and come back by themselves; nothing it meets ends the process. */
export function startWorker(spec: { queue: Queue; handle: Handler; concurrency: number; settings: BullJobsSettings; error: (error: Error) => void }): BullWorker {
  const { queue, handle, concurrency, settings, error } = spec
  const { connection, prefix, lock_ms, stalled_ms } = settings
  const running = new Map<string, Running>()
  const performing = new Set<Promise<void>>()
  let ending = false

  const worker = new Worker(queue, (job, token = '') => remembered(perform(job, token)), {
    connection: { ...connection, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(50 * times, 500) },
    prefix,
    concurrency,
    lockDuration: lock_ms,
    // Looked at every half of it: a lock is at most 0.6 of its time old when it is renewed.
    lockRenewTime: Math.ceil(lock_ms * 0.4),
    stalledInterval: stalled_ms,
    // A job whose workers die is not failed behind our back: its attempts count, and the handler decides at the last.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
    runRetryDelay: 500,
    autorun: false,
  })
  worker.on('error', error)
  worker.on('failed', (job, reason) => job?.id !== undefined && settings.hear.failed?.({ queue, id: job.id }, reason))
  worker.on('lockRenewalFailed', (ids) => ids.forEach((id) => loseLock(running.get(id))))
  worker.on('locksRenewed', ({ jobIds }) => jobIds.forEach((id) => renew(running.get(id))))
  // While Redis is away no renewal fails, it only never comes.
  const watchdog = setInterval(() => {
    for (const one of running.values()) if (performance.now() - one.renewed_at > lock_ms) loseLock(one)
  }, lock_ms / 8)
  watchdog.unref()
  worker.run().catch(error)

  function remembered(work: Promise<void>): Promise<void> {
    performing.add(work)
    const forget = () => performing.delete(work)
    work.then(forget, forget)
    return work
  }

  async function perform(job: BullJob, token: string): Promise<void> {
    const envelope = Envelope.parse(job.data)
    const attempt = envelope.failures + job.stalledCounter - envelope.crashes + 1
    const one: Running = { stop: new AbortController(), lost: false, renewed_at: performance.now(), release: () => {} }
    const id = job.id ?? ''
    running.set(id, one)
    const outcome = ending ? 'released' : await ask(one, { id, data: envelope.data, attempt, last_attempt: attempt >= settings.attempts })
    if (running.get(id) === one) running.delete(id)
    // Not ours any more: whoever has the lock, or will have it, does the job.
    if (one.lost) throw new WaitingError()
    if (outcome === 'released') return await giveBack(job, token)
    if ('answer' in outcome) return 'again' in outcome.answer ? await later(job, token, outcome.answer.delay_ms, { ...envelope, failures: 0, crashes: job.stalledCounter }) : undefined
    if (ending) return await giveBack(job, token)
    const pause_ms = attempt < settings.attempts ? pauseBefore(outcome.failure, attempt, settings) : null
    if (pause_ms === null) throw outcome.failure
    return await later(job, token, pause_ms, { ...envelope, failures: envelope.failures + 1 })
  }

  function ask(one: Running, job: Parameters<Handler>[0]): Promise<Outcome> {
    return new Promise((resolve) => {
      one.release = () => resolve('released')
      const work = async () => await handle(job, one.stop.signal)
      work().then(
        (answer) => resolve({ answer }),
        (failure) => resolve({ failure }),
      )
    })
  }

  /** To the front of the queue: the next free process takes it at once. Not counted as an attempt. */
  function giveBack(job: BullJob, token: string): Promise<never> {
    return moved(job.moveToWait(token), new WaitingError())
  }

  function later(job: BullJob, token: string, delay_ms: number, envelope: Envelope): Promise<never> {
    const known = Envelope.parse(job.data)
    const same = known.failures === envelope.failures && known.crashes === envelope.crashes
    const work = same ? Promise.resolve() : job.updateData(envelope)
    return moved(
      work.then(() => job.moveToDelayed(Date.now() + delay_ms, token)),
      new DelayedError(),
    )
  }

  /** BullMQ wants to hear by an error that the job was moved. When the move failed nothing more is done: the lock runs out, and the job is back. */
  async function moved(move: Promise<unknown>, word: DelayedError | WaitingError): Promise<never> {
    await move.catch(error)
    throw word
  }

  return {
    async close(grace_ms) {
      ending = true
      for (const one of running.values()) one.stop.abort(new Error('the process ends'))
      const closed = worker.close()
      await within(grace_ms, Promise.allSettled(performing))
      for (const one of running.values()) one.release()
      // With Redis away it would wait on.
      await within(2000, closed)
      clearInterval(watchdog)
      await worker.getBackend().close(true)
    },
  }
}

async function within(limit_ms: number, work: Promise<unknown>): Promise<void> {
  const stop = new AbortController()
  await Promise.race([work, pause(limit_ms, undefined, { signal: stop.signal }).catch(() => {})])
  stop.abort()
}

function renew(one: Running | undefined): void {
  if (one) one.renewed_at = performance.now()
}

function loseLock(one: Running | undefined): void {
  if (!one || one.lost) return
  one.lost = true
  one.stop.abort(new Error('the lock of this job was lost'))
}
