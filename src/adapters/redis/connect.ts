import { Redis } from 'ioredis'

/** Where a Redis is, in the words both ioredis and BullMQ take. */
export type RedisAddress = ({ path: string } | { host: string; port: number; tls?: { servername: string } }) & { username?: string; password?: string; db?: number }

/** Longer ones are cut by the kernel's `sockaddr_un`, and the server then binds another file. */
const longestSocketPath = 107

/** `redis://[user:password@]host[:port][/db]`, `rediss://…` (TLS), `unix:///path[?username=&password=&db=]`, also written `redis+unix://`. Throws an Error that a person understands. */
export function redisAddress(url: string): RedisAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null
  switch (parsed?.protocol) {
    case 'redis:':
    case 'rediss:':
      return { ...tcp(parsed), ...credentials({ username: decodeURIComponent(parsed.username), password: decodeURIComponent(parsed.password) }), ...database(parsed.pathname.slice(1)) }
    case 'unix:':
    case 'redis+unix:':
      return { path: checkedSocketPath(socketPath(parsed)), ...credentials(ofQuery(parsed)), ...database(parsed.searchParams.get('db') ?? '') }
    case undefined:
    default:
      throw new Error('a Redis address looks like redis://host:6379, rediss://host:6380 or unix:///path/to/redis.sock')
  }
}

export function checkedSocketPath(path: string): string {
  const bytes = Buffer.byteLength(path)
  if (bytes > longestSocketPath) throw new Error(`the Redis socket path has ${bytes} characters and may have ${longestSocketPath}: choose a shorter folder than ${path}`)
  return path
}

/**
 * A connection for short commands (journal, ledger). Nothing waits in it while Redis is away: commands fail and `reach` tells
 * the caller; the connection itself comes back for ever. A command that was sent when the connection broke is not sent again,
 * for it may have been done.
 */
export function connectRedis(address: RedisAddress, hear: { error?: (error: Error) => void } = {}): Redis {
  const redis = new Redis({
    ...address,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 2000,
    retryStrategy: (times) => Math.min(50 * times, 500),
  })
  // Each caller that waits for the connection listens on it.
  redis.setMaxListeners(0)
  redis.on('error', (error) => hear.error?.(error))
  return redis
}

function tcp(url: URL): { host: string; port: number; tls?: { servername: string } } {
  if (url.hostname === '') throw new Error('the Redis address names no host')
  const host = decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '')
  const place = { host, port: url.port === '' ? 6379 : Number(url.port) }
  return url.protocol === 'rediss:' ? { ...place, tls: { servername: host } } : place
}

function socketPath(url: URL): string {
  const path = decodeURIComponent(url.pathname)
  if (url.hostname !== '' || !path.startsWith('/') || path === '/') throw new Error('a Redis socket is written with its absolute path, as unix:///path/to/redis.sock')
  return path
}

/** An address without a host has no place for them before it. */
function ofQuery(url: URL): { username: string; password: string } {
  return { username: url.searchParams.get('username') ?? '', password: url.searchParams.get('password') ?? '' }
}

function credentials({ username, password }: { username: string; password: string }): { username?: string; password?: string } {
  return { ...(username === '' ? {} : { username }), ...(password === '' ? {} : { password }) }
}

function database(text: string): { db?: number } {
  if (text === '') return {}
  if (!/^\d{1,4}$/.test(text)) throw new Error(`the Redis database is a number, not ${JSON.stringify(text)}`)
  return { db: Number(text) }
}
