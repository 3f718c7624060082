import { expect, test } from 'vitest'
import { memoryJobs } from '../../../src/adapters/memory/jobs.ts'
import { aborted, contractSettings, jobsContract, recorder } from '../../contracts/jobs.ts'

jobsContract('memory', async () => {
  const jobs = memoryJobs(undefined, contractSettings)
  return { jobs, [Symbol.asyncDispose]: () => jobs.close(0) }
})

test('with a clock of the test, delayed jobs wait for the clock and a tick', async () => {
  let now = new Date('2026-11-21T12:00:00Z')
  const jobs = memoryJobs({ now: () => now })
  const { handle, seen } = recorder()
  await jobs.work({ wait: { handle, concurrency: 1 } })
  await jobs.add({ queue: 'wait', id: 'alarm', data: {}, delay_ms: 3_600_000 })
  jobs.tick()
  await jobs.idle()
  expect(seen).toHaveLength(0)
  now = new Date('2026-11-21T13:00:00Z')
  jobs.tick()
  await jobs.idle()
  expect(seen.map((job) => job.id)).toEqual(['alarm'])
})

test('close gives back what fails by the signal and what does not end in time', async () => {
  const jobs = memoryJobs()
  const { handle, seen } = recorder(async ({ id }, signal) => {
    if (id === 'stubborn') await new Promise(() => {})
    await aborted(signal)
    throw new Error('stopped in the middle')
  })
  await jobs.work({ run: { handle, concurrency: 2 } })
  for (const id of ['stubborn', 'obedient']) await jobs.add({ queue: 'run', id, data: {} })
  expect(seen).toHaveLength(2)
  await jobs.close(20)
  expect((await jobs.counts()).run).toEqual({ waiting: 2, delayed: 0, active: 0, failed: 0 })
})
