import type { Clock } from '../../ports/clock.ts'
import type { Handler, Job, Jobs, Queue } from '../../ports/jobs.ts'

export interface MemoryJobs extends Jobs {
  /** Starts what is due by the clock that was given. Without one, time passes by itself. */
  tick(): void
  /** Resolves when no job waits for a worker and none is active; delayed ones may be left. */
  idle(): Promise<void>
}

interface MemoryJobsOptions {
  attempts?: number
  /** First pause after a failure; it doubles each time. */
  backoff_ms?: number
}

interface Entry {
  job: Job
  state: 'waiting' | 'delayed' | 'active'
  due: number
  failures: number
}

interface Worker {
  handle: Handler
  concurrency: number
}

const queues: Queue[] = ['inbox', 'act', 'run', 'wait', 'project']

/** The jobs of one process, for tests: same rules as the queue on Redis, nothing kept. */
export function memoryJobs(clock?: Clock, options: MemoryJobsOptions = {}): MemoryJobs {
  const { attempts = 8, backoff_ms = 1000 } = options
  const entries = new Map<Queue, Map<string, Entry>>(queues.map((queue) => [queue, new Map()]))
  const workers = new Map<Queue, Worker>()
  const ending = new AbortController()
  const running = new Set<Promise<void>>()
  const waiting: (() => void)[] = []

  const now = () => (clock ? clock.now().getTime() : performance.now())
  const all = () => [...entries.values()].flatMap((queue) => [...queue.values()])
  const jobsOf = (queue: Queue) => entries.get(queue) ?? new Map<string, Entry>()

  function put(entry: Entry, delay_ms: number): void {
    const jobs = jobsOf(entry.job.queue)
    jobs.delete(entry.job.id)
    jobs.set(entry.job.id, entry)
    entry.state = delay_ms > 0 ? 'delayed' : 'waiting'
    entry.due = now() + delay_ms
    if (delay_ms > 0 && !clock) setTimeout(tick, delay_ms + 1).unref()
    tick()
  }

  function tick(): void {
    if (ending.signal.aborted) return
    for (const entry of all()) if (entry.state === 'delayed' && entry.due <= now()) entry.state = 'waiting'
    for (const [queue, worker] of workers) {
      const jobs = [...jobsOf(queue).values()]
      const free = worker.concurrency - jobs.filter((entry) => entry.state === 'active').length
      for (const entry of jobs.filter((one) => one.state === 'waiting').slice(0, Math.max(free, 0))) start(entry, worker)
    }
    if (!busy()) for (const tell of waiting.splice(0)) tell()
  }

  function start(entry: Entry, worker: Worker): void {
    entry.state = 'active'
    const run = perform(entry, worker).finally(() => {
      running.delete(run)
      tick()
    })
    running.add(run)
  }

  async function perform(entry: Entry, { handle }: Worker): Promise<void> {
    const { id, data, queue } = entry.job
    const attempt = entry.failures + 1
    try {
      const result = await handle({ id, data: structuredClone(data), attempt, last_attempt: attempt >= attempts }, ending.signal)
      if ('done' in result) return void jobsOf(queue).delete(id)
      entry.failures = 0
      put(entry, result.delay_ms)
    } catch (error) {
      if (ending.signal.aborted) return void (entry.state = 'waiting')
      const pause_ms = attempt < attempts ? pauseBefore(error, attempt, backoff_ms) : null
      if (pause_ms === null) return void jobsOf(queue).delete(id)
      entry.failures = attempt
      put(entry, pause_ms)
    }
  }

  const busy = () => all().some((entry) => entry.state === 'active' || (entry.state === 'waiting' && workers.has(entry.job.queue)))

  return {
    async add(job) {
      if (job.id.includes(':') || /^\d+$/.test(job.id)) throw new Error(`a job id has no colon and is not only digits: ${job.id}`)
      if (jobsOf(job.queue).has(job.id)) return
      put({ job: structuredClone(job), state: 'waiting', due: 0, failures: 0 }, job.delay_ms ?? 0)
    },
    atWork: async (queue, id) => jobsOf(queue).get(id)?.state === 'active',
    async poke(queue, id) {
      const entry = jobsOf(queue).get(id)
      if (entry?.state === 'delayed') put(entry, 0)
    },
    async work(handlers) {
      for (const queue of queues) {
        const worker = handlers[queue]
        if (worker) workers.set(queue, worker)
      }
      tick()
    },
    async counts() {
      const count = (queue: Queue) => {
        const states = [...jobsOf(queue).values()].map((entry) => entry.state)
        const of = (state: Entry['state']) => states.filter((one) => one === state).length
        return { waiting: of('waiting'), delayed: of('delayed'), active: of('active'), failed: 0 }
      }
      return { inbox: count('inbox'), act: count('act'), run: count('run'), wait: count('wait'), project: count('project') }
    },
    async close(grace_ms) {
      ending.abort(new Error('the process ends'))
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, grace_ms)))
      await Promise.race([Promise.all(running), late])
      clearTimeout(timer)
      for (const entry of all()) if (entry.state === 'active') entry.state = 'waiting'
    },
    tick,
    idle: () => (busy() ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve()),
  }
}

/** Null: not to be tried again. */
function pauseBefore(error: unknown, failures: number, backoff_ms: number): number | null {
  if (!(error instanceof Error && 'retryable' in error && error.retryable === true)) return null
  return 'retry_after_ms' in error && typeof error.retry_after_ms === 'number' ? error.retry_after_ms : backoff_ms * 2 ** (failures - 1)
}
