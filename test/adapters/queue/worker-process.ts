import { bullJobs } from '../../../src/adapters/queue/jobs.ts'
import { redisAddress } from '../../../src/adapters/redis/connect.ts'

// A worker in a process of its own, whose jobs never end: `worker-process.ts <redis url> <prefix> <lock_ms>`. Prints `started <id> <attempt>`.
const [url = '', prefix = '', lock_ms = ''] = process.argv.slice(2)
const jobs = bullJobs({ connection: redisAddress(url), prefix, lock_ms: Number(lock_ms), stalled_ms: 200 })
await jobs.work({
  run: {
    concurrency: 1,
    async handle({ id, attempt }) {
      process.stdout.write(`started ${id} ${attempt}\n`)
      return new Promise(() => {})
    },
  },
})
process.stdout.write('ready\n')
