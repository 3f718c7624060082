import { checkMission } from '../../src/domain/invariants.ts'
import { dispatchable } from '../../src/domain/effect.ts'
import { Event } from '../../src/domain/event.ts'
import { missionKey } from '../../src/domain/id.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { Limits, Policy } from '../../src/domain/policy.ts'
import { transition } from '../../src/domain/transition.ts'
import { mergeGate } from '../../src/domain/gate.ts'
import { answerTo } from './answers.ts'
import { chance, type Chance } from './random.ts'

export interface Told {
  events: Event[]
  mission: Mission
  /** `phase × event` → how often it was folded, and how often it meant nothing. */
  visits: Map<string, { folded: number; ignored: number }>
}

/** One mission from label to end: a wild part in which anything may happen, then people who do what they are asked. */
export function randomMission(seed: number, wild_steps = 150): Told {
  const random = chance(seed)
  const other = chance(seed + 1_000_003)
  const seen = new Set<string>()
  const visits: Told['visits'] = new Map()
  const events: Event[] = []
  let second = 0
  let mission: Mission | null = null
  const now = () => new Date(Date.UTC(2026, 0, 1) + second++ * 1000).toISOString()

  tell(requested(now(), random))
  for (let step = 0; step < wild_steps && alive(); step++) {
    wonder()
    wildStep()
  }
  for (let step = 0; step < 600 && alive(); step++) kindStep()
  const last = current()
  if (alive()) throw new Error(`stuck in ${last.phase}: holds ${JSON.stringify(last.holds)}, pending ${last.pending.map((e) => e.id).join(' ')}`)
  for (let late = 0; late < 12; late++) tell(random.happens(0.4) ? ({ ...random.one(events), id: `late/${late}`, at: now() } as Event) : somebody(current(), now(), random))
  while (current().pending.length > 0) kindStep()
  return { events, mission: current(), visits }

  /** What would come of a word of somebody's, now and then: cells that chance hardly ever walks into. Nothing is told. */
  function wonder(): void {
    if (!mission || !other.happens(0.3)) return
    const event = somebody(mission, mission.last_event_at, other)
    const step = transition(mission, event)
    if (step) checkMission(step.mission)
    const name = `${mission.phase} × ${event.type}`
    const cell = visits.get(name) ?? { folded: 0, ignored: 0 }
    visits.set(name, cell)
    if (step) cell.folded++
    else cell.ignored++
  }

  function current(): Mission {
    if (!mission) throw new Error('the mission did not start')
    return mission
  }

  function alive(): boolean {
    return !['done', 'stopped'].includes(current().phase)
  }

  function tell(event: Event): void {
    const phase = mission?.phase ?? 'none'
    if (seen.has(event.id)) return
    const step = folded(event)
    const cell = visits.get(`${phase} × ${event.type}`) ?? { folded: 0, ignored: 0 }
    visits.set(`${phase} × ${event.type}`, cell)
    if (!step) {
      cell.ignored++
      return
    }
    cell.folded++
    seen.add(event.id)
    events.push(event)
    mission = step.mission
  }

  /** A failure tells the story's last steps. */
  function folded(event: Event): ReturnType<typeof transition> {
    try {
      const step = transition(mission, event)
      if (step) checkMission(step.mission)
      return step
    } catch (error) {
      const story = [...events.slice(-12), event].map((e) => `${e.type} ${e.id}`)
      throw new Error(`${error instanceof Error ? error.message : String(error)} after\n  ${story.join('\n  ')}`, { cause: error })
    }
  }

  function wildStep(): void {
    const m = current()
    const ready = dispatchable(m.pending, m.holds.length > 0)
    if (ready.length > 0 && random.happens(0.78)) tell(answerTo(random.one(ready), m, now(), random, { luck: 0.85 }))
    else if (random.happens(0.25)) tell({ ...random.one(events), id: `again/${second}`, at: now() } as Event)
    else if (random.happens(0.5)) kindStep()
    else tell(somebody(m, now(), random))
  }

  function kindStep(): void {
    const m = current()
    const ready = dispatchable(m.pending, m.holds.length > 0)
    const effect = ready.find((e) => e.type !== 'WakeAt')
    if (effect) return tell(answerTo(effect, m, now(), random, { luck: 1 }))
    tell(helpful(m, now(), second))
  }
}

function requested(at: string, random: Chance): Event {
  const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
  const request = {
    key,
    installation_id: 1,
    repository: { id: 81234, owner: 'acme', name: 'rooms', default_branch: 'main' },
    issue: { number: 7, title: 'Rooms', body: random.one(['No double bookings', `As in ${picture(1)}`]), author: 'mara' },
    by: 'mara',
    hidden_passages: 0,
  }
  return Event.parse({
    v: 1,
    id: 'issue/7/labelled',
    at,
    type: 'MissionRequested',
    request,
    limits: Limits.parse({
      rounds_per_feature: random.one([1, 2, 4]),
      rounds_per_milestone: random.one([1, 2, 4]),
      delivery_rounds: random.one([1, 3]),
      attempts_per_feature: random.one([1, 2]),
      parallel_workers: random.one([1, 2, 3]),
      clarify_rounds: random.one([1, 3]),
      plan_send_backs: random.one([0, 3]),
      splits_per_mission: random.one([0, 1, 4]),
      assertions_per_run: random.one([1, 8]),
      pictures: random.one([0, 2, 10]),
    }),
    policy: Policy.parse({ trust: random.one(['auto-merge-low-risk', 'scoped-autonomy']), dry_run: random.one(['full', 'full', 'program']) }),
  })
}

