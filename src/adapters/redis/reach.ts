import { ReplyError, type Redis } from 'ioredis'
import { JournalAway } from '../../ports/journal.ts'

const patience_ms = 900

/** Does something with Redis, or says `JournalAway` within about a second: away, hung, loading, read-only or out of space. */
export async function reach<T>(redis: Redis, command: () => Promise<T>): Promise<T> {
  const deadline = AbortSignal.timeout(patience_ms)
  try {
    await within(deadline, ready(redis, deadline))
    return await within(deadline, command())
  } catch (error) {
    if (isBug(error)) throw error
    throw new JournalAway(`Redis is away: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** Answers that mean "not now"; every other answer of a Redis that speaks is a mistake of ours. */
const notNow = /^(LOADING|READONLY|MISCONF|OOM|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|BUSY|NOREPLICAS|UNKILLABLE)\b/

function isBug(error: unknown): boolean {
  return error instanceof Error && error instanceof ReplyError && !notNow.test(error.message)
}

function ready(redis: Redis, deadline: AbortSignal): Promise<void> {
  if (redis.status === 'ready') return Promise.resolve()
  if (redis.status === 'end') return Promise.reject(new Error('the connection was closed'))
  return new Promise((resolve) => {
    const heard = () => resolve()
    redis.once('ready', heard)
    deadline.addEventListener('abort', () => redis.off('ready', heard), { once: true })
  })
}

async function within<T>(deadline: AbortSignal, work: Promise<T>): Promise<T> {
  let expire = () => {}
  const late = new Promise<never>((_, reject) => {
    expire = () => reject(new Error(`no answer within ${patience_ms} ms`))
  })
  if (deadline.aborted) expire()
  deadline.addEventListener('abort', expire, { once: true })
  try {
    return await Promise.race([work, late])
  } finally {
    deadline.removeEventListener('abort', expire)
  }
}
