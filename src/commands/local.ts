import { openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ReadStream } from 'node:tty'
import { connectRedis } from '../adapters/redis/connect.ts'
import { redisJournal } from '../adapters/redis/journal.ts'
import { startRedisServer } from '../adapters/redis/server.ts'
import { readLocalConfig } from '../config.ts'
import { endLines, localMission, lookBack } from '../local/local.ts'
import { originOf, placeOf } from '../local/repository.ts'
import { openState, type Remembered } from '../local/state.ts'
import { missionStore } from '../runner/missions.ts'
import { ensureSystemPackages, systemPackages } from '../system-packages.ts'
import { parse, Usage } from './usage.ts'

const how = 'missions local --repo PATH --brief FILE|- [--issue TITLE] [--yes] [--keep]'

/** A mission on a person's own repository, on this machine. The same call again goes on where it stood. */
export async function local(args: string[]): Promise<number> {
  const options = { repo: { type: 'string' }, brief: { type: 'string' }, issue: { type: 'string' }, yes: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } } as const
  const { values, positionals } = parse(args, options, how)
  if (!values.repo || positionals.length > 0) throw new Usage(`usage: ${how}`)
  const settings = readLocalConfig(process.env)
  if (!values.yes && !process.stdout.isTTY) throw new Usage('There is no terminal to ask questions on. Run it in one, or add --yes: it takes every default, approves the plan and takes the result.')
  const repo = await placeOf(values.repo)
  const wish = await wishOf(values)

  await using state = await openState(settings.state_dir ?? join(homedir(), '.local', 'state', 'missions'), { repo, ...wish })
  const earlier = await state.read()
  if (earlier?.end) {
    process.stdout.write(`${endLines(earlier, state.dir).join('\n')}\n`)
    if (!values.keep) return earlier.end.is === 'taken' ? 0 : 1
  }
  const origin = earlier ? null : await originOf(repo)
  const remembered: Remembered = earlier ?? { v: 1, repo, ...wish, branch: origin?.branch ?? '', base: origin?.head ?? '', end: null }
  const say = (line: string) => process.stderr.write(`${line}\n`)
  const { git, redis: store, bubblewrap, chromium } = systemPackages
  ensureSystemPackages([git, store, ...(settings.sandbox === 'none' ? [] : [bubblewrap]), { ...chromium, override: settings.chromium }], say)
  if (!earlier) await state.write(remembered)

  const { signal, stop } = interruptible()
  await using server = await startRedisServer(join(state.dir, 'redis'))
  const redis = connectRedis(server.address)
  const journal = redisJournal(redis)
  const missions = missionStore(journal)
  const common = { state, remembered, redis_url: server.url, env: settings.app_env, out: process.stdout, signal, stop }
  try {
    if (earlier?.end) {
      await lookBack(common)
      return 0
    }
    return await localMission({
      ...common,
      brief_dir: values.brief === undefined || values.brief === '-' ? process.cwd() : dirname(resolve(values.brief)),
      notices: origin?.notices ?? [],
      unattended: values.yes,
      keep: values.keep,
      input: values.yes ? null : keyboard(),
      async seen(repository_id, issue) {
        const key = await journal.latest(repository_id, issue)
        if (!key) return { mission: null, events: new Set() }
        const { mission, seen: events } = await missions.load(key)
        return { mission, events }
      },
    })
  } finally {
    redis.disconnect()
  }
}

/** Title and text of the issue: the first line is the title unless one is given. */
async function wishOf({ brief, issue }: { brief?: string | undefined; issue?: string | undefined }): Promise<{ title: string; body: string }> {
  if (brief === undefined && issue === undefined) throw new Usage(`Say what is wanted: --brief with a file (or - for what is piped in), or --issue with a title.\nusage: ${how}`)
  const text =
    brief === undefined
      ? ''
      : (await briefOf(brief))
          .replace(/^\uFEFF/, '')
          .replaceAll('\r\n', '\n')
          .trim()
  if (issue !== undefined) {
    if (issue.trim() === '') throw new Usage('--issue needs a title.')
    return { title: clipped(issue.trim()), body: text }
  }
  const [first = '', ...rest] = text.split('\n')
  const title = first.replace(/^#+\s*/, '').trim()
  if (title === '') throw new Usage(`The brief ${brief ?? ''} is empty. Its first line is the title, the rest says what is wanted.`)
  // A long first line is no title: the text keeps it whole.
  return { title: clipped(title), body: title.length > title_limit ? text : rest.join('\n').trim() }
}

const title_limit = 200

function clipped(title: string): string {
  return title.length > title_limit ? `${title.slice(0, title_limit - 1)}…` : title
}

async function briefOf(path: string): Promise<string> {
  if (path !== '-') {
    return readFile(resolve(path), 'utf8').catch((error: unknown) => {
      throw new Usage(`The brief cannot be read: ${error instanceof Error ? error.message : String(error)}`)
    })
  }
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}

/** Where the person types, also when the brief came in by a pipe. */
function keyboard(): ReadStream | typeof process.stdin {
  if (process.stdin.isTTY && !process.stdin.readableEnded) return process.stdin
  try {
    return new ReadStream(openSync('/dev/tty', 'r+'))
  } catch {
    throw new Usage('There is no terminal to type answers on. Run it in one, or add --yes.')
  }
}

/** Ctrl-C and SIGTERM stop in order; a second one ends at once. */
function interruptible(): { signal: AbortSignal; stop: () => void } {
  const over = new AbortController()
  const stop = () => over.abort(new Error('interrupted'))
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, stop)
  return { signal: over.signal, stop }
}
