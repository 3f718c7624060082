import { drop, featureOf, hold, isPending, unhold, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import type { FeatureState } from '../mission.ts'
import { dropWorkOn, publish, startReview } from './building.ts'
import { end, hasEnded } from './closing.ts'
import { reopen } from './delivering.ts'
import { dismiss, record } from './findings.ts'
import { adopt, settle } from './merging.ts'
import { verifyAgain } from './validating.ts'

// What people do by hand. People win: their head is adopted, their merge counts, a closed pull request is a rejected feature.
// Each gives false when the fact is nothing new here.

export function pullRequestClosed(d: Draft, event: EventOf<'PullRequestClosed'>): boolean {
  const { m } = d
  if (hasEnded(m)) return false
  if (event.pull === m.delivery.pull || event.branch === m.integration?.branch) {
    if (event.merge_sha) end(d, m.delivery.passed && m.delivery.passed === m.integration?.head ? 'validated' : 'not_validated')
    else hold(d, { why: 'pull_closed', feature: null, by: event.by })
    return true
  }
  const f = m.features.find((x) => !x.on && x.pull === event.pull)
  if (!f || f.status === 'merged' || f.status === 'dropped') return false
  dropWorkOn(d, f)
  if (event.merge_sha) {
    for (const fix of m.features) if (fix.on === f.feature.id && fix.status === 'ready') callOff(d, fix, event.by, 'merged by hand without it')
    settle(d, f, event.merge_sha)
    dismiss(d, (x) => x.scope === f.feature.id, event.by, 'merged by hand')
    unhold(d, (r) => 'feature' in r && r.feature === f.feature.id)
  } else {
    f.status = 'ready'
    f.lessons.push(`@${event.by} closed the pull request without merging it.`)
    dismiss(d, (x) => x.scope === f.feature.id, event.by, 'the pull request was closed')
    for (const fix of m.features) if (fix.on === f.feature.id && fix.status !== 'merged') callOff(d, fix, event.by, 'the pull request was closed')
    hold(d, { why: 'pull_closed', feature: f.feature.id, by: event.by })
  }
  return true
}

export function pullRequestReviewed(d: Draft, event: EventOf<'PullRequestReviewed'>): boolean {
  const { m } = d
  if (hasEnded(m)) return false
  const what = { severity: 'blocking' as const, what: `@${event.by} asks for a change: ${event.body || 'see the review'}`.slice(0, 2000), evidence: [] }
  if (event.pull === m.delivery.pull) {
    if (event.state !== 'changes_requested' || m.phase !== 'delivering') return false
    drop(d, (e) => e.type === 'AwaitChecks')
    reopen(d, event.id.replace(/[^a-z0-9.]+/gi, '.').toLowerCase(), 'person', [what])
    return true
  }
  const f = m.features.find((x) => !x.on && x.pull === event.pull)
  if (!f || f.status === 'merged' || f.status === 'dropped') return false
  if (event.state === 'approved') {
    f.approved = { by: event.by, head: event.head }
    return true
  }
  record(d, event.id.replace(/[^a-z0-9.]+/gi, '.').toLowerCase(), { validator: 'person', scope: f.feature.id }, [what])
  // A person may ask as often as he likes.
  m.extra_rounds[f.feature.id] = (m.extra_rounds[f.feature.id] ?? 0) + 1
  if (f.status === 'merging') {
    dropWorkOn(d, f)
    f.status = 'reviewing'
    f.reviewed = null
  }
  return true
}

export function headMoved(d: Draft, event: EventOf<'HeadMoved'>): boolean {
  const { m } = d
  if (hasEnded(m)) return false
  if (event.branch === m.integration?.branch) {
    if (event.sha === m.integration.head) return false
    m.integration.head = event.sha
    // The entries go on top of theirs.
    drop(d, (e) => e.type === 'CommitKnowledge')
    if (m.phase === 'delivering') {
      drop(d, (e) => e.type === 'AwaitChecks' || e.type === 'OpenMissionPullRequest')
      verifyAgain(d)
    }
    return true
  }
  const f = m.features.find((x) => !x.on && x.branch === event.branch)
  if (!f || f.status === 'merged' || f.status === 'dropped' || event.sha === f.published || event.sha === f.head) return false
  if (m.pending.some((e) => e.type === 'PublishFeature' && e.head === event.sha)) return false
  dropWorkOn(d, f)
  adopt(f, event.sha)
  m.extra_rounds[f.feature.id] = (m.extra_rounds[f.feature.id] ?? 0) + 1
  const fixesOpen = m.features.some((x) => x.on === f.feature.id && x.status === 'ready')
  // A pull request that they closed is none: there is nothing to review until they say how it goes on.
  const closed = m.holds.some((h) => h.reason.why === 'pull_closed' && h.reason.feature === f.feature.id)
  // Fixes that were asked for go on top of what the person pushed; the review comes after them.
  if (fixesOpen) f.status = 'fixing'
  else if (f.pull !== null && !closed) startReview(d, f)
  else {
    f.status = 'ready'
    f.extra_attempts++
  }
  return true
}

/** Not built after all: what it covers is waived with it, its fixes are dropped. */
export function dropFeature(d: Draft, f: FeatureState, by: string, reason: string): void {
  dropWorkOn(d, f)
  for (const x of [f, ...d.m.features.filter((y) => y.on === f.feature.id && y.status !== 'merged')]) callOff(d, x, by, reason)
  for (const id of f.feature.covers) d.m.assertions[id] = { result: 'waived', sha: null, run: null, note: `waived by @${by} with ${f.feature.id}: ${reason}`, evidence: [] }
  dismiss(d, (x) => x.scope === f.feature.id || (x.finding.assertion !== undefined && f.feature.covers.includes(x.finding.assertion)), by, reason)
  if (f.on) goOnWithout(d, featureOf(d, f.on))
}

/** Nobody builds it any more; what it was to fix is dismissed in the name of who decided so. */
function callOff(d: Draft, f: FeatureState, by: string, reason: string): void {
  f.status = 'dropped'
  f.dropped = `@${by}: ${reason}`
  for (const x of d.m.findings) if (x.decision.is === 'fix' && x.decision.feature === f.feature.id) x.decision = { is: 'dismissed', by, reason }
}

/** A fix was called off: what other fixes left is published, or the review that asked for it settles again. */
function goOnWithout(d: Draft, trunk: FeatureState): void {
  const open = d.m.features.some((x) => x.on === trunk.feature.id && ['ready', 'active'].includes(x.status))
  if (trunk.status !== 'fixing' || open || isPending(d, 'PublishFeature', (e) => e.type === 'PublishFeature' && e.feature === trunk.feature.id)) return
  if (trunk.head !== trunk.published) publish(d, trunk)
  else trunk.status = 'reviewing'
}
