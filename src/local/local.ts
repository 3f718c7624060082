import { readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import type { Mission } from '../domain/mission.ts'
import { cancelledLines, cancelledWords, finishedLines, reportLines, restartLine, startLines, stoppedLine, stuckLine } from '../domain/views/local.ts'
import { openHouse, type House } from '../stage/house.ts'
import type { Out } from '../stage/painter.ts'
import { conversation, type Seen } from './conversation.ts'
import { illustrated } from './pictures.ts'
import { bringHome, Unfit } from './repository.ts'
import type { Remembered, State } from './state.ts'
import { openTerminal, type Terminal } from './terminal.ts'

export interface LocalSpec {
  state: State
  remembered: Remembered
  /** Where the brief's file lies: what it shows is looked for there. */
  brief_dir: string
  /** Worth a word at the beginning. */
  notices: readonly string[]
  redis_url: string
  /** What the app is told beside what the house tells it: the model and its settings. */
  env: Record<string, string>
  unattended: boolean
  /** Leaves the pages up at the end. */
  keep: boolean
  out: Out & Writable
  /** Null where nobody types. */
  input: Readable | null
  signal: AbortSignal
  /** Ends everything as Ctrl-C does. */
  stop: () => void
  /** How the mission of an issue stands. */
  seen(repository_id: number, issue: number): Promise<Seen>
}

export const person = 'you'
const poll_ms = 400
const restarts_limit = 5

/** A mission on a person's own repository, from where it stood to its end or to the next stop. Gives the exit code. */
export async function localMission(spec: LocalSpec): Promise<number> {
  const house = await openHouse({ dir: spec.state.dir, redis_url: spec.redis_url, emulator: { keep: true }, env: spec.env })
  let typed: (line: string) => void = () => {}
  const terminal = openTerminal({ out: spec.out, input: spec.input, typed: (line) => typed(line), ended: () => spec.stop() })
  try {
    const place = await settle(house, spec.remembered, spec.brief_dir)
    const url = `${house.emulator.url}/${place.repo}`
    terminal.say(
      startLines({ url, issue: place.issue, resumed: place.resumed, branch: spec.remembered.branch, base: spec.remembered.base, notices: [...spec.notices, ...place.notices], state: spec.state.dir }),
    )
    await startApp(house)
    const tended = tend(house, terminal, spec)
    const talk = conversation({ person: house.emulator.as(person), repo: place.repo, url, issue: place.issue, terminal, unattended: spec.unattended, now: Date.now })
    typed = (line) => void talk.typed(line).catch((error: unknown) => terminal.say([error instanceof Error ? error.message : String(error)]))
    for (;;) {
      if (spec.signal.aborted) return stopped(terminal)
      const broken = tended.broken()
      if (broken) throw broken
      const ending = await talk.look(await spec.seen(place.id, place.issue).catch(() => ({ mission: null, events: new Set<string>() })))
      if (ending?.is === 'stuck') {
        terminal.say([stuckLine(spec.state.dir)])
        return 1
      }
      if (ending) {
        const code = await finish(spec, house, terminal, ending.mission)
        if (spec.keep) await keepOpen(spec, terminal, url)
        return code
      }
      await pause(poll_ms, undefined, { signal: spec.signal }).catch(() => {})
    }
  } catch (error) {
    if (spec.signal.aborted) return stopped(terminal)
    throw error
  } finally {
    terminal[Symbol.dispose]()
    await house[Symbol.asyncDispose]()
  }
}

/** The pages of a mission that is over, until Ctrl-C. */
export async function lookBack(spec: Pick<LocalSpec, 'state' | 'remembered' | 'redis_url' | 'env' | 'out' | 'signal' | 'stop'>): Promise<void> {
  await using house = await openHouse({ dir: spec.state.dir, redis_url: spec.redis_url, emulator: { keep: true }, env: spec.env })
  using terminal = openTerminal({ out: spec.out, input: null, typed: () => {}, ended: spec.stop })
  const { repo } = await settle(house, spec.remembered, spec.remembered.repo)
  await keepOpen(spec, terminal, `${house.emulator.url}/${repo}`)
}

interface Place {
  repo: string
  id: number
  issue: number
  resumed: boolean
  notices: string[]
}

/** Repository and issue, made where an earlier start has not: each is there whole or not at all. */
async function settle({ emulator }: House, wish: Remembered, brief_dir: string): Promise<Place> {
  const name =
    basename(wish.repo)
      .replace(/\.git$/, '')
      .replace(/[^A-Za-z0-9._-]/g, '-') || 'repository'
  const repo = `local/${name}`
  const { repositories } = await emulator.dump()
  emulator.addUser(person)
  const known = repositories[0] ?? (await emulator.addRepository({ owner: 'local', name, from: wish.repo, branch: wish.branch }))
  emulator.addCollaborator(repo, person, 'admin')
  await emulator.save()
  const asked = (repositories[0]?.issues ?? []).find((issue) => issue.user === person)
  if (asked) return { repo, id: known.id, issue: asked.number, resumed: true, notices: [] }
  const { body, notices } = await illustrated(wish.body, { dir: brief_dir, repo: wish.repo }, (file) => emulator.attach(repo, person, file))
  const { number } = await emulator.as(person).createIssue(repo, { title: wish.title, body, labels: ['mission'] })
  return { repo, id: known.id, issue: number, resumed: false, notices }
}

async function startApp(house: House): Promise<void> {
  house.start('both')
  try {
    await house.ready()
  } catch {
    throw new Unfit(await lastWords(house))
  }
}

/** The app's own words when it cannot do its work at all: the end of its log. */
async function lastWords({ log_file }: House): Promise<string> {
  const lines = (await readFile(log_file, 'utf8').catch(() => '')).trimEnd().split('\n')
  const words = lines.slice(-8).filter((line) => !line.startsWith('{'))
  return `The app could not start.${words.length > 0 ? `\n${words.join('\n')}` : ''}\nIts log is ${log_file}`
}

/** An app that dies is started again, a limited number of times: what it was at is in the journal. */
function tend(house: House, terminal: Terminal, spec: LocalSpec): { broken(): Error | null } {
  let broken: Error | null = null
  void (async () => {
    for (let n = 1; ; n++) {
      const code = await house.apps.at(-1)?.exited
      if (spec.signal.aborted || house.closing()) return
      if (n > restarts_limit) {
        broken = new Unfit(`The app ended ${restarts_limit} times without being asked to; its log is ${house.log_file}. Everything is kept: run the same command again when that is mended.`)
        return
      }
      terminal.say([restartLine(code ?? null, house.log_file)])
      house.start('both')
    }
  })()
  return { broken: () => broken }
}

/** The result goes home, and what is said of it stays for the next call. */
async function finish(spec: LocalSpec, house: House, terminal: Terminal, m: Mission): Promise<number> {
  const { remembered, state } = spec
  if (m.outcome === 'cancelled' || m.delivery.pull === null) {
    const words = cancelledWords(m)
    await state.write({ ...remembered, end: { is: 'cancelled', words } })
    terminal.say(cancelledLines(words, state.dir))
    return 1
  }
  const [repository] = (await house.emulator.dump()).repositories
  const sha = repository?.refs[`refs/heads/${remembered.branch}`]
  if (!repository || !sha) throw new Unfit(`The branch ${remembered.branch} is gone from the GitHub on this machine; look at ${house.emulator.url}.`)
  const branch = `missions/${m.request.issue.number}-${slug(m.understanding?.title ?? remembered.title)}`
  const name = await bringHome(remembered.repo, { from: house.emulator.repositoryDir(repository.id), sha, branch })
  const taken = { branch: name, sha, base: remembered.base }
  const report = reportLines(m, 'left out')
  await writeFile(join(state.dir, 'report.txt'), `${reportLines(m, 'open').join('\n')}\n`)
  await state.write({ ...remembered, end: { is: 'taken', ...taken, report } })
  terminal.say(finishedLines(report, taken, remembered.repo, join(state.dir, 'report.txt')))
  return m.outcome === 'validated' ? 0 : 1
}

/** What is said when the same is asked for again. */
export function endLines(remembered: Remembered, dir: string): string[] {
  const { end } = remembered
  if (!end) return []
  if (end.is === 'cancelled') return ['This mission has ended.', ...cancelledLines(end.words, dir)]
  return ['This mission is finished.', '', ...finishedLines(end.report, end, remembered.repo, join(dir, 'report.txt')), `To have the same done afresh, remove ${dir}.`]
}

async function keepOpen(spec: Pick<LocalSpec, 'signal'>, terminal: Terminal, url: string): Promise<void> {
  terminal.say(['', `The pages stay up until Ctrl-C: ${url}`])
  if (!spec.signal.aborted) await new Promise((resolve) => spec.signal.addEventListener('abort', resolve, { once: true }))
}

function stopped(terminal: Terminal): number {
  terminal.prompt('')
  terminal.say([stoppedLine()])
  return 130
}

function slug(title: string): string {
  return (
    title
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '')
      .slice(0, 40)
      .replace(/-$/, '') || 'result'
  )
}
