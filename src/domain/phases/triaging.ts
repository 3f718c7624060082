import { count, featureOf, hold, isPending, issue, startRun, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import { FeatureId, MilestoneId } from '../id.ts'
import type { Feature } from '../feature.ts'
import { holdsTrue } from '../invariant.ts'
import type { FeatureState, FindingState } from '../mission.ts'
import { triageProblems } from '../triage.ts'
import type { Triage } from '../verdict.ts'
import { newFeature } from './planning.ts'
import { reviewsUsedUp } from './building.ts'
import { dismiss, openFindings } from './findings.ts'

// Findings → fix features or dismissals with a reason. Nothing is dropped silently.

/** True while the scope's open findings keep it from going on. */
export function triage(d: Draft, scope: string, problems: string[] = []): boolean {
  const open = openFindings(d.m, scope)
  if (open.length === 0) return false
  if (isPending(d, 'StartRun', (e) => e.type === 'StartRun' && e.task.task === 'triage' && e.task.scope === scope)) return true
  startRun(d, ['triage', scope, `n${count(d, `triage ${scope}`)}`], { task: 'triage', scope, findings: open.map((f) => f.id), n: ++d.m.triages, problems })
  return true
}

/** Applies the orchestrator's decisions, or sends them back. Gives the fix features it made. */
export function triaged(d: Draft, event: EventOf<'FindingsTriaged'>, task: { scope: string; findings: string[] }): FeatureState[] {
  const asked = d.m.findings.filter((f) => task.findings.includes(f.id))
  const problems = triageProblems(event.triage, asked)
  if (problems.length > 0) {
    if (count(d, `sent back ${task.scope}`) > d.m.limits.plan_send_backs) hold(d, { why: 'triage_failed', scope: task.scope, detail: problems.join(' ') })
    else triage(d, task.scope, problems)
    return []
  }
  const made = new Map<string, FeatureState>()
  for (const decision of event.triage.decisions) {
    const found = asked.find((f) => f.id === decision.finding)
    // A person may have decided meanwhile; that stands.
    if (!found || found.decision.is !== 'open') continue
    if (decision.decision === 'dismiss') found.decision = { is: 'dismissed', by: 'orchestrator', reason: decision.reason }
    else {
      const fix = made.get(decision.group) ?? makeFix(d, task.scope, fixOf(event.triage, decision.group))
      made.set(decision.group, fix)
      fix.feature.fixes.push(found.id)
      found.decision = { is: 'fix', feature: fix.feature.id }
      fix.feature.touches = [...new Set([...fix.feature.touches, ...(found.finding.place ? [found.finding.place.path] : [])])]
    }
  }
  return [...made.values()]
}

type FixBrief = Pick<Feature, 'title' | 'brief' | 'touches'>

function fixOf(t: Triage, group: string): FixBrief {
  const fix = t.fixes.find((f) => f.group === group)
  holdsTrue(fix, `no fix for group ${group}`)
  return { title: fix.title, brief: fix.brief, touches: fix.touches }
}

/** A fix for a reviewed feature goes on its branch and pull request; one from a milestone's validation has its own. */
export function makeFix(d: Draft, scope: string, fix: FixBrief): FeatureState {
  const { m } = d
  const parent = m.features.find((f) => f.feature.id === scope)
  const last = m.plan?.milestones.at(-1)?.id
  const milestone = parent?.feature.milestone ?? (scope === 'final' ? last : MilestoneId.parse(scope))
  holdsTrue(milestone, 'a fix needs a milestone')
  const id = FeatureId.parse(`f${Math.max(...m.features.map((f) => Number(f.feature.id.slice(1)))) + 1}`)
  const risk = parent?.feature.risk ?? 'low'
  const state = newFeature(d, { ...fix, touches: [...fix.touches], id, milestone, covers: [], after: [], risk, preconditions: [], expected: 'The findings it fixes can no longer be seen.', fixes: [] })
  if (parent) {
    state.on = parent.feature.id
    state.branch = parent.branch
    // What people said by /retry is for whoever works on it next.
    state.lessons = [...parent.lessons]
  }
  m.features.push(state)
  issue(d, ['open-fix-issue', id], { type: 'OpenFixIssue', feature: id })
  return state
}

/** A review's findings are out: what happens to its feature now. Scrutiny posted first, so that people see before it is fixed. */
export function settleReview(d: Draft, f: FeatureState): void {
  if (f.status !== 'reviewing' || !f.report || isPending(d, 'PostReview', (e) => e.type === 'PostReview' && e.feature === f.feature.id)) return
  if (isPending(d, 'StartRun', (e) => e.type === 'StartRun' && e.task.task === 'confirm' && e.task.feature === f.feature.id)) return
  const open = openFindings(d.m, f.feature.id)
  if (reviewsUsedUp(d, f)) {
    if (open.some(isBlocking)) return hold(d, { why: 'feature_rounds_used', feature: f.feature.id })
    dismiss(d, (x) => x.scope === f.feature.id, 'orchestrator', 'it does not block, and the rounds of review are used up')
  }
  if (d.m.holds.some((h) => h.reason.why === 'triage_failed' && h.reason.scope === f.feature.id)) return
  if (triage(d, f.feature.id)) return
  // A fix that was handed off meanwhile is on its way to the pull request; its review follows.
  const fixing = f.head !== f.published || d.m.features.some((x) => x.on === f.feature.id && ['ready', 'active'].includes(x.status))
  f.status = fixing ? 'fixing' : 'merging'
  if (!fixing) f.reviewed = f.head
}

export function isBlocking(f: FindingState): boolean {
  return f.finding.severity === 'blocking'
}

export function fixIssueOpened(d: Draft, event: EventOf<'FixIssueOpened'>): void {
  featureOf(d, event.feature).issue = event.issue
}
