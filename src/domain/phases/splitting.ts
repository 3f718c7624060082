import { count, featureOf, issue, startRun, type Draft } from '../draft.ts'
import type { Task } from '../effect.ts'
import type { EventOf } from '../event.ts'
import type { Feature } from '../feature.ts'
import { FeatureId, type EffectId } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import type { FeatureState, Mission } from '../mission.ts'
import { splitProblems, type Around, type Split } from '../split.ts'
import { newFeature } from './planning.ts'

// A worker ran into a limit. The orchestrator says how its feature goes on: once more with a lesson, or as smaller features.

export type SplitTask = Extract<Task, { task: 'split' }>

/** Endings of a run that speak of the size of its work, and not of its result. */
const limits = new Set<EventOf<'RunFailed'>['reason']>(['turns', 'tokens', 'wall_time', 'dollars', 'context'])

/** True: the orchestrator is asked. Only for what no one has built upon: nothing of it is on GitHub yet. */
export function askForSplit(d: Draft, f: FeatureState, event: EventOf<'RunFailed'>): boolean {
  const untouched = f.on === null && f.feature.fixes.length === 0 && f.head === null && f.pull === null
  if (!limits.has(event.reason) || !untouched || (d.m.counters['splits'] ?? 0) >= d.m.limits.splits_per_mission) return false
  f.status = 'splitting'
  ask(d, f, { run: event.answers, reason: event.reason, detail: event.detail }, [])
  return true
}

function ask(d: Draft, f: FeatureState, ended: { run: EffectId; reason: string; detail: string }, problems: string[]): void {
  const n = count(d, `split ${f.feature.id}`)
  const again = f.attempts < d.m.limits.attempts_per_feature + f.extra_attempts
  startRun(d, ['split', f.feature.id, `n${n}`], { task: 'split', feature: f.feature.id, attempt: f.attempts, ...ended, again, n, problems })
}

export function splitDecided(d: Draft, event: EventOf<'SplitDecided'>, task: SplitTask): void {
  const f = featureOf(d, task.feature)
  holdsTrue(f.status === 'splitting', `${task.feature} is split while ${f.status}`)
  const problems = splitProblems(event.split, around(d.m, f, task.again))
  if (problems.length === 0) return event.split.decision === 'again' ? again(f, task, event.split.lesson) : replace(d, f, event.split)
  if (count(d, `split sent back ${f.feature.id}`) > d.m.limits.plan_send_backs) return again(f, task)
  ask(d, f, task, problems)
}

/** The orchestrator had no answer either: the feature goes on as after any other failure, until its attempts are used up. */
export function splitFailed(d: Draft, task: SplitTask): void {
  again(featureOf(d, task.feature), task)
}

function again(f: FeatureState, task: SplitTask, lesson?: string): void {
  f.status = 'ready'
  f.lessons.push(`${task.reason}: ${task.detail}`, ...(lesson === undefined ? [] : [lesson]))
}

/** What a split is held against, by its author's program and by the protocol. */
export function around(m: Mission, f: FeatureState, mayTryAgain: boolean): Around {
  const features = m.features.filter((x) => x.status !== 'dropped').map((x) => x.feature)
  return { feature: f.feature, features, milestones: m.plan?.milestones.map((x) => x.id) ?? [], boundaries: m.plan?.boundaries ?? [], again: mayTryAgain }
}

function replace(d: Draft, f: FeatureState, split: Extract<Split, { decision: 'split' }>): void {
  const { m } = d
  count(d, 'splits')
  const first = Math.max(...m.features.map((x) => Number(x.feature.id.slice(1)))) + 1
  const ids = split.parts.map((_, i) => FeatureId.parse(`f${first + i}`))
  const parts = split.parts.map(({ needs, after, ...part }, i): Feature => {
    const before = needs.flatMap((n) => ids[n - 1] ?? [])
    return { ...part, id: ids[i] ?? f.feature.id, milestone: f.feature.milestone, after: [...new Set([...f.feature.after, ...after, ...before])], fixes: [] }
  })
  const states = parts.map((part) => ({ ...newFeature(d, part), lessons: [...f.lessons] }))
  m.features.splice(m.features.indexOf(f) + 1, 0, ...states)
  for (const x of m.features) if (x.feature.after.includes(f.feature.id)) x.feature.after = x.feature.after.flatMap((id) => (id === f.feature.id ? ids : [id]))
  // Its assertions went with its parts: each is still covered exactly once.
  f.feature.covers = []
  f.status = 'dropped'
  f.dropped = `split into ${ids.join(', ')}: ${split.reason}`
  f.split_into = ids
  issue(d, ['publish-split', f.feature.id], { type: 'PublishSplit', feature: f.feature.id })
}

export function splitPublished(d: Draft, event: EventOf<'SplitPublished'>): void {
  for (const id of featureOf(d, event.feature).split_into) featureOf(d, id).issue = event.sub_issues[id] ?? null
}
