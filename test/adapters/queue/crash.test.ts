import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
import { bullJobs } from '../../../src/adapters/queue/jobs.ts'
import { packageRoot } from '../../../src/paths.ts'
import { JournalAway } from '../../../src/ports/journal.ts'
import { aborted, gatekeeper, patience, recorder } from '../../contracts/jobs.ts'
import { testRedis } from '../../support/redis.ts'

const slow = { timeout: 30_000, interval: 5 }

test('the job of a killed worker process is with another one soon, and counts the crash', async ({ annotate }) => {
  await using redis = await testRedis()
  await using victim = await workerProcess(redis.url, 'crash', 4000)
  await using jobs = disposable(bullJobs({ connection: redis.address, prefix: 'crash' }))
  await jobs.add({ queue: 'run', id: '81234-7.start-run.build.f1.1', data: { step: 1 } })
  await victim.says('started 81234-7.start-run.build.f1.1 1')
  const { handle, seen } = recorder()
  await jobs.work({ run: { handle, concurrency: 1 } })
  const killed_at = performance.now()
  await victim.kill()
  await vi.waitFor(() => expect(seen).toHaveLength(1), slow)
  const back_ms = performance.now() - killed_at
  await annotate(`a killed worker's job was back after ${Math.round(back_ms)} ms`)
  expect(seen).toEqual([{ id: '81234-7.start-run.build.f1.1', data: { step: 1 }, attempt: 2, last_attempt: false }])
  await vi.waitFor(async () => expect((await jobs.counts()).run).toEqual({ waiting: 0, delayed: 0, active: 0, failed: 0 }), patience)
})

test('a job that kills its workers is never failed by the queue; the attempts tell', { timeout: 60_000 }, async () => {
  await using redis = await testRedis()
  const quick = { lock_ms: 400, stalled_ms: 200, attempts: 2 }
  await using jobs = disposable(bullJobs({ connection: redis.address, prefix: 'deadly', ...quick }))
  await jobs.add({ queue: 'run', id: 'deadly-1', data: {} })
  for (let attempt = 1; attempt <= 3; attempt++) {
    await using victim = await workerProcess(redis.url, 'deadly', 400)
    await victim.says(`started deadly-1 ${attempt}`)
  }
  const { handle, seen } = recorder()
  await jobs.work({ run: { handle, concurrency: 1 } })
  await vi.waitFor(() => expect(seen).toEqual([{ id: 'deadly-1', data: {}, attempt: 4, last_attempt: true }]), slow)
})

test('close gives the job of a deaf handler back, and another process has it at once', async ({ annotate }) => {
  await using redis = await testRedis()
  const connection = redis.address
  const old = bullJobs({ connection, prefix: 'close' })
  const deaf = recorder(() => new Promise(() => {}))
  await old.work({ run: { handle: deaf.handle, concurrency: 2 } })
  await old.add({ queue: 'run', id: 'deaf-1', data: 'kept' })
  await vi.waitFor(() => expect(deaf.seen).toHaveLength(1), patience)

  await using young = disposable(bullJobs({ connection, prefix: 'close' }))
  const { handle, seen } = recorder()
  await young.work({ run: { handle, concurrency: 1 } })
  const asked_at = performance.now()
  await old.close(100)
  await vi.waitFor(() => expect(seen).toEqual([{ id: 'deaf-1', data: 'kept', attempt: 1, last_attempt: false }]), patience)
  const handed_over_ms = performance.now() - asked_at
  await annotate(`handed over ${Math.round(handed_over_ms)} ms after close(100)`)
})

test('close gives back what the signal stopped in the middle, without counting an attempt', async () => {
  await using redis = await testRedis()
  const connection = redis.address
  const old = bullJobs({ connection, prefix: 'stop', attempts: 1 })
  const stopped = recorder(async (_, signal) => {
    await aborted(signal)
    throw new Error('stopped in the middle')
  })
  await old.work({ run: { handle: stopped.handle, concurrency: 1 } })
  for (const id of ['turn-1', 'turn-2']) await old.add({ queue: 'run', id, data: {} })
  await vi.waitFor(() => expect(stopped.seen).toHaveLength(1), patience)
  await old.close(5000)
  await using young = disposable(bullJobs({ connection, prefix: 'stop', attempts: 1 }))
  const { handle, seen } = recorder()
  await young.work({ run: { handle, concurrency: 1 } })
  await vi.waitFor(
    () =>
      expect(seen.map((job) => [job.id, job.attempt])).toEqual([
        ['turn-1', 1],
        ['turn-2', 1],
      ]),
    patience,
  )
})

