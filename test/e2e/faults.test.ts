import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Mission } from '../../src/domain/mission.ts'
import type { Emulator } from '../../src/emulator/emulator.ts'
import type { Fault } from '../../src/emulator/faults.ts'
import { until } from '../../src/stage/processes.ts'
import { place } from '../../src/rehearsal/stage.ts'
import { expectBooksToAgree } from '../support/books.ts'
import { faultyStage, signedWith } from '../support/faulty-stage.ts'
import type { FaultyStage } from '../support/faulty-stage.ts'

// Real processes, and other tests may be busy beside.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 120_000 })

const passerBy = 'passer-by'

describe('people, webhooks and a GitHub in trouble', () => {
  let world: FaultyStage
  /** When each of the app's calls was answered. */
  const calls: number[] = []
  beforeAll(async () => {
    world = await faultyStage({ observe: (one) => void (one.kind === 'call' && one.actor === 'installation' && calls.push(Date.now())) })
    world.stage.start('both')
    await world.stage.ready()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('an unsigned or wrongly signed webhook is answered 400 and starts nothing; the same one signed does', async () => {
    const { emulator, env } = world.stage
    emulator.webhook_faults.add({ do: 'lose', match: 'issues.labeled', times: 1 })
    const number = await world.ask('a label nobody heard of')
    const payload = emulator.deliveries().find((delivery) => delivery.action === 'labeled')?.request.payload
    expect((await world.post('issues', payload, null)).status).toBe(400)
    expect((await world.post('issues', payload, signedWith('a guess'))).status).toBe(400)
    expect(await world.missions()).toEqual([])
    expect((await world.post('issues', payload, signedWith(env['WEBHOOK_SECRET'] ?? ''))).status).toBe(200)
    await world.reaches(number, 'to begin', (m) => m.phase === 'clarifying')
    await cancel(world, number)
  })

  test('a label by someone who may not write is refused once, however often it is told', async () => {
    const { emulator } = world.stage
    emulator.addCollaborator(place.full, passerBy, 'triage')
    emulator.webhook_faults.add({ do: 'double', match: 'issues.labeled', times: 2 })
    const { number } = await world.mara.createIssue(place.full, { title: 'Paint it green' })
    await emulator.as(passerBy).label(place.full, number, 'mission')
    await until('a refusal', async () => (await world.words(number)).length > 0)
    await emulator.as(passerBy).unlabel(place.full, number, 'mission')
    await emulator.as(passerBy).label(place.full, number, 'mission')
    await emulator.idle()
    await settled(world)
    expect(await world.words(number)).toEqual([expect.stringContaining('**write permission**')])
    expect(await world.mission(number)).toBeNull()
  })

  test('a repository without a commit is told so once; with a first commit, a new label starts the mission', async () => {
    const { emulator } = world.stage
    const repo = 'acme/empty'
    await emulator.addRepository({ owner: 'acme', name: 'empty', empty: true })
    emulator.addCollaborator(repo, place.person, 'maintain')
    emulator.webhook_faults.add({ do: 'double', match: 'issues.labeled', times: 1 })
    const { number } = await world.mara.createIssue(repo, { title: 'A first page' })
    await world.mara.label(repo, number, 'mission')
    await until('a refusal', async () => (await world.words(number, repo)).length > 0)
    await emulator.idle()
    await settled(world)
    expect(await world.words(number, repo)).toEqual([expect.stringContaining('**Push a first commit**')])
    expect(await world.mission(number, repo)).toBeNull()

    await world.mara.request(`PUT /repos/${repo}/contents/README.md`, { message: 'first', content: Buffer.from('# Empty no more\n').toString('base64') })
    await world.mara.unlabel(repo, number, 'mission')
    await world.mara.label(repo, number, 'mission')
    await until('the mission to begin', async () => (await world.mission(number, repo))?.phase === 'clarifying', 60_000)
    await world.mara.comment(repo, number, '/cancel')
    await until('the mission to be over', async () => ended(await world.mission(number, repo)), 60_000)
  })

  test('webhooks doubled, late and out of order, answers lost behind what GitHub did: a plan, and nothing twice', async () => {
    const { emulator } = world.stage
    for (let i = 0; i < 8; i++) {
      emulator.webhook_faults.add({ do: 'double', match: '*', times: 1 })
      emulator.webhook_faults.add({ do: 'reorder', match: '*', by_ms: 700, times: 1 })
      emulator.webhook_faults.add({ do: 'delay', match: '*', by_ms: 900, times: 1 })
    }
    emulator.faults.add({ do: 'error', status: 502, when: 'after', match: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', times: 1 })
    emulator.faults.add({ do: 'error', status: 502, when: 'after', match: 'POST /repos/{owner}/{repo}/issues', times: 2 })
    const number = await world.ask('double bookings, told twice')
    const mission = await world.planned(number)
    emulator.webhook_faults.clear()
    await world.swept(2)
    await published(world, mission)
    expect(leftOf(emulator)).toEqual([])

    const hooks = emulator.deliveries().filter((delivery) => delivery.status_code >= 400)
    expect(hooks.map((delivery) => delivery.status_code)).toEqual([])

    // Nobody but those who may write is obeyed, and only for what they wrote.
    await emulator.as(passerBy).comment(place.full, number, '/approve-plan')
    await emulator.as(passerBy).comment(place.full, number, '/cancel')
    await emulator.ci(place.owner).comment(place.full, number, '/approve-plan')
    const { id, created_at } = await world.mara.comment(place.full, number, 'I will read it.')
    await emulator.idle()
    await settled(world)
    // GitHub tells whole seconds: an edit within the first one does not show.
    await until('the next second', async () => Date.now() - Date.parse(created_at) > 1_000)
    const before = await world.words(number)
    expect(before.slice(3)).toEqual([expect.stringContaining('Commands are taken from people with **write permission** here')])
    await world.mara.editComment(place.full, id, '/approve-plan')
    await emulator.idle()
    await world.swept(2)
    expect((await world.words(number)).map(timeless)).toEqual(before.map(timeless))
    expect(await world.mission(number)).toMatchObject({ phase: 'awaiting_approval', approval: null })

    // The app's own issue is none to start a mission from.
    const known = await world.missions()
    await world.mara.label(place.full, mission.tracking_issue ?? 0, 'mission')
    await world.mara.comment(place.full, number, '/status')
    await until('an answer to /status', async () => (await world.words(number)).length > before.length)
    await world.mara.comment(place.full, number, '/help')
    await until('an answer to /help', async () => (await world.words(number)).length > before.length + 1)
    await world.mara.comment(place.full, number, '/aprove-plan')
    await until('an answer to what is no command', async () => (await world.words(number)).length > before.length + 2)
    expect((await world.words(number)).slice(before.length)).toEqual([expect.stringContaining('awaits approval'), expect.stringContaining('**Commands**'), expect.stringContaining('`/help`')])
    expect(await world.missions()).toEqual(known)
    expect(await world.words(mission.tracking_issue ?? 0)).toEqual([])
    await cancel(world, number)
  })

  test('all webhooks lost, and a GitHub that asks for a pause: the sweep sees it through, and nobody calls in the pause', async () => {
    const { emulator } = world.stage
    const number = await world.ask('double bookings, told by nobody')
    await world.reaches(number, 'to begin', () => true)
    emulator.webhook_faults.add({ do: 'lose', match: '*' })
    emulator.faults.add({ do: 'secondary_limit', retry_after_s: 3, match: 'POST /repos/{owner}/{repo}/issues', times: 1 })
    const from = calls.length
    const mission = await world.planned(number)
    await published(world, mission)
    expect(leftOf(emulator)).toEqual([])
    expect(longestPause(calls.slice(from))).toBeGreaterThanOrEqual(2_900)
    emulator.webhook_faults.clear()
    await cancel(world, number)
  })
})

describe('a model in trouble', () => {
  let world: FaultyStage
  beforeAll(async () => {
    // Two tries of a turn in each of two tries of a job: four refusals, and the mission asks for help.
    world = await faultyStage({
      env: { MISSIONS_MODEL_ATTEMPTS: '2', MISSIONS_JOB_ATTEMPTS: '2', MISSIONS_MODEL_WORKER: 'claude-sonnet-5-5, claude-haiku-5-5' },
      model: {
        latency_ms: 100,
        faults: [
          { kind: 'overloaded', nth: 1, run: '.clarify.r1' },
          { kind: 'off_schema', nth: 1, times: 2, run: '.clarify.r2' },
          { kind: 'stream_cut', nth: 1, run: '.contract.n1' },
          { kind: 'overloaded', nth: 1, times: 4, run: '.decompose.n1' },
          { kind: 'overloaded', nth: 2, times: 2, run: '.build.f1.a1' },
          { kind: 'refusal', nth: 2, run: '.build.f2.a1' },
        ],
      },
    })
    world.stage.start('both')
    await world.stage.ready()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('a refusal, a cut, answers off the schema: borne; gone for good: said once, and /resume goes on with the same run', async () => {
    const number = await world.ask('double bookings, and a model that comes and goes')
    await world.asked(number)
    await world.answer(number)
    const held = await world.reaches(number, 'to be held', (m) => m.holds.length > 0)
    expect(held.holds.map((hold) => hold.reason)).toEqual([{ why: 'model_away', effect: `${held.key}.decompose.n1`, detail: expect.stringContaining('529') }])
    await until('a word about it', async () => (await world.words(number)).some((words) => words.includes('Choose')))
    await world.swept(3)
    expect((await world.words(number)).filter((words) => words.includes('Choose'))).toHaveLength(1)
    expect(Object.keys(world.stage.model.stats().runs).filter((run) => run.includes('.decompose.'))).toEqual([])

    await world.mara.comment(place.full, number, '/resume')
    const planned = await world.reaches(number, 'to have a plan', (m) => m.phase === 'awaiting_approval')
    expect(Object.values(planned.runs).map((run) => [run.id, run.ending])).toEqual(['clarify.r1', 'clarify.r2', 'contract.n1', 'decompose.n1'].map((run) => [`${held.key}.${run}`, 'submitted']))
    expect((await world.words(number)).filter((words) => words.includes('Choose'))).toHaveLength(1)
  })

  test('a worker on its second model and one at its second try, paused, killed and cancelled before anybody came back: all they used is known', async () => {
    const [number = 0] = await liveIssues(world)
    const { key } = await world.approved(number)
    const begun = () => world.stage.model.stats().runs
    await until('both workers in the middle of their work', async () => (begun()[`${key}.build.f1.a1`] ?? 0) >= 3 && (begun()[`${key}.build.f2.a2`] ?? 0) >= 1, 60_000)
    await world.mara.comment(place.full, number, '/pause')
    const told = (m: Mission) => Object.values(m.runs).filter((run) => run.books === 'open' && run.usage)
    const paused = await world.reaches(number, 'to say what its runs have used so far', (m) => m.holds.length > 0 && told(m).length === 2)
    expect(told(paused).map((run) => Object.keys(run.usage?.by_model ?? {}))).toEqual([['claude-sonnet-5-5', 'claude-haiku-5-5'], ['claude-sonnet-5-5']])

    const [app] = world.stage.apps
    await app?.kill('SIGKILL')
    await world.mara.comment(place.full, number, '/cancel')
    world.stage.start('both')
    const over = await world.reaches(number, 'to be over', ended)
    expect(Object.values(over.runs).flatMap((run) => (run.task === 'build' ? [[run.id.slice(key.length + 1), run.ending, run.books]] : []))).toEqual([
      ['build.f1.a1', 'stopped', 'closed'],
      ['build.f2.a1', 'failed', 'closed'],
      ['build.f2.a2', 'stopped', 'closed'],
    ])
    await world.atRest(async () => JSON.stringify((await world.accounts(over)).pages))
    await expectBooksToAgree(await world.accounts(over))
  })
})

describe('a store that is away, and people who change their mind', () => {
  let world: FaultyStage
  beforeAll(async () => {
    world = await faultyStage({ model: { latency_ms: 200 } })
    world.stage.start('web')
    world.stage.start('worker')
    await world.stage.ready()
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('Redis away: 503 at once, nobody falls over; back again: what was told meanwhile counts, and the mission goes on', async () => {
    const { emulator, apps } = world.stage
    const number = await world.ask('double bookings, and no Redis')
    await world.asked(number)
    await world.redis.stop()
    await world.answer(number)
    const late = await world.mara.createIssue(place.full, { title: 'Asked for while Redis was away' })
    await world.mara.label(place.full, late.number, 'mission')
    await emulator.idle()
    const refused = emulator.deliveries().filter((delivery) => delivery.status_code === 503 && !delivery.redelivery)
    const living = apps.map((app) => alive(app.pid))
    await world.redis.start()
    expect(refused.map((delivery) => delivery.action)).toEqual(['created', 'labeled'])
    // GitHub itself gives up after ten seconds.
    expect(Math.max(...refused.map((delivery) => delivery.duration))).toBeLessThan(8)
    expect(living).toEqual([true, true])
    await world.reaches(number, 'to have a plan', (m) => m.phase === 'awaiting_approval')
    await world.reaches(late.number, 'to begin', () => true)
    await cancel(world, late.number)
    expect(apps.map((app) => alive(app.pid))).toEqual([true, true])
  })

  test('nobody was there when the label was set: GitHub is asked for it again, and the mission begins', async () => {
    const { emulator, apps } = world.stage
    await apps[0]?.kill('SIGKILL')
    const number = await world.ask('double bookings, and nobody at home')
    await emulator.idle()
    expect(emulator.deliveries().findLast((delivery) => delivery.action === 'labeled')).toMatchObject({ status_code: 0 })
    world.stage.start('web')
    await world.reaches(number, 'to begin', () => true)
    await cancel(world, number)
  })

  test('/pause stops a running agent before its next turn, and /resume lets it go on', async () => {
    const [number = 0] = await liveIssues(world)
    const { key } = await world.approved(number)
    const run = `${key}.build.f1.a1`
    const turns = () => world.stage.model.stats().runs[run] ?? 0
    await until('a worker in the middle of its work', async () => turns() >= 2, 60_000)
    await world.mara.comment(place.full, number, '/pause')
    await world.reaches(number, 'to pause', (m) => m.holds.length > 0)
    // The turn that was under way may still end.
    await world.atRest(turns)
    const paused = turns()
    await world.swept(2)
    expect(turns()).toBe(paused)
    expect((await world.mission(number))?.pending.map((effect) => effect.id)).toContain(run)
    await world.mara.comment(place.full, number, '/resume')
    await until('the same agent to go on', async () => turns() > paused, 60_000)
  })

  test('Redis away while agents work: they stop, and go on when it is back', async () => {
    const [number = 0] = await liveIssues(world)
    const requests = () => world.stage.model.stats().requests
    await world.redis.stop()
    await until('/healthz to say so', async () => (await fetch(`http://127.0.0.1:${world.stage.web_port}/healthz`)).status === 503)
    await world.atRest(requests)
    const stopped = requests()
    await world.redis.start()
    await until('the agents to go on', async () => requests() > stopped, 60_000)
    expect((await world.mission(number))?.holds).toEqual([])
  })

  test('SIGTERM in the middle of a run: the process ends by itself, and the next one goes on with the same run', async () => {
    const [number = 0] = await liveIssues(world)
    const [, worker] = world.stage.apps
    await worker?.stop()
    expect(await worker?.exited).toBe(0)
    const before = world.stage.model.stats().requests
    world.stage.start('worker')
    const handed = await world.reaches(number, 'to have a pull request', (m) => m.features.some((feature) => feature.pull !== null))
    expect(world.stage.model.stats().requests).toBeGreaterThan(before)
    const builds = Object.values(handed.runs).filter((run) => run.task === 'build')
    expect(builds.map((run) => run.id)).toEqual(['f1', 'f2'].map((feature) => `${handed.key}.build.${feature}.a1`))
  })

  test('/cancel closes what is open as not planned, keeps the branches, and nothing is written afterwards', async () => {
    const [number = 0] = await liveIssues(world)
    await cancel(world, number)
    const drawn = async () => (await world.stage.emulator.dump()).repositories
    await world.atRest(async () => JSON.stringify(await drawn()))
    // An agent ends with its turn, and what each has used is told: also of one that was paused or killed before.
    const over = await world.reaches(number, 'to be over', ended)
    expect(Object.values(over.runs).filter((run) => run.books !== 'closed')).toEqual([])
    expect((await expectBooksToAgree(await world.accounts(over))).runs).toBeGreaterThanOrEqual(6)
    const before = await drawn()
    const turns = world.stage.model.stats().requests
    // Longer than any sweep, redrawing or turn takes.
    await new Promise((resolve) => setTimeout(resolve, 3_000))
    expect(await drawn()).toEqual(before)
    expect(world.stage.model.stats().requests).toBe(turns)

    const [repository] = (await world.stage.emulator.dump()).repositories
    const ours = repository?.issues.filter((issue) => issue.user === 'missions[bot]') ?? []
    expect(ours.filter((issue) => issue.pull).length).toBeGreaterThan(0)
    expect(ours.map((issue) => [issue.state, issue.pull ? null : issue.state_reason])).toEqual(ours.map((issue) => ['closed', issue.pull ? null : 'not_planned']))
    expect(ours.flatMap((issue) => issue.labels.filter((label) => label.startsWith('mission: ')))).toEqual([])
    const branches = Object.keys(repository?.refs ?? {})
    for (const issue of ours) if (issue.pull) expect(branches).toContain(`refs/heads/${issue.pull.head.ref}`)
  })
})

/** Status, question and plan, a tracking issue and its three features: each once. */
async function published(world: FaultyStage, mission: Mission): Promise<void> {
  const number = mission.request.issue.number
  expect(await world.words(number)).toHaveLength(3)
  const issues = (await world.stage.emulator.dump()).repositories.flatMap((repository) => repository.issues)
  const made = issues.filter((issue) => issue.user === 'missions[bot]' && issue.body?.includes(`<!-- missions ${mission.key}.`))
  expect(made.map((issue) => issue.title.split(':')[0])).toEqual([`Mission ${number}`, 'f1', 'f2', 'f3'])
  expect(made[0]?.sub_issue_ids).toEqual(made.slice(1).map((issue) => issue.id))
}

/** A page is drawn a moment after the event that it tells the minute of. */
function timeless(words: string): string {
  return words.replace(/\b\d\d:\d\d UTC/, '<time>')
}

async function cancel(world: FaultyStage, number: number): Promise<void> {
  await world.mara.comment(place.full, number, '/cancel')
  await world.reaches(number, 'to be over', ended)
}

function ended(mission: Mission | null): boolean {
  return mission?.phase === 'stopped' && mission.pending.length === 0
}

/** All that was told has been taken in. */
async function settled(world: FaultyStage): Promise<void> {
  await until('the queues to be empty', async () => (await world.queued()) === 0)
}

/** Faults that nobody has met yet. */
function leftOf(emulator: Emulator): Fault[] {
  return ['POST /repos/{owner}/{repo}/issues', 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'].flatMap((operation) => emulator.faults.take(operation, operation))
}

function longestPause(times: number[]): number {
  return Math.max(...times.slice(1).map((time, i) => time - (times[i] ?? time)))
}

function alive(pid: number): boolean {
  return process.kill(pid, 0)
}

/** Issues of missions that are under way. */
async function liveIssues(world: FaultyStage): Promise<number[]> {
  return (await world.live()).map((key) => Number(key.split('-')[1]))
}
