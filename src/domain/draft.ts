import { type Effect, type EffectType, type Task } from './effect.ts'
import { effectId, FeatureId, MilestoneId, type EffectId, type Instant } from './id.ts'
import { holdsTrue } from './invariant.ts'
import type { FeatureState, HoldReason, Mission, Run } from './mission.ts'

/** A mission in the middle of one step: its own copy, and what the step has issued and settled. */
export interface Draft {
  m: Mission
  at: Instant
  issued: Effect[]
  settled: EffectId[]
}

type Body<E> = E extends Effect ? Omit<E, 'id' | 'at'> : never

/** Issues an effect under its natural key, which must be new. */
export function issue(d: Draft, natural: (string | number)[], body: Body<Effect>): EffectId {
  const id = effectId(d.m.key, ...natural)
  holdsTrue(count(d, `issued ${id}`) === 1, `effect ${id} was issued before`)
  const effect: Effect = { ...body, id, at: d.at }
  d.m.pending.push(effect)
  d.issued.push(effect)
  return id
}

/** Whether the effect of a natural key was ever issued. */
export function wasIssued(d: Draft, natural: (string | number)[]): boolean {
  return (d.m.counters[`issued ${effectId(d.m.key, ...natural)}`] ?? 0) > 0
}

/** Starts an agent. A task that failed before under the same key gets `.t2`, `.t3` … behind it. */
export function startRun(d: Draft, natural: (string | number)[], task: Task): EffectId {
  const tries = count(d, `run ${natural.join('.')}`)
  const id = issue(d, tries > 1 ? [...natural, `t${tries}`] : natural, { type: 'StartRun', task })
  d.m.runs[id] = {
    id,
    role: roleOf(task),
    task: task.task,
    ...placeOf(task),
    started_at: d.at,
    ended_at: null,
    ending: null,
    usage: null,
    books: 'open',
  }
  return id
}

/** Takes effects out of the outbox that nobody needs any more. */
export function drop(d: Draft, unwanted: (effect: Effect) => boolean): void {
  const gone = d.m.pending.filter(unwanted)
  d.m.pending = d.m.pending.filter((e) => !unwanted(e))
  for (const effect of gone) {
    if (d.issued.includes(effect)) d.issued = d.issued.filter((e) => e !== effect)
    else d.settled.push(effect.id)
    if (effect.type === 'StartRun') stop(d, effect.id)
  }
}

/** How long a run may take to come to its fence: the longest tools. */
const patience_ms = 3_600_000

/** Whatever became of its process, what the run used is to be known. One that was never issued never was. */
function stop(d: Draft, id: EffectId): void {
  const run = d.m.runs[id]
  holdsTrue(run, `no run ${id}`)
  if (!d.settled.includes(id)) {
    delete d.m.runs[id]
    return
  }
  Object.assign(run, { ended_at: d.at, ending: 'stopped' })
  issue(d, ['stop-run', id.slice(d.m.key.length + 1)], { type: 'StopRun', run: id, patience_ms })
}

export function isPending(d: Draft, type: EffectType, match: (effect: Effect) => boolean = () => true): boolean {
  return d.m.pending.some((e) => e.type === type && match(e))
}

/** The next number of a counter, from 1. */
export function count(d: Draft, name: string): number {
  return (d.m.counters[name] = (d.m.counters[name] ?? 0) + 1)
}

/** Holds the mission for a reason it is not held for yet. */
export function hold(d: Draft, reason: HoldReason): void {
  const same = JSON.stringify(reason)
  if (d.m.holds.some((h) => JSON.stringify(h.reason) === same)) return
  const n = ++d.m.holds_so_far
  d.m.holds.push({ n, since: d.at, reason })
  if (!silent.has(reason.why)) issue(d, ['halt', n], { type: 'PostHalt', hold: n })
}

export function unhold(d: Draft, which: (reason: HoldReason) => boolean): HoldReason[] {
  const lifted = d.m.holds.filter((h) => which(h.reason))
  d.m.holds = d.m.holds.filter((h) => !which(h.reason))
  // A halt that was never posted has nothing to say any more.
  drop(d, (e) => e.type === 'PostHalt' && lifted.some((h) => h.n === e.hold))
  return lifted.map((h) => h.reason)
}

export function featureOf(d: Draft, id: FeatureId): FeatureState {
  const found = d.m.features.find((f) => f.feature.id === id)
  holdsTrue(found, `no feature ${id}`)
  return found
}

/** Nobody needs to be told what he did himself, or can be told without access. */
const silent = new Set<HoldReason['why']>(['paused', 'label_removed', 'issue_closed', 'access_lost'])

/** What its costs are told under. */
function placeOf(task: Task): Pick<Run, 'feature' | 'milestone'> {
  if (task.task === 'triage') return { feature: FeatureId.safeParse(task.scope).data ?? null, milestone: MilestoneId.safeParse(task.scope).data ?? null }
  return { feature: 'feature' in task ? task.feature : null, milestone: 'milestone' in task ? task.milestone : null }
}

function roleOf(task: Task): Run['role'] {
  switch (task.task) {
    case 'clarify':
    case 'contract':
    case 'decompose':
    case 'triage':
    case 'split':
    case 'curate':
      return 'orchestrator'
    case 'build':
      return 'worker'
    case 'review':
    case 'synthesise':
    case 'confirm':
      return 'scrutiny'
    case 'exercise':
      return 'user-testing'
  }
}