function picture(n: number): string {
  return `![picture](https://github.com/user-attachments/assets/${n})`
}

/** What a person does who wants the mission to end well. */
function helpful(m: Mission, at: string, n: number): Event {
  const base = { v: 1, id: `help/${n}`, at }
  const say = (command: object) => Event.parse({ ...base, type: 'CommandGiven', by: 'mara', comment: 100_000 + n, issue: 7, created_at: at, command })
  if (m.holds.some((h) => h.reason.why === 'budget')) return say({ name: 'budget', usd: 1000 })
  if (m.holds.length > 0) return say({ name: 'resume' })
  if (m.phase === 'clarifying') return Event.parse({ ...base, type: 'Replied', by: 'mara', comment: n, issue: 7, text: n % 3 === 0 ? `All of them: ${picture(n)}` : 'All of them.' })
  if (m.phase === 'awaiting_approval') return say({ name: 'approve-plan', hash: null, cap_usd: null })
  const shut = m.features.find((f) => f.status === 'merging' && !mergeGate(m, f).open)
  if (shut) return Event.parse({ ...base, type: 'PullRequestReviewed', by: 'mara', pull: shut.pull, branch: shut.branch, head: shut.head, state: 'approved', body: '' })
  if (m.phase === 'delivering' && m.delivery.pull)
    return Event.parse({ ...base, type: 'PullRequestClosed', by: 'mara', pull: m.delivery.pull, branch: m.integration?.branch, merge_sha: m.integration?.head })
  return say({ name: 'status' })
}

/** What somebody may do by hand at any time, sensible or not. */
function somebody(m: Mission, at: string, random: Chance): Event {
  const n = random.below(1_000_000_000)
  const base = { v: 1, id: `somebody/${n}`, at }
  // What was closed or unlabelled tends to be opened or labelled again.
  if (m.holds.some((h) => h.reason.why === 'issue_closed') && random.happens(0.4)) return Event.parse({ ...base, type: 'IssueReopened', by: 'mara' })
  if (m.holds.some((h) => h.reason.why === 'label_removed') && random.happens(0.4)) return Event.parse({ ...requested(at, random), id: base.id })
  const f = m.features.length > 0 ? random.one(m.features) : null
  const assertion = m.contract ? random.one(m.contract.assertions).id : 'VAL-API-001'
  const command = (c: object) => ({ ...base, type: 'CommandGiven', by: 'mara', comment: n, issue: 7, created_at: at, command: c })
  const place = { pull: random.happens(0.2) ? 99 : (f?.pull ?? 5), branch: random.happens(0.2) ? 'mission/7/main' : (f?.branch ?? 'mission/7/f9-x') }
  return Event.parse(
    random.one([
      () => command({ name: 'approve-plan', hash: random.one([null, 'ffff', m.published?.plan_hash.slice(0, 4) ?? 'a']), cap_usd: random.one([null, 20]) }),
      () => command({ name: 'revise-plan', text: random.one(['Leave the web page out.', `More like ${picture(n)} and ${picture(n + 1)}`]) }),
      () => command({ name: 'pause' }),
      () => command({ name: 'resume' }),
      () => command({ name: 'retry', feature: random.one([null, f?.feature.id ?? 'f1', 'f77']), text: 'write beside, rename' }),
      () => command({ name: 'waive', what: random.one([assertion, f?.feature.id ?? 'f1', m.findings.at(-1)?.id ?? 'review.f1.r1-1', 'dry-run']), reason: random.one(['', 'known and accepted']) }),
      () => command({ name: 'budget', usd: 50 }),
      () => command({ name: 'model', role: random.one(['worker', 'scrutiny']), model: random.one([null, 'claude-opus-5-5']), effort: random.one([null, 'high']) }),
      () => command(random.happens(0.05) ? { name: 'cancel' } : { name: 'help' }),
      () => command({ name: 'unknown', line: '/resum', problem: 'Did you mean /resume?' }),
      () => ({ ...base, type: 'Replied', by: 'mara', comment: n, issue: 7, text: random.one(['Both rooms.', `Both rooms: ${picture(n)}`]) }),
      () => ({ ...base, type: 'OutsiderSpoke', by: random.one(['eve', 'ed']), comment: n, issue: 7 }),
      () => ({ ...base, type: 'LabelRemoved', by: 'mara' }),
      () => ({ ...requested(at, random), id: base.id }),
      () => ({ ...base, type: 'IssueClosed', by: 'mara' }),
      () => ({ ...base, type: 'IssueReopened', by: 'mara' }),
      () => ({ ...base, type: 'AccessLost', reason: 'suspended' }),
      () => ({ ...base, type: 'PullRequestClosed', by: 'mara', ...place, merge_sha: random.happens(0.4) ? random.sha() : null }),
      () => ({ ...base, type: 'PullRequestReviewed', by: 'mara', ...place, head: f?.head ?? random.sha(), state: random.one(['approved', 'changes_requested']), body: 'please rename it' }),
      () => ({ ...base, type: 'HeadMoved', by: 'mara', branch: place.branch, sha: random.sha() }),
      () => ({
        ...base,
        type: 'RunPaused',
        run: Object.values(m.runs).find((r) => r.ended_at === null)?.id ?? `${m.key}.build.f1.a1`,
        usage: { model: 'm', turns: random.one([1, 2]), input_tokens: 1, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 1, cost_usd: 0.1, wall_ms: 1 },
      }),
    ])(),
  )
}
