import { memoryJobs } from '../../src/adapters/memory/jobs.ts'
import { memoryJournal } from '../../src/adapters/memory/journal.ts'
import { effectId, Sha } from '../../src/domain/id.ts'
import { Limits, Policy } from '../../src/domain/policy.ts'
import type { Mission } from '../../src/domain/mission.ts'
import type { RawFact } from '../../src/ports/forge.ts'
import type { Jobs } from '../../src/ports/jobs.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { inbox } from '../../src/runner/inbox.ts'
import { missionStore } from '../../src/runner/missions.ts'
import { performer } from '../../src/runner/perform.ts'
import { runner } from '../../src/runner/runner.ts'
import { factJob, sweep } from '../../src/runner/sweep.ts'
import { handlers } from '../../src/runner/work.ts'
import { key } from './builders.ts'
import { memoryAgents } from './memory-agents.ts'
import { memoryForge } from './memory-forge.ts'
import { readGiven } from './told/given.ts'
import { names as newNames } from './told/names.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }
const atOnce = { inbox: 4, act: 8, run: 4, wait: 16, project: 2 }

/** The whole app around one repository, in memory: the real runner over real, small implementations of its ports. */
export async function missionWorld(options: { given?: string; attempts?: number; journal?: Journal } = {}) {
  let minute = 0
  const clock = { now: () => new Date(Date.UTC(2026, 2, 2, 13, 0) + minute * 60_000) }
  const names = newNames()
  const given = readGiven(options.given ?? '')
  const journal = options.journal ?? memoryJournal()
  const forge = memoryForge(names, clock)
  const agents = memoryAgents(given, names)
  const jobs = memoryJobs(clock, { attempts: options.attempts ?? 8, backoff_ms: 1000 })
  const over = new AbortController()
  const app = process(jobs)
  await jobs.work(app.handlers)

  return {
    clock,
    names,
    journal,
    forge,
    agents,
    key,
    app,
    /** Another process of the same app: same journal, own memory; the same queue, or one that will be lost. */
    process: (queue: Jobs = jobs) => process(queue),
    /** Everything that can go on has gone on. */
    settled: () => jobs.idle(),
    async pass(minutes: number) {
      minute += minutes
      jobs.tick()
      await jobs.idle()
    },
    /** Something happens on GitHub, and its webhook comes. */
    async happens(what: Happening): Promise<RawFact> {
      const fact = happened(what)
      await comes(fact)
      return fact
    },
    /** Something happens on GitHub, and its webhook is lost. */
    silently: happened,
    comes,
    async sweeps(look: { facts: boolean }) {
      await sweep({ ...app, journal, jobs, forge, log: silent }, look, over.signal)
      await jobs.idle()
    },
    async mission(of = key): Promise<Mission> {
      const { mission } = await app.missions.load(of)
      if (!mission) throw new Error(`there is no mission ${of}`)
      return mission
    },
    id: (...natural: (string | number)[]) => effectId(key, ...natural),
    async [Symbol.asyncDispose]() {
      over.abort()
      await jobs.close(0)
    },
  }

  function happened(what: Happening): RawFact {
    minute++
    const fact = factOf(what, clock.now().toISOString())
    forge.happened.push(fact)
    return fact
  }

  async function comes(fact: RawFact): Promise<void> {
    await jobs.add({ queue: 'inbox', id: factJob(fact.repository.id, fact.id), data: fact })
    await jobs.idle()
  }

  function process(queue: Jobs) {
    const missions = missionStore(journal)
    const run = runner({ journal, jobs: queue, missions, clock, log: silent })
    const perform = performer({ missions, jobs: queue, clock, log: silent, runner: run, forge, agents, checks_poll_ms: 30_000 })
    const box = inbox({ journal, jobs: queue, missions, runner: run, forge, limits: Limits.parse(given.limits), policy: Policy.parse(given.policy), isPriced: (model) => model.startsWith('claude-') })
    return { missions, runner: run, performer: perform, inbox: box, handlers: handlers({ inbox: box, performer: perform, missions, forge }, atOnce) }
  }
}

export type MissionWorld = Awaited<ReturnType<typeof missionWorld>>

type Happening =
  | { does: 'label'; by: string; title?: string; body?: string }
  | { does: 'unlabel' | 'close' | 'reopen'; by: string }
  | { does: 'comment'; by: string; says: string }
  | { does: 'merge'; by: string; pull: number; branch: string; sha: string }

const repository = { id: 81234, installation_id: 99, owner: 'acme', name: 'rooms', default_branch: 'main' }
let comments = 1000

/** As the webhook's translation tells it. */
function factOf(what: Happening, at: string): RawFact {
  const base = { at, repository }
  const issue = 7
  switch (what.does) {
    case 'label':
      return {
        ...base,
        id: `issue/7/labelled@${at}`,
        fact: 'labelled',
        issue,
        by: what.by,
        updated_at: at,
        title: what.title ?? 'Rooms get booked twice',
        body: what.body ?? 'Stop it.',
        author: 'mara',
      }
    case 'unlabel':
      return { ...base, id: `issue/7/unlabelled@${at}`, fact: 'unlabelled', issue, by: what.by }
    case 'close':
      return { ...base, id: `issue/7/closed@${at}`, fact: 'issue_closed', issue, by: what.by }
    case 'reopen':
      return { ...base, id: `issue/7/reopened@${at}`, fact: 'issue_reopened', issue, by: what.by }
    case 'comment':
      return { ...base, id: `comment/${++comments}`, fact: 'commented', issue, key: null, comment: comments, by: what.by, body: what.says, created_at: at }
    case 'merge':
      return { ...base, id: `pr/${what.pull}/closed@${at}`, fact: 'pull_closed', key, pull: what.pull, branch: what.branch, by: what.by, merge_sha: Sha.parse(what.sha) }
  }
}
