import { count, drop, featureOf, hold, isPending, issue, startRun, type Draft } from '../draft.ts'
import type { Effect, Task } from '../effect.ts'
import type { EventOf } from '../event.ts'
import type { EffectId, FeatureId, Sha } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import type { FeatureState } from '../mission.ts'
import { learned } from './curating.ts'
import { record } from './findings.ts'
import { unconfirmed } from './reproducing.ts'
import { askForSplit } from './splitting.ts'

// A feature: ready → active → handed_off → reviewing → [fixing → reviewing] → merging → merged | dropped.

/** Starts every worker that may start now, in plan order, fixes of open pull requests first. */
export function startWorkers(d: Draft): void {
  const { m } = d
  const waiting = m.features.filter((f) => f.status === 'ready' && f.feature.milestone === currentMilestone(d))
  for (const f of [...waiting.filter((w) => w.on), ...waiting.filter((w) => !w.on)]) {
    if (m.features.filter((x) => x.status === 'active').length >= m.limits.parallel_workers) return
    if (mayStart(d, f)) startWorker(d, f)
  }
}

export function currentMilestone(d: Draft): string | undefined {
  return d.m.plan?.milestones[d.m.milestone]?.id
}

function mayStart(d: Draft, f: FeatureState): boolean {
  const { features, holds } = d.m
  // Whoever closed its pull request says first how it should go on.
  if (holds.some((h) => h.reason.why === 'pull_closed' && h.reason.feature === f.feature.id)) return false
  if (f.on) return !features.some((x) => x.on === f.on && x.status === 'active')
  const open = f.feature.after.some((id) => !['merged', 'dropped'].includes(featureOf(d, id).status))
  // Work that is not merged yet counts too: building over it is building a conflict.
  const inFlight = features.filter((x) => x !== f && !x.on && !['ready', 'merged', 'dropped'].includes(x.status))
  return !open && !inFlight.some((x) => overlap(x.feature.touches, f.feature.touches))
}

/** A path overlaps itself and everything below it. */
export function overlap(a: string[], b: string[]): boolean {
  return a.some((x) => b.some((y) => folder(x).startsWith(folder(y)) || folder(y).startsWith(folder(x))))
}

/** With a slash behind it; nothing for the whole tree. */
function folder(path: string): string {
  const clean = path
    .replace(/\/?\*.*$/, '')
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
  return clean === '' || clean === '.' ? '' : `${clean}/`
}

function startWorker(d: Draft, f: FeatureState): void {
  if (f.attempts >= d.m.limits.attempts_per_feature + f.extra_attempts) {
    return hold(d, { why: 'attempts_used', feature: f.feature.id, detail: f.lessons.at(-1) ?? '' })
  }
  holdsTrue(d.m.integration, 'a worker needs the integration branch')
  const trunk = f.on ? featureOf(d, f.on) : f
  f.status = 'active'
  f.attempts++
  startRun(d, ['build', f.feature.id, `a${f.attempts}`], {
    task: 'build',
    feature: f.feature.id,
    attempt: f.attempts,
    base: trunk.head ?? d.m.integration.head,
    merge: f.merges,
    lessons: [...f.lessons],
  })
}

export function handedOff(d: Draft, event: EventOf<'FeatureHandedOff'>): void {
  const f = featureOf(d, event.feature)
  holdsTrue(f.status === 'active', `${event.feature} is handed off while ${f.status}`)
  f.status = 'handed_off'
  f.handoff = event.handoff
  f.proof = event.proof
  f.merges = null
  const trunk = f.on ? featureOf(d, f.on) : f
  trunk.head = event.head
  record(
    d,
    event.answers,
    { validator: 'worker', scope: trunk.feature.id },
    event.handoff.issues.map((i) => ({ severity: i.severity, what: i.what.padEnd(10, '.'), evidence: [] })),
  )
  learned(d, event.answers, { about: 'code', feature: f.feature.id, milestone: f.feature.milestone }, event.handoff.knowledge)
  const moreFixes = d.m.features.some((x) => x.on === trunk.feature.id && ['ready', 'active'].includes(x.status))
  if (!moreFixes) publish(d, trunk)
}

export function publish(d: Draft, f: FeatureState): void {
  holdsTrue(f.head, `${f.feature.id} has nothing to publish`)
  issue(d, ['publish-feature', f.feature.id, ++f.publications], { type: 'PublishFeature', feature: f.feature.id, head: f.head, expected: f.published })
}

export function published(d: Draft, event: EventOf<'FeaturePublished'>): void {
  const f = featureOf(d, event.feature)
  f.pull = event.pull
  f.published = event.head
  if (d.m.lane?.feature === event.feature) {
    holdsTrue(d.m.lane.step === 'publishing', `${event.feature} was published in the lane while ${d.m.lane.step}`)
    d.m.lane.step = 'checking'
    awaitChecks(d, f)
  } else startReview(d, f)
}

