import { createHmac } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { bullJobs } from '../../src/adapters/queue/jobs.ts'
import { JournalAway } from '../../src/ports/journal.ts'
import { redisJournal } from '../../src/adapters/redis/journal.ts'
import type { Mission } from '../../src/domain/mission.ts'
import type { Human } from '../../src/emulator/human.ts'
import { until } from '../../src/stage/processes.ts'
import { openStage, place } from '../../src/rehearsal/stage.ts'
import type { Stage, StageSpec } from '../../src/rehearsal/stage.ts'
import { issue as request, question, reply } from '../../src/rehearsal/story/request.ts'
import { missionStore } from '../../src/runner/missions.ts'
import { accountsOf, type Accounts } from './books.ts'
import { testRedis } from './redis.ts'
import type { TestRedis } from './redis.ts'

/** The app's own processes on a stage where things go wrong, seen as people see it, and the journal beside. */
export interface FaultyStage extends AsyncDisposable {
  stage: Stage
  redis: TestRedis
  mara: Human
  /** Keys of all missions that ever were. */
  missions(): Promise<string[]>
  mission(issue: number, repo?: string): Promise<Mission | null>
  /** Opens the issue of the story and labels it. */
  ask(title: string): Promise<number>
  /** Waits until the mission of an issue is as asked. */
  reaches(issue: number, what: string, is: (mission: Mission) => boolean): Promise<Mission>
  /** Waits for the question. */
  asked(issue: number): Promise<void>
  answer(issue: number): Promise<void>
  /** Both, and waits for the plan. */
  planned(issue: number): Promise<Mission>
  approved(issue: number): Promise<Mission>
  /** What the app has said on an issue, without its markers. */
  words(issue: number, repo?: string): Promise<string[]>
  /** Waits until the sweep has read GitHub that many times more: whatever was to come of what people did has come. */
  swept(times: number): Promise<void>
  /** Keys of those that are not over. */
  live(): Promise<string[]>
  /** Waits until what is looked at stays the same for a while. */
  atRest(look: () => unknown): Promise<void>
  /** Facts that are not taken in yet, and acts that are not done. */
  queued(): Promise<number>
  /** All that is written anywhere about what a mission cost. */
  accounts(mission: Mission): Promise<Accounts>
  /** Posts a webhook by hand. */
  post(event: string, payload: unknown, signature: ((body: string) => string) | null): Promise<Response>
}

// What goes wrong here lies outside of the agents: a small plan that a program tries is plan enough.
const quick = { MISSIONS_SWEEP_MS: '400', MISSIONS_FACTS_MS: '1000', MISSIONS_JOB_LOCK_MS: '1500', MISSIONS_DRY_RUN: 'program' }

export async function faultyStage(spec: Partial<StageSpec> = {}): Promise<FaultyStage> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-faults-'))
  const redis = await testRedis()
  const journal = redisJournal(await redis.ready())
  const store = missionStore(journal)
  const stage = await openStage({ defects: [], chromium: process.env['CHROME_PATH'], ...spec, model: { short: true, ...spec.model }, dir, redis_url: redis.url, env: { ...quick, ...spec.env } })
  const jobs = bullJobs({ connection: redis.address, prefix: 'missions-jobs' })
  const { emulator } = stage
  const mara = emulator.as(place.person)
  const listings = () => emulator.calls()['GET /repos/{owner}/{repo}/issues/comments'] ?? 0

  async function mission(issue: number, repo = place.full): Promise<Mission | null> {
    const { id } = await mara.request<{ id: number }>(`GET /repos/${repo}`)
    return patient(async () => {
      const key = await journal.latest(id, issue)
      return key && (await store.load(key)).mission
    })
  }

  /** Our own connection comes back a moment after the server does. */
  async function patient<T>(read: () => Promise<T>): Promise<T> {
    const answer = await until('Redis to answer us', async () => {
      try {
        return { is: await read() }
      } catch (error) {
        if (error instanceof JournalAway) return null
        throw error
      }
    })
    return answer.is
  }

  async function reaches(issue: number, what: string, is: (mission: Mission) => boolean): Promise<Mission> {
    let last: Mission | null = null
    const looked = until(`mission ${issue} ${what}`, async () => (last = await mission(issue)) && is(last) && last, 60_000)
    return looked.catch((error: unknown) => {
      throw new Error(`${String(error)}; it is ${last?.phase}, with ${last?.pending.map((effect) => effect.id).join(', ') || 'nothing'} to do and held by ${JSON.stringify(last?.holds)}`)
    })
  }

  async function asked(number: number): Promise<void> {
    await until(`a question on issue ${number}`, async () => (await mara.comments(place.full, number)).some((comment) => comment.body?.includes(question.text)), 60_000)
  }

  async function answer(number: number): Promise<void> {
    await mara.comment(place.full, number, reply)
  }

  return {
    stage,
    redis,
    mara,
    mission,
    reaches,
    missions: () => journal.all(),
    async ask(title) {
      const { number } = await mara.createIssue(place.full, { ...request, title })
      await mara.label(place.full, number, 'mission')
      return number
    },
    asked,
    answer,
    async planned(number) {
      await asked(number)
      await answer(number)
      return reaches(number, 'to have a plan', (m) => m.phase === 'awaiting_approval')
    },
    async approved(number) {
      const { published } = await reaches(number, 'to have a plan', (m) => m.phase === 'awaiting_approval')
      await mara.comment(place.full, number, `/approve-plan ${published?.plan_hash.slice(0, 8)}`)
      return reaches(number, 'to be approved', (m) => m.phase === 'building')
    },
    async words(number, repo = place.full) {
      const comments = await mara.comments(repo, number)
      return comments.filter((comment) => comment.user.login === 'missions[bot]').map((comment) => (comment.body ?? '').replace(/\s*<!-- missions \S+ \S+ -->$/, ''))
    },
    async swept(times) {
      const awaited = listings() + times * (await patient(() => journal.live())).length
      await until(`${times} sweeps`, async () => listings() >= awaited, 60_000)
    },
    live: () => patient(() => journal.live()),
    async atRest(look) {
      let before: unknown = {}
      await until(
        'things to come to rest',
        async () => {
          const now = await look()
          const still = now === before
          before = now
          if (!still) await pause(1500)
          return still
        },
        60_000,
      )
    },
    async queued() {
      const { inbox, act } = await jobs.counts()
      return [inbox, act].reduce((sum, { waiting, delayed, active }) => sum + waiting + delayed + active, 0)
    },
    accounts: async (m) => accountsOf(m, { dir, journal, redis: await redis.ready(), emulator }),
    post(event, payload, signature) {
      const body = JSON.stringify(payload)
      const signed = signature ? { 'x-hub-signature-256': signature(body) } : {}
      return fetch(`http://127.0.0.1:${stage.web_port}/api/github/webhooks`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-github-event': event, 'x-github-delivery': `by-hand-${Date.now()}`, ...signed },
      })
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      await jobs.close(0)
      await redis[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export function signedWith(secret: string): (body: string) => string {
  return (body) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`
}
