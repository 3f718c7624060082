import { expect, test, vi } from 'vitest'
import type { Handler, JobResult, Jobs } from '../../src/ports/jobs.ts'

export const contractSettings = { attempts: 3, backoff_ms: 20 }

const done: JobResult = { done: true }
const none = { waiting: 0, delayed: 0, active: 0, failed: 0 }

class Away extends Error {
  readonly retryable = true
}

/** What every Jobs keeps. `make` gives an empty store with `contractSettings`. */
export function jobsContract(name: string, make: () => Promise<{ jobs: Jobs } & AsyncDisposable>): void {
  test(`${name}: a job is handled once, with its id and data, and is gone`, async () => {
    await using store = await make()
    const { handle, seen } = recorder()
    await store.jobs.work({ act: { handle, concurrency: 1 } })
    await store.jobs.add({ queue: 'act', id: '81234-7.open-pr.f3.1', data: { deep: ['ä', null, 1.5] } })
    await ended(store.jobs)
    expect(seen).toEqual([{ id: '81234-7.open-pr.f3.1', data: { deep: ['ä', null, 1.5] }, attempt: 1, last_attempt: false }])
    expect(await store.jobs.counts()).toEqual({ inbox: none, act: none, run: none, wait: none, project: none })
  })

  test(`${name}: jobs wait for a worker and are taken in order`, async () => {
    await using store = await make()
    const { handle, seen } = recorder()
    for (const id of ['a', 'b', 'c']) await store.jobs.add({ queue: 'inbox', id, data: {} })
    expect((await store.jobs.counts()).inbox).toEqual({ ...none, waiting: 3 })
    await store.jobs.work({ inbox: { handle, concurrency: 1 } })
    await ended(store.jobs)
    expect(seen.map((job) => job.id)).toEqual(['a', 'b', 'c'])
  })

  test(`${name}: an id that is waiting, delayed or running is not added again; one that ended is`, async () => {
    await using store = await make()
    const gate = gatekeeper()
    const { handle, seen } = recorder(async () => (await gate.opened, done))
    for (const n of [1, 2]) await store.jobs.add({ queue: 'run', id: 'soon', data: n })
    for (const n of [1, 2]) await store.jobs.add({ queue: 'run', id: 'later', data: n, delay_ms: 60_000 })
    expect((await store.jobs.counts()).run).toEqual({ ...none, waiting: 1, delayed: 1 })
    await store.jobs.work({ run: { handle, concurrency: 2 } })
    await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
    await store.jobs.add({ queue: 'run', id: 'soon', data: 3 })
    expect((await store.jobs.counts()).run).toEqual({ ...none, active: 1, delayed: 1 })
    gate.open()
    await ended(store.jobs)
    await store.jobs.add({ queue: 'run', id: 'soon', data: 4 })
    await ended(store.jobs)
    expect(seen.map((job) => job.data)).toEqual([1, 4])
  })

  test(`${name}: a job is at work from when it is taken until it has ended, not while it waits`, async () => {
    await using store = await make()
    const gate = gatekeeper()
    const { handle, seen } = recorder(async () => (await gate.opened, done))
    await store.jobs.add({ queue: 'run', id: 'a', data: {} })
    await store.jobs.add({ queue: 'run', id: 'b', data: {}, delay_ms: 60_000 })
    const atWork = async () => [await store.jobs.atWork('run', 'a'), await store.jobs.atWork('run', 'b'), await store.jobs.atWork('wait', 'a'), await store.jobs.atWork('run', 'c')]
    expect(await atWork()).toEqual([false, false, false, false])
    await store.jobs.work({ run: { handle, concurrency: 1 } })
    await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
    expect(await atWork()).toEqual([true, false, false, false])
    gate.open()
    await vi.waitFor(async () => expect(await atWork()).toEqual([false, false, false, false]), patience)
  })

  test(`${name}: the same id in two queues is two jobs`, async () => {
    await using store = await make()
    const [act, project] = [recorder(), recorder()]
    await store.jobs.work({ act: { handle: act.handle, concurrency: 1 }, project: { handle: project.handle, concurrency: 1 } })
    for (const queue of ['act', 'project'] as const) await store.jobs.add({ queue, id: '81234-7', data: queue })
    await ended(store.jobs)
    expect([act.seen.map((job) => job.data), project.seen.map((job) => job.data)]).toEqual([['act'], ['project']])
  })

  test.for(['a:b', '42'])(`${name}: the id %s is refused`, async (id) => {
    await using store = await make()
    await expect(store.jobs.add({ queue: 'act', id, data: {} })).rejects.toThrow('no colon')
  })

  test(`${name}: a delayed job comes after its delay`, async () => {
    await using store = await make()
    const { handle, seen, times } = recorder()
    await store.jobs.work({ wait: { handle, concurrency: 1 } })
    const added_at = performance.now()
    await store.jobs.add({ queue: 'wait', id: 'later', data: {}, delay_ms: 150 })
    await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
    expect((times[0] ?? 0) - added_at).toBeGreaterThanOrEqual(140)
  })

  test(`${name}: a poke brings a delayed job forward, and is nothing to others`, async () => {
    await using store = await make()
    const { handle, seen } = recorder()
    await store.jobs.add({ queue: 'wait', id: 'alarm', data: {}, delay_ms: 600_000 })
    await store.jobs.poke('wait', 'nobody')
    await store.jobs.poke('act', 'alarm')
    await store.jobs.work({ wait: { handle, concurrency: 1 } })
    await store.jobs.poke('wait', 'alarm')
    await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
    await store.jobs.add({ queue: 'inbox', id: 'not-delayed', data: {} })
    await store.jobs.poke('inbox', 'not-delayed')
    expect((await store.jobs.counts()).inbox).toEqual({ ...none, waiting: 1 })
  })

  test(`${name}: again brings the job back after the delay, as if it had never failed`, async () => {
    await using store = await make()
    const script: (() => JobResult)[] = [() => ({ again: true, delay_ms: 60 }), () => raise(new Away('once')), () => ({ again: true, delay_ms: 0 }), () => done]
    const { handle, seen, times } = recorder(async () => (script.shift() ?? (() => done))())
    await store.jobs.work({ wait: { handle, concurrency: 1 } })
    await store.jobs.add({ queue: 'wait', id: 'checks', data: { sha: 'abc' } })
    await vi.waitFor(() => expect(seen).toHaveLength(4), patience)
    await ended(store.jobs)
    expect(seen.map((job) => [job.data, job.attempt])).toEqual([1, 1, 2, 1].map((attempt) => [{ sha: 'abc' }, attempt]))
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(50)
  })

  test(`${name}: a retryable error is tried again with growing pauses, a limited number of times; then the id is free`, async () => {
    await using store = await make()
    const { handle, seen, times } = recorder(async () => raise(new Away('GitHub is away')))
    await store.jobs.work({ act: { handle, concurrency: 1 } })
    await store.jobs.add({ queue: 'act', id: 'unlucky', data: 1 })
    await vi.waitFor(() => expect(seen).toHaveLength(3), patience)
    await ended(store.jobs)
    expect(seen.map(({ attempt, last_attempt }) => ({ attempt, last_attempt }))).toEqual([
      { attempt: 1, last_attempt: false },
      { attempt: 2, last_attempt: false },
      { attempt: 3, last_attempt: true },
    ])
    const [first = 0, second = 0, third = 0] = times
    expect(second - first).toBeGreaterThanOrEqual(18)
    expect(third - second).toBeGreaterThanOrEqual(38)
    await store.jobs.add({ queue: 'act', id: 'unlucky', data: 2 })
    await vi.waitFor(() => expect(seen.at(3)).toMatchObject({ data: 2, attempt: 1 }), patience)
  })

  test(`${name}: an error that names its pause gets it`, async () => {
    await using store = await make()
    const { handle, seen, times } = recorder(async ({ attempt }) => (attempt === 1 ? raise(Object.assign(new Away('slow down'), { retry_after_ms: 1_000 })) : done))
    await store.jobs.work({ act: { handle, concurrency: 1 } })
    await store.jobs.add({ queue: 'act', id: 'limited', data: {} })
    await vi.waitFor(() => expect(seen).toHaveLength(2), patience)
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(500)
  })

  test(`${name}: any other error ends the job at once`, async () => {
    await using store = await make()
    const { handle, seen } = recorder(async () => raise(new Error('a bug')))
    await store.jobs.work({ act: { handle, concurrency: 1 } })
    await store.jobs.add({ queue: 'act', id: 'broken', data: {} })
    await ended(store.jobs)
    expect(seen).toHaveLength(1)
  })

  test(`${name}: no queue runs more than its concurrency, and none stands in another's way`, async () => {
    await using store = await make()
    const gate = gatekeeper()
    const slow = recorder(async () => (await gate.opened, done))
    const quick = recorder()
    await store.jobs.work({ run: { handle: slow.handle, concurrency: 2 }, inbox: { handle: quick.handle, concurrency: 1 } })
    for (let n = 0; n < 5; n++) await store.jobs.add({ queue: 'run', id: `run-${n}`, data: {} })
    for (let n = 0; n < 20; n++) await store.jobs.add({ queue: 'inbox', id: `fact-${n}`, data: {} })
    await vi.waitFor(() => expect(quick.seen).toHaveLength(20), patience)
    expect((await store.jobs.counts()).run).toEqual({ ...none, active: 2, waiting: 3 })
    gate.open()
    await ended(store.jobs)
    expect([slow.seen.length, slow.most()]).toEqual([5, 2])
  })

  test(`${name}: of two hundred jobs, added twice in parallel, each runs once`, async () => {
    await using store = await make()
    const { handle, seen } = recorder()
    const ids = Array.from({ length: 200 }, (_, n) => `job-${n}`)
    await Promise.all([...ids, ...ids].map((id) => store.jobs.add({ queue: 'inbox', id, data: {} })))
    await store.jobs.work({ inbox: { handle, concurrency: 10 } })
    await ended(store.jobs)
    expect(seen.map((job) => job.id).sort()).toEqual(ids.sort())
  })

  test(`${name}: close signals what runs, waits for its end, and takes nothing new`, async () => {
    await using store = await make()
    const { handle, seen } = recorder(async (_, signal) => (await aborted(signal), done))
    await store.jobs.work({ run: { handle, concurrency: 1 } })
    for (const id of ['first', 'second']) await store.jobs.add({ queue: 'run', id, data: {} })
    await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
    await store.jobs.close(5000)
    expect(seen.map((job) => job.id)).toEqual(['first'])
  })
}

export const patience = { timeout: 20_000, interval: 5 }

/** A handler that writes down what it was given. */
export function recorder(answer: Handler = async () => done) {
  const seen: Parameters<Handler>[0][] = []
  const times: number[] = []
  let active = 0
  let most = 0
  const handle: Handler = async (job, signal) => {
    seen.push(job)
    times.push(performance.now())
    most = Math.max(most, ++active)
    try {
      return await answer(job, signal)
    } finally {
      active--
    }
  }
  return { handle, seen, times, most: () => most }
}

export function gatekeeper(): { opened: Promise<void>; open: () => void } {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return { opened, open }
}

export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true })))
}

/** No job waits, runs or comes back soon. */
async function ended(jobs: Jobs): Promise<void> {
  await vi.waitFor(async () => {
    const left = Object.values(await jobs.counts())
    expect(left.every(({ waiting, active }) => waiting + active === 0)).toBe(true)
  }, patience)
}

function raise(error: Error): never {
  throw error
}
