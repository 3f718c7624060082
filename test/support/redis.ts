import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { connectRedis, type RedisAddress } from '../../src/adapters/redis/connect.ts'
import { startRedisServer } from '../../src/adapters/redis/server.ts'

export interface TestRedis extends AsyncDisposable {
  address: RedisAddress
  url: string
  pid(): number
  /** A connection that is closed with the server. */
  client(): Redis
  /** One that has answered. */
  ready(): Promise<Redis>
  stop(signal?: NodeJS.Signals): Promise<void>
  /** Again on the same files and socket. */
  start(): Promise<void>
}

/** A real redis-server of this test's own: `await using redis = await testRedis()`. */
export async function testRedis(): Promise<TestRedis> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-redis-'))
  let server = await startRedisServer(dir)
  const clients: Redis[] = []
  const client = () => {
    const redis = connectRedis(server.address)
    clients.push(redis)
    return redis
  }
  return {
    address: server.address,
    url: server.url,
    pid: () => server.pid,
    client,
    async ready() {
      const redis = client()
      await once(redis, 'ready')
      return redis
    },
    stop: (signal) => server.stop(signal),
    async start() {
      server = await startRedisServer(dir)
    },
    async [Symbol.asyncDispose]() {
      for (const redis of clients) redis.disconnect()
      await server.stop('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}
