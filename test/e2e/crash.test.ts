import { expect, test } from 'vitest'
import type { Mission } from '../../src/domain/mission.ts'
import type { Observed } from '../../src/emulator/exchange.ts'
import { human } from '../../src/rehearsal/human.ts'
import { until } from '../../src/stage/processes.ts'
import { firstBroken } from '../../src/runner/seal.ts'
import { expectBooksToAgree } from '../support/books.ts'
import { canonical } from '../support/canonical.ts'
import { chance } from '../support/random.ts'
import { testStage, type TestStage } from '../support/rehearse.ts'

const all = process.env['MISSIONS_CRASH'] === 'all'
const seed = Number(process.env['MISSIONS_SEED'] ?? 1)
const kills_wanted = all ? Infinity : 22

// One worker at a time, so that what is seen at the end does not depend on who came first.
const env = { MISSIONS_PARALLEL_WORKERS: '1', MISSIONS_JOB_LOCK_MS: '1500', MISSIONS_SWEEP_MS: '500', MISSIONS_FACTS_MS: '1500' }
const defects = [7]
const limit_ms = all ? 3_600_000 : 900_000
// Every boundary of the whole story takes an hour; the first milestone has all kinds of them.
const model = { short: !all }

/** The mission to its end, and what GitHub and the journal look like then. */
async function played(world: TestStage): Promise<{ seen: unknown; last: Mission }> {
  const person = human(world.stage.emulator, limit_ms)
  const number = await person.ask()
  await person.seeThrough(number, new AbortController().signal)
  const last = await until(
    'the mission to end',
    async () => {
      const m = await world.mission(number)
      return m?.phase === 'done' && m.pending.length === 0 && m
    },
    120_000,
  )
  // The pages are drawn once more behind the last event.
  const repository = async () => {
    const [found] = (await world.stage.emulator.dump()).repositories
    if (!found) throw new Error('the repository is gone')
    return found
  }
  let before = ''
  await until(
    'the pages to come to rest',
    async () => {
      const now = JSON.stringify(canonical(await repository()))
      const still = now === before
      before = now
      if (!still) await new Promise((resolve) => setTimeout(resolve, 2500))
      return still
    },
    60_000,
  )
  const { refs: _refs, ...rest } = await repository()
  expect(firstBroken(await world.journal.read(last.key))).toBeNull()
  const { payments, runs, nano_usd } = await expectBooksToAgree(await world.accounts(last))
  process.stdout.write(`${payments} payments of ${runs} runs, $${(nano_usd / 1e9).toFixed(6)}: trajectories, journal, ledger and pages agree\n`)
  return { seen: canonical({ ...rest, refs: (await repository()).refs }), last }
}

/** A boundary is a change on GitHub, whose answer may never be read, or an event in the journal. */
function boundaries(passed: (what: string) => void) {
  return {
    observe(observed: Observed): void {
      if (observed.kind === 'call' && observed.actor === 'installation' && observed.method !== 'GET') passed(`${observed.method} ${observed.path}`)
    },
    async journal(world: TestStage, over: () => boolean): Promise<void> {
      let length = 0
      while (!over()) {
        const [key] = await world.journal.all()
        const now = key ? await world.journal.length(key) : 0
        if (now > length) passed(`event ${now}`)
        length = now
        await new Promise((resolve) => setTimeout(resolve, 15))
      }
    },
  }
}

test('a mission that is killed again and again ends as the undisturbed one', { timeout: limit_ms }, async () => {
  let calm_boundaries = 0
  const counting = boundaries(() => calm_boundaries++)
  await using calm = await testStage({ defects, env, model, observe: (observed) => counting.observe(observed) })
  calm.stage.start('web')
  calm.stage.start('worker')
  await calm.stage.ready()
  const undisturbed = await played(calm)
  calm_boundaries += undisturbed.last.length
  await calm[Symbol.asyncDispose]()

  const random = chance(seed)
  const every = all ? 1 : Math.max(1, Math.floor(calm_boundaries / (kills_wanted + 6)))
  const killed: string[] = []
  let passed = 0
  let due = every
  let ready = false
  let over = false
  const killing = boundaries((what) => {
    passed++
    if (!ready || killed.length >= kills_wanted || passed < due) return
    due = Math.max(due + every, passed + Math.ceil(every / 2))
    ready = false
    killed.push(what)
    void crash()
  })
  await using world = await testStage({ defects, env, model, observe: (observed) => killing.observe(observed) })
  let web = world.stage.start('web')
  let worker = world.stage.start('worker')
  await world.stage.ready()
  ready = true

  async function crash(): Promise<void> {
    const both = random.happens(0.3)
    const first = random.happens(0.8) ? worker : web
    await Promise.all([first.kill('SIGKILL'), ...(both ? [worker.kill('SIGKILL'), web.kill('SIGKILL')] : [])])
    if (both || first === web) web = world.stage.start('web')
    if (both || first === worker) worker = world.stage.start('worker')
    // A worker that never gets to work proves nothing: the next kill waits until this one has done something.
    const before = passed
    await until('the app to work again', async () => passed > before || over, 60_000).catch(() => {})
    ready = true
  }

  const watching = killing.journal(world, () => over)
  try {
    const disturbed = await played(world)
    process.stdout.write(`seed ${seed}: killed ${killed.length} times, at ${killed.join('; ')}\n`)
    expect(killed.length).toBeGreaterThanOrEqual(20)
    expect(disturbed.seen).toEqual(undisturbed.seen)
    expect(disturbed.last.outcome).toBe('validated')
  } finally {
    over = true
    await watching
  }
})
