import { Queue as BullQueue, type Job as BullJob } from 'bullmq'
import type { Jobs, Queue } from '../../ports/jobs.ts'
import { promptly, sparing } from './away.ts'
import type { BullJobsOptions, BullJobsSettings } from './settings.ts'
import { startWorker, type BullWorker, type Envelope } from './worker.ts'

const queues: Queue[] = ['inbox', 'act', 'run', 'wait', 'project']

/**
 * Jobs on BullMQ. A job's id is the given one; it is removed when it ends, well or badly, so that the id is free again.
 *
 * An id that is active is not added a second time, and nothing remembers that somebody asked. Whoever adds a job because
 * something new happened must name the new thing in the id (a fact, an effect, a journal length), or must not depend on it.
 */
export function bullJobs(options: BullJobsOptions): Jobs {
  const settings: BullJobsSettings = { prefix: 'missions-jobs', lock_ms: 4000, stalled_ms: 750, attempts: 8, backoff_ms: 1000, most_backoff_ms: 300_000, hear: {}, ...options }
  const error = sparing(settings.hear.error ?? (() => {}))
  const producers = new Map(queues.map((queue) => [queue, producer(queue, settings, error)]))
  const workers: BullWorker[] = []
  let closing: Promise<void> | null = null

  const producerOf = (queue: Queue): BullQueue => {
    const found = producers.get(queue)
    if (!found || closing) throw new Error('the queues are closed')
    return found
  }

  return {
    async add({ queue, id, data, delay_ms = 0 }) {
      const bull = producerOf(queue)
      if (id.includes(':') || /^\d+$/.test(id)) throw new Error(`a job id has no colon and is not only digits: ${id}`)
      // BullMQ keeps a job under `<queue>:<id>`, beside its own `<queue>:delayed` and others, and does not look.
      if (Object.hasOwn(bull.keys, id)) throw new Error(`a job id must not be one of BullMQ's own keys: ${JSON.stringify(id)}`)
      const envelope: Envelope = { data: data ?? null, failures: 0, crashes: 0 }
      await promptly(bull.add(queue, envelope, { jobId: id, delay: delay_ms, removeOnComplete: true, removeOnFail: true }))
    },
    async atWork(queue, id) {
      const job: BullJob | undefined = await promptly(producerOf(queue).getJob(id))
      return job !== undefined && (await promptly(job.getState())) === 'active'
    },
    async poke(queue, id) {
      const job: BullJob | undefined = await promptly(producerOf(queue).getJob(id))
      if (job) await promptly(job.promote()).catch(unlessNotDelayed)
    },
    async work(handlers) {
      for (const queue of queues) {
        const worker = handlers[queue]
        if (worker) workers.push(startWorker({ queue, ...worker, settings, error }))
      }
    },
    async counts() {
      const count = async (queue: Queue) => {
        const { waiting = 0, delayed = 0, active = 0, failed = 0 } = await promptly(producerOf(queue).getJobCounts('waiting', 'delayed', 'active', 'failed'))
        return { waiting, delayed, active, failed }
      }
      const [inbox, act, run, wait, project] = await Promise.all([count('inbox'), count('act'), count('run'), count('wait'), count('project')])
      return { inbox, act, run, wait, project }
    },
    close(grace_ms) {
      closing ??= (async () => {
        await Promise.all(workers.map((worker) => worker.close(grace_ms)))
        await Promise.all([...producers.values()].map((queue) => queue.getBackend().close(true)))
      })()
      return closing
    },
  }
}

/** Its commands wait for the connection, and `promptly` does not: an add that was refused may still be done, which the id makes harmless. */
function producer(queue: Queue, { connection, prefix }: BullJobsSettings, error: (error: Error) => void): BullQueue {
  // Nobody reads BullMQ's event stream; by default it keeps ten thousand of each queue.
  const bull = new BullQueue(queue, {
    connection: { ...connection, maxRetriesPerRequest: null, retryStrategy: (times: number) => Math.min(50 * times, 500) },
    prefix,
    streams: { events: { maxLen: 100 } },
  })
  bull.on('error', error)
  return bull
}

const notInState = -3
const missing = -1

function unlessNotDelayed(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && (error.code === notInState || error.code === missing))) throw error
}
