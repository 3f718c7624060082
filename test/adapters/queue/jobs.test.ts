import { afterAll, beforeAll } from 'vitest'
import { bullJobs } from '../../../src/adapters/queue/jobs.ts'
import { contractSettings, jobsContract } from '../../contracts/jobs.ts'
import { testRedis, type TestRedis } from '../../support/redis.ts'

let shared: TestRedis
let made = 0
beforeAll(async () => {
  shared = await testRedis()
})
afterAll(() => shared[Symbol.asyncDispose]())

jobsContract('bullmq', async () => {
  const jobs = bullJobs({ connection: shared.address, prefix: `contract-${++made}`, ...contractSettings })
  return { jobs, [Symbol.asyncDispose]: () => jobs.close(0) }
})
