import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { connectRedis, redisAddress } from '../../../src/adapters/redis/connect.ts'
import { redisProblems } from '../../../src/adapters/redis/health.ts'
import { startRedisServer } from '../../../src/adapters/redis/server.ts'
import { JournalAway } from '../../../src/ports/journal.ts'
import { testRedis } from '../../support/redis.ts'

test('the private server answers under its url, is as durable as we ask of others, and ends with its scope', async () => {
  await using folder = await tempFolder()
  let pid: number
  {
    await using server = await startRedisServer(folder.dir)
    pid = server.pid
    const redis = connectRedis(redisAddress(server.url))
    expect(await redisProblems(redis)).toEqual([])
    redis.disconnect()
  }
  expect(() => process.kill(pid, 0)).toThrow('ESRCH')
})

test('its password-free socket is open to its user only, and no port is', async () => {
  await using redis = await testRedis()
  const client = await redis.ready()
  expect(await client.config('GET', 'port')).toEqual(['port', '0'])
  expect(await client.config('GET', 'unixsocketperm')).toEqual(['unixsocketperm', '700'])
})

test('a folder too deep for a socket is refused before anything starts', async () => {
  await expect(startRedisServer(`/${'d'.repeat(100)}`)).rejects.toThrow('choose a shorter folder')
})

test('a server that outlived its owner puts its things down before the next one starts there', async () => {
  await using folder = await tempFolder()
  await using first = await startRedisServer(folder.dir)
  const redis = connectRedis(first.address)
  await once(redis, 'ready')
  await redis.set('kept', 'yes')
  await using second = await startRedisServer(folder.dir)
  expect(() => process.kill(first.pid, 0)).toThrow('ESRCH')
  const next = connectRedis(second.address)
  await once(next, 'ready')
  expect(await next.get('kept')).toBe('yes')
  redis.disconnect()
  next.disconnect()
})

test('a server that cannot start says why', async () => {
  await using folder = await tempFolder()
  await using first = await startRedisServer(folder.dir)
  const redis = connectRedis(first.address)
  await once(redis, 'ready')
  await redis.set('kept', 'yes')
  await first.stop()
  redis.disconnect()
  const [file = ''] = (await readdir(join(folder.dir, 'appendonlydir'))).filter((name) => name.endsWith('.incr.aof'))
  await writeFile(join(folder.dir, 'appendonlydir', file), '*1\r\nbroken in the middle\r\n*1\r\n')
  await expect(startRedisServer(folder.dir)).rejects.toThrow(/redis-server did not start:.*\n[^]*Bad file format/)
})

test('each setting that would lose missions is told, with what to do', async () => {
  await using redis = await testRedis()
  const client = await redis.ready()
  await client.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await client.config('SET', 'appendfsync', 'everysec')
  expect(await redisProblems(client)).toEqual([
    'Redis has maxmemory-policy allkeys-lru; set it to noeviction: anything else may throw journals and jobs away',
    'Redis has appendfsync everysec; set it to always: otherwise a crash loses the last second',
  ])
  await client.config('SET', 'appendonly', 'no')
  expect(await redisProblems(client)).toContain('Redis has appendonly no; set it to yes: otherwise a restart loses the missions')
})

test('a server that keeps its settings to itself is asked about', async () => {
  await using redis = await testRedis()
  const client = await redis.ready()
  await client.call('ACL', 'SETUSER', 'hosted', 'on', '>secret', '~*', '+@all', '-config')
  const hosted = connectRedis({ ...redis.address, username: 'hosted', password: 'secret' })
  expect(await redisProblems(hosted)).toHaveLength(3)
  hosted.disconnect()
})

test('health of a server that is away is away, not well', async () => {
  await using redis = await testRedis()
  const client = await redis.ready()
  await redis.stop()
  await expect(redisProblems(client)).rejects.toThrow(JournalAway)
})

async function tempFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'missions-server-'))
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}
