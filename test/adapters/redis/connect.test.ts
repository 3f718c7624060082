import { expect, test } from 'vitest'
import { redisAddress } from '../../../src/adapters/redis/connect.ts'

test.for([
  ['redis://localhost', { host: 'localhost', port: 6379 }],
  ['redis://127.0.0.1:6390/3', { host: '127.0.0.1', port: 6390, db: 3 }],
  ['redis://[::1]:6390', { host: '::1', port: 6390 }],
  ['redis://ada:p%40ss%2Fword@redis.internal:6380', { host: 'redis.internal', port: 6380, username: 'ada', password: 'p@ss/word' }],
  ['redis://:secret@redis.internal', { host: 'redis.internal', port: 6379, password: 'secret' }],
  ['rediss://redis.internal:6380/1', { host: 'redis.internal', port: 6380, tls: { servername: 'redis.internal' }, db: 1 }],
  ['unix:///run/redis/redis.sock', { path: '/run/redis/redis.sock' }],
  ['unix:///run/with%20space/redis.sock?db=2', { path: '/run/with space/redis.sock', db: 2 }],
  ['redis+unix:///run/redis.sock?password=secret', { path: '/run/redis.sock', password: 'secret' }],
] as const)('%s is understood', ([url, address]) => {
  expect(redisAddress(url)).toEqual(address)
})

test.for([
  ['localhost:6379', 'a Redis address looks like'],
  ['http://localhost', 'a Redis address looks like'],
  ['', 'a Redis address looks like'],
  ['redis://', 'names no host'],
  ['redis://localhost/first', 'the Redis database is a number'],
  ['unix://run/redis.sock', 'absolute path'],
  ['unix:///', 'absolute path'],
  [`unix:///${'d'.repeat(107)}`, 'has 108 characters and may have 107'],
] as const)('%s is refused in words', ([url, words]) => {
  expect(() => redisAddress(url)).toThrow(words)
})

test('no refusal repeats a password', () => {
  for (const url of ['redis://ada:secret@', 'http://ada:secret@localhost', 'redis://:secret@localhost/first', 'redis+unix://host/x?password=secret']) {
    expect(() => redisAddress(url)).toThrow(/^(?!.*secret)/)
  }
})
