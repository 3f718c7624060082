import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { checkedSocketPath, connectRedis, type RedisAddress } from './connect.ts'

export interface RedisServer extends AsyncDisposable {
  address: RedisAddress
  /** As REDIS_URL takes it. */
  url: string
  pid: number
  /** Ends it; what was appended stays in the folder, and a new server there has it again. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

/** A private `redis-server` on a socket in `dir`, where its files lie too. Durable: an answered write is on the disk. Ends with this process. */
export async function startRedisServer(dir: string, limits: { start_ms: number } = { start_ms: 10_000 }): Promise<RedisServer> {
  const path = checkedSocketPath(join(dir, 'redis.sock'))
  await mkdir(dir, { recursive: true })
  const log = join(dir, 'redis.log')
  await earlierEnded(path, limits.start_ms)
  const child = launch(['--port', '0', '--unixsocket', path, '--unixsocketperm', '700', '--dir', dir, '--logfile', log, '--save', '', ...durable])
  const ended = once(child, 'exit')
  ended.catch(() => {})
  const endNow = () => child.kill()
  process.once('exit', endNow)
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    process.off('exit', endNow)
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await ended
  }
  try {
    await answers({ path }, child, limits.start_ms)
  } catch (error) {
    await stop('SIGKILL')
    const tail = await readFile(log, 'utf8').catch(() => '')
    throw new Error(`redis-server did not start: ${error instanceof Error ? error.message : String(error)}\n${tail.slice(-2000)}`, { cause: error })
  }
  return { address: { path }, url: `unix://${path.split('/').map(encodeURIComponent).join('/')}`, pid: child.pid ?? 0, stop, [Symbol.asyncDispose]: () => stop() }
}

const durable = ['--maxmemory-policy', 'noeviction', '--appendonly', 'yes', '--appendfsync', 'always']

/** A session of its own, so that Ctrl-C reaches us first and we can put things down. `setpriv` (util-linux) ends the server when this process is killed. */
function launch(args: string[]): ChildProcess {
  const guard = existsSync('/usr/bin/setpriv') ? ['/usr/bin/setpriv', '--pdeathsig', 'TERM'] : []
  const [program = 'redis-server', ...rest] = [...guard, 'redis-server', ...args]
  return spawn(program, rest, { stdio: 'ignore', detached: true })
}

/** Two servers would write one file: one that outlived its owner puts its things down first. */
async function earlierEnded(path: string, limit_ms: number): Promise<void> {
  const until = performance.now() + limit_ms
  while (await reachable(path)) {
    const redis = connectRedis({ path })
    redis.once('ready', () => void redis.call('SHUTDOWN').catch(() => {}))
    await pause(100)
    redis.disconnect()
    if (performance.now() > until) throw new Error(`another redis-server holds ${path} and does not end`)
  }
}

async function reachable(path: string): Promise<boolean> {
  const socket = createConnection(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

async function answers(address: RedisAddress, child: ChildProcess, start_ms: number): Promise<void> {
  const failed = Promise.race([
    once(child, 'error').then(([error]) => error),
    once(child, 'exit').then(([code]) => new Error(`it ended with ${code}${code === 127 ? ': is redis-server installed?' : ''}`)),
  ]).then((error) => {
    throw error
  })
  failed.catch(() => {})
  const redis = connectRedis(address)
  try {
    const up = new Promise<void>((resolve) => redis.once('ready', () => resolve()))
    const late = pause(start_ms, undefined, { ref: false }).then(() => {
      throw new Error(`no answer within ${start_ms} ms`)
    })
    await Promise.race([up, failed, late])
  } finally {
    redis.disconnect()
  }
}