test('a worker that lost its lock is told, and the job is done by who has it', async () => {
  await using redis = await testRedis()
  const failed: string[] = []
  await using jobs = disposable(bullJobs({ connection: redis.address, prefix: 'fence', lock_ms: 600, stalled_ms: 100, hear: { failed: ({ id }) => failed.push(id) } }))
  const reasons: unknown[] = []
  const { handle, seen } = recorder(async ({ attempt }, signal) => {
    if (attempt > 1) return { done: true }
    await aborted(signal)
    reasons.push(signal.reason)
    throw signal.reason
  })
  await jobs.work({ run: { handle, concurrency: 2 } })
  await jobs.add({ queue: 'run', id: 'fenced-1', data: {} })
  await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
  const client = await redis.ready()
  await client.set('fence:run:fenced-1:lock', 'somebody-else', 'PX', 1000)
  await vi.waitFor(() => expect(seen).toHaveLength(2), slow)
  expect(reasons).toEqual([new Error('the lock of this job was lost')])
  await vi.waitFor(async () => expect((await jobs.counts()).run).toEqual({ waiting: 0, delayed: 0, active: 0, failed: 0 }), patience)
  expect(failed).toEqual([])
})

test('Redis away: add says so within a second, workers are told, and all goes on when it is back', async () => {
  await using redis = await testRedis()
  const heard: string[] = []
  await using jobs = disposable(bullJobs({ connection: redis.address, prefix: 'outage', lock_ms: 1000, stalled_ms: 200, hear: { error: (error) => heard.push(error.message) } }))
  const gate = gatekeeper()
  const { handle, seen } = recorder(async ({ id, attempt }, signal) => {
    if (id === 'running-1' && attempt === 1) {
      await aborted(signal)
      gate.open()
      throw signal.reason
    }
    return { done: true }
  })
  await jobs.work({ run: { handle, concurrency: 2 } })
  await jobs.add({ queue: 'run', id: 'running-1', data: {} })
  await jobs.add({ queue: 'run', id: 'later-1', data: {}, delay_ms: 500 })
  await vi.waitFor(() => expect(seen).toHaveLength(1), patience)
  await redis.stop('SIGKILL')

  await expect(jobs.add({ queue: 'inbox', id: 'fact-1', data: {} })).rejects.toThrow(JournalAway)
  await expect(jobs.add({ queue: 'inbox', id: 'fact-2', data: {} })).rejects.toMatchObject({ retryable: true })
  await gate.opened
  expect(heard.length).toBeGreaterThan(0)

  await redis.start()
  await vi.waitFor(() => expect(seen.map((job) => `${job.id} ${job.attempt}`).sort()).toEqual(['later-1 1', 'running-1 1', 'running-1 2']), slow)
  await jobs.add({ queue: 'run', id: 'new-1', data: {} })
  await vi.waitFor(() => expect(seen).toHaveLength(4), slow)
})

test('started before Redis is there, it works once Redis comes, and can be closed without it', async () => {
  await using redis = await testRedis()
  await redis.stop()
  const early = bullJobs({ connection: redis.address, prefix: 'early' })
  const lonely = bullJobs({ connection: redis.address, prefix: 'early' })
  const { handle, seen } = recorder()
  for (const jobs of [early, lonely]) await jobs.work({ inbox: { handle, concurrency: 1 } })
  await expect(early.add({ queue: 'inbox', id: 'fact-1', data: {} })).rejects.toThrow(JournalAway)
  await lonely.close(1000)
  await redis.start()
  await vi.waitFor(() => early.add({ queue: 'inbox', id: 'fact-2', data: {} }), slow)
  await vi.waitFor(() => expect(seen.map((job) => job.id)).toContain('fact-2'), slow)
  await early.close(1000)
})

test.for(['delayed', 'wait', 'meta', ''])('the id %j would overwrite the queue itself and is refused', async (id) => {
  await using redis = await testRedis()
  await using jobs = disposable(bullJobs({ connection: redis.address }))
  await expect(jobs.add({ queue: 'act', id, data: {} })).rejects.toThrow("BullMQ's own keys")
})

function disposable<T extends { close(grace_ms: number): Promise<void> }>(jobs: T): T & AsyncDisposable {
  return Object.assign(jobs, { [Symbol.asyncDispose]: () => jobs.close(0) })
}

async function workerProcess(url: string, prefix: string, lock_ms: number) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/adapters/queue/worker-process.ts', url, prefix, String(lock_ms)], { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[] = []
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line))
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  const says = (line: string) => vi.waitFor(() => expect(said).toContain(line), slow)
  await says('ready')
  return { says, kill, [Symbol.asyncDispose]: kill }
}