/** A fresh reviewer for what now stands on the pull request. */
export function startReview(d: Draft, f: FeatureState): void {
  holdsTrue(f.head && d.m.integration, `${f.feature.id} has nothing to review`)
  f.status = 'reviewing'
  f.rounds++
  f.report = null
  startRun(d, ['review', f.feature.id, `r${f.rounds}`], { task: 'review', feature: f.feature.id, round: f.rounds, base: d.m.integration.head, head: f.head })
}

export function reviewed(d: Draft, event: EventOf<'FeatureReviewed'>): void {
  const f = featureOf(d, event.feature)
  f.report = event.report
  record(d, event.answers, { validator: 'scrutiny', scope: f.feature.id }, event.report.findings)
  learned(d, event.answers, { about: 'code', feature: f.feature.id, milestone: f.feature.milestone }, event.report.knowledge)
  holdsTrue(f.head && d.m.integration, 'a review of nothing')
  const doubtful = unconfirmed(d.m, f.feature.id).map((x) => x.id)
  if (doubtful.length === 0) return postReview(d, f, event.answers)
  const task = { task: 'confirm', feature: f.feature.id, milestone: null, round: f.rounds, base: d.m.integration.head, head: f.head, findings: doubtful, found_by: event.answers } as const
  startRun(d, ['confirm', f.feature.id, `r${f.rounds}`], { ...task, findings: doubtful })
}

/** People see what stands, after a second look. */
export function postReview(d: Draft, f: FeatureState, run: EffectId): void {
  holdsTrue(f.head, 'a review of nothing')
  issue(d, ['post-review', f.feature.id, `r${f.rounds}`], { type: 'PostReview', feature: f.feature.id, round: f.rounds, head: f.head, run })
}

/** Back to a fresh worker on the same branch, with what went wrong. Uses up an attempt only beyond the rounds of review, so that it ends. */
export function rebuild(d: Draft, f: FeatureState, lesson: string, merges: Sha | null): void {
  f.status = 'ready'
  f.reviewed = null
  if (!reviewsUsedUp(d, f)) f.extra_attempts++
  f.lessons.push(lesson)
  f.merges = merges
}

export function reviewsUsedUp(d: Draft, f: FeatureState): boolean {
  return f.rounds >= d.m.limits.rounds_per_feature + (d.m.extra_rounds[f.feature.id] ?? 0)
}

/** A limit may mean that the feature is too large: the orchestrator is asked. Else a fresh worker tries, with the lesson. */
export function buildFailed(d: Draft, f: FeatureState, event: EventOf<'RunFailed'>): void {
  if (askForSplit(d, f, event)) return
  f.status = 'ready'
  f.lessons.push(`${event.reason}: ${event.detail}`)
}

export function awaitChecks(d: Draft, f: FeatureState): void {
  holdsTrue(f.head, `${f.feature.id} has no head to check`)
  const { checks_grace_ms, checks_deadline_ms } = d.m.policy
  const n = count(d, `await ${f.feature.id}`)
  issue(d, ['await-checks', f.feature.id, n], { type: 'AwaitChecks', subject: { of: 'feature', feature: f.feature.id }, sha: f.head, grace_ms: checks_grace_ms, deadline_ms: checks_deadline_ms })
}

/** Everything in the outbox that is about this feature or its fixes. */
export function dropWorkOn(d: Draft, f: FeatureState): void {
  const ids = [f, ...d.m.features.filter((x) => x.on === f.feature.id)].map((x) => x.feature.id)
  drop(d, (e) => concerns(e, ids))
  if (d.m.lane?.feature === f.feature.id) {
    d.m.lane = null
    // A merge-up that never got to GitHub is made anew when its turn comes again.
    f.head = f.published
  }
  for (const fix of d.m.features) if (fix.on === f.feature.id && fix.status === 'active') fix.status = 'ready'
}

function concerns(e: Effect, ids: FeatureId[]): boolean {
  if (e.type === 'StartRun') return about(e.task, ids)
  if (e.type === 'AwaitChecks') return e.subject.of === 'feature' && ids.includes(e.subject.feature)
  // The fix's issue is wanted all the same: people read there what became of it.
  return e.type !== 'OpenFixIssue' && 'feature' in e && ids.includes(e.feature)
}

function about(task: Task, ids: FeatureId[]): boolean {
  if (task.task === 'triage') return ids.some((id) => id === task.scope)
  return 'feature' in task && task.feature !== null && ids.includes(task.feature)
}

/** All features of the milestone at work are merged or dropped. */
export function milestoneSettled(d: Draft): boolean {
  return d.m.features.filter((f) => f.feature.milestone === currentMilestone(d)).every((f) => f.status === 'merged' || f.status === 'dropped') && !isPending(d, 'MergeFeature')
}
