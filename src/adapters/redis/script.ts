import { createHash } from 'node:crypto'
import { ReplyError, type Redis } from 'ioredis'

/** Runs a Lua script by its hash; a Redis that forgot it (a restart) gets its text. */
export function script(lua: string): (redis: Redis, keys: string[], args: (string | number)[]) => Promise<unknown> {
  const sha = createHash('sha1').update(lua).digest('hex')
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(sha, keys.length, ...keys, ...args)
    } catch (error) {
      if (!(error instanceof Error && error instanceof ReplyError && error.message.startsWith('NOSCRIPT'))) throw error
      return await redis.eval(lua, keys.length, ...keys, ...args)
    }
  }
}
