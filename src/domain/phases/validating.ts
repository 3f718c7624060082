import { count, hold, isPending, issue, startRun, type Draft } from '../draft.ts'
import type { Task } from '../effect.ts'
import type { EventOf } from '../event.ts'
import type { AssertionId, EffectId, MilestoneId, Sha } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import type { AssertionState, Validation } from '../mission.ts'
import type { AssertionResult, Finding, Published } from '../verdict.ts'
import { overlap } from './building.ts'
import { curating, learned } from './curating.ts'
import { startDelivery } from './delivering.ts'
import { openFindings, record } from './findings.ts'
import { exercisedAgain, unconfirmed, unreproduced } from './reproducing.ts'
import { isBlocking, triage } from './triaging.ts'
import { inFull, programProblems } from '../dry-run.ts'
import { isSkeleton } from '../skeleton.ts'

// The program, not a model, injects fresh validators of both kinds. While they look, nothing is merged.

export type Scope = MilestoneId | 'final'

export function roundsLeft(d: Draft, scope: Scope): boolean {
  const { limits, rounds, extra_rounds } = d.m
  const limit = scope === 'final' ? limits.delivery_rounds : limits.rounds_per_milestone
  return (rounds[scope] ?? 0) < limit + (extra_rounds[scope] ?? 0)
}

export function startValidation(d: Draft, milestone: MilestoneId | null): void {
  const scope = milestone ?? 'final'
  if (!roundsLeft(d, scope)) return hold(d, { why: 'rounds_used', milestone })
  const round = (d.m.rounds[scope] = (d.m.rounds[scope] ?? 0) + 1)
  begin(d, milestone, round, 0)
}

function begin(d: Draft, milestone: MilestoneId | null, round: number, repeat: number): void {
  const { m } = d
  holdsTrue(m.integration, 'validation without an integration branch')
  m.phase = milestone ? 'validating' : 'verifying'
  const head = m.integration.head
  const natural = [milestone ?? 'final', `r${round}`, ...(repeat > 0 ? [`h${repeat}`] : [])]
  const open: EffectId[] = []
  if (milestone) open.push(startRun(d, ['synthesise', ...natural], { task: 'synthesise', milestone, round, base: m.base_sha ?? head, head }))
  chunks(dueAssertions(d, milestone, round), m.limits.assertions_per_run).forEach((assertions, i) => {
    open.push(startRun(d, ['exercise', ...natural, `p${i + 1}`], { task: 'exercise', milestone, round, part: i + 1, head, assertions }))
  })
  // What the dry run could not try on the base, it tries here.
  if (milestone && m.plan && isSkeleton(m.plan, milestone)) open.push(issue(d, ['dry-run', ...natural], { type: 'DryRun', n: round, head, milestone }))
  m.triaging = null
  m.validation = { milestone, round, sha: head, repeat, open, again: false }
  // Everything was waived: there is nothing to look at.
  if (open.length === 0) conclude(d, m.validation)
}

/** The first round covers everything; later ones what failed, was blocked, or belongs to features that were fixed since. */
function dueAssertions(d: Draft, milestone: MilestoneId | null, round: number): AssertionId[] {
  const { m } = d
  const originals = m.features.filter((f) => f.feature.fixes.length === 0 && f.status !== 'dropped')
  const covered = originals.filter((f) => !milestone || f.feature.milestone === milestone).flatMap((f) => f.feature.covers)
  const wanted = covered.filter((id) => m.assertions[id]?.result !== 'waived')
  if (!milestone || round === 1) return wanted
  const touched = m.features.filter((f) => f.feature.fixes.length > 0 && f.status === 'merged').flatMap((f) => f.feature.touches)
  const changed = originals.filter((f) => overlap(f.feature.touches, touched)).flatMap((f) => f.feature.covers)
  return wanted.filter((id) => m.assertions[id]?.result !== 'pass' || changed.includes(id))
}

function chunks<T>(list: T[], size: number): T[][] {
  return list.length === 0 ? [] : [list.slice(0, size), ...chunks(list.slice(size), size)]
}

export function exercised(d: Draft, event: EventOf<'AssertionsExercised'>, task: Extract<Task, { task: 'exercise' }>): void {
  const scope = task.milestone ?? 'final'
  const results = task.assertions.map((id) => event.report.results.find((r) => r.assertion === id) ?? absent(id))
  for (const r of results) {
    const before = d.m.assertions[r.assertion]?.result
    if (before === 'waived') continue
    if (task.again) exercisedAgain(d, r, { scope, run: event.answers, findings: event.report.findings })
    const flaky = task.again && before === 'fail' && r.result === 'pass' ? { flaky: true } : {}
    d.m.assertions[r.assertion] = { result: r.result, sha: task.head, run: event.answers, note: r.note, evidence: r.evidence, ...publishedOf(event.published, r.assertion), ...flaky }
  }
  // What did not pass is a finding even where its validator forgot to write one.
  const silent = results.filter((r) => r.result !== 'pass' && d.m.assertions[r.assertion]?.result !== 'waived' && !event.report.findings.some((f) => f.assertion === r.assertion))
  // A second run's words about what it was asked stand with the first finding; what else it saw is new.
  const known = (f: Finding) => task.again === true && f.assertion !== undefined && task.assertions.includes(f.assertion)
  const fresh = event.report.findings.filter((f) => !known(f)).map((f): Finding => (f.assertion ? f : { ...f, severity: f.severity === 'blocking' ? 'non_blocking' : f.severity }))
  record(d, event.answers, { validator: 'user-testing', scope }, [...fresh, ...(task.again ? [] : silent.map(asFinding))])
  learned(d, event.answers, { about: 'product', feature: null, milestone: task.milestone }, event.report.knowledge)
  close(d, event.answers)
}

function publishedOf(published: Published | null, assertion: AssertionId): { published?: Published } {
  const files = published?.files.filter((file) => file.assertion === assertion) ?? []
  return published && files.length > 0 ? { published: { ...published, files } } : {}
}

/** An absent report is not a pass. */
function absent(assertion: AssertionId): AssertionResult {
  return { assertion, result: 'blocked', note: 'The validator gave no result for it.', evidence: [] }
}

function asFinding(r: AssertionResult): Finding {
  return { severity: 'blocking', assertion: r.assertion, what: `${r.assertion} ${r.result === 'fail' ? 'fails' : 'could not be exercised'}: ${r.note}`, evidence: r.evidence }
}

export function synthesised(d: Draft, event: EventOf<'MilestoneSynthesised'>, milestone: MilestoneId): void {
  record(d, event.answers, { validator: 'scrutiny', scope: milestone }, event.report.findings)
  learned(d, event.answers, { about: 'code', feature: null, milestone }, event.report.knowledge)
  if (d.m.plan?.milestones.at(-1)?.id === milestone) d.m.documentation = event.report.documentation
  close(d, event.answers)
}

/** The walking skeleton's milestone installs, passes its checks, starts and answers, or is mended until it does. */
export function skeletonTried(d: Draft, event: EventOf<'DryRunDone'>, milestone: MilestoneId): void {
  const { plan, contract } = d.m
  holdsTrue(plan && contract, 'a skeleton without a plan')
  const ready = { ...plan, unready: plan.unready.filter((u) => u.state === 'left') }
  const problems = programProblems(event.report, ready, contract)
  record(
    d,
    event.answers,
    { validator: 'checks', scope: milestone },
    problems.map((p) => ({ severity: 'blocking', what: `Tried as the plan says, on the milestone's head: ${inFull(p)}`.slice(0, 2000), evidence: [] })),
  )
  close(d, event.answers)
}

/** A validator that ended without an answer gets two fresh tries; then a person is asked. */
export function validatorFailed(d: Draft, run: EffectId, task: Extract<Task, { task: 'synthesise' | 'exercise' }>, detail: string): void {
  const v = d.m.validation
  holdsTrue(v, 'a validator without a validation')
  if (count(d, `validator ${v.milestone ?? 'final'} ${v.round}`) > 2) hold(d, { why: 'validation_failed', milestone: v.milestone, detail })
  lookAgain(d, run, task)
}

/** The same task for somebody fresh, in the place of a run that ended without an answer. */
export function lookAgain(d: Draft, run: EffectId, task: Extract<Task, { task: 'synthesise' | 'exercise' | 'confirm' }>): void {
  const v = d.m.validation
  holdsTrue(v, 'a validator without a validation')
  const part = task.task === 'exercise' ? [...(task.again ? ['again'] : []), `p${task.part}`] : []
  const again = startRun(d, [task.task, ...naturalOf(v), ...part], task)
  v.open = v.open.map((id) => (id === run ? again : id))
}

function naturalOf(v: Pick<Validation, 'milestone' | 'round' | 'repeat'>): string[] {
  return [v.milestone ?? 'final', `r${v.round}`, ...(v.repeat > 0 ? [`h${v.repeat}`] : [])]
}

/** Starts a second, fresh look at all that would keep the milestone back. */
function startAgain(d: Draft, v: Validation): EffectId[] {
  const { m } = d
  const scope = v.milestone ?? 'final'
  const doubtful = unconfirmed(m, scope)
  const open = chunks(unreproduced(m, scope), m.limits.assertions_per_run).map((assertions, i) =>
    startRun(d, ['exercise', ...naturalOf(v), 'again', `p${i + 1}`], { task: 'exercise', milestone: v.milestone, round: v.round, part: i + 1, head: v.sha, assertions, again: true }),
  )
  const found_by = doubtful.flatMap((f) => Object.values(m.runs).find((run) => run.id === f.source)?.id ?? []).at(-1)
  if (found_by === undefined) return open
  const task = { milestone: v.milestone, round: v.round, base: m.base_sha ?? v.sha, head: v.sha, findings: doubtful.map((f) => f.id) }
  return [...open, startRun(d, ['confirm', ...naturalOf(v)], { task: 'confirm', feature: null, ...task, found_by })]
}

export function close(d: Draft, run: EffectId): void {
  const v = d.m.validation
  holdsTrue(v, 'an answer without a validation')
  holdsTrue(v.open.includes(run), `${run} is not part of this validation`)
  v.open = v.open.filter((id) => id !== run)
  if (v.open.length > 0) return
  // A verdict on a head that is gone says nothing about the one that is there.
  if (d.m.integration?.head !== v.sha) return begin(d, v.milestone, v.round, v.repeat + 1)
  if (!v.again) {
    v.again = true
    v.open = startAgain(d, v)
    if (v.open.length > 0) return
  }
  if (openFindings(d.m, v.milestone ?? 'final').length > 0) {
    issue(d, ['post-verdict', v.milestone ?? 'final', `r${v.round}`, ...(v.repeat > 0 ? [`h${v.repeat}`] : [])], { type: 'PostVerdict', milestone: v.milestone, round: v.round, head: v.sha })
  } else conclude(d, v)
}

export function verdictPosted(d: Draft): void {
  const v = d.m.validation
  holdsTrue(v, 'a verdict without a validation')
  conclude(d, v)
}

function conclude(d: Draft, v: Validation): void {
  d.m.validation = null
  if (!v.milestone) report(d, v)
  d.m.phase = 'triaging'
  d.m.triaging = v.milestone ?? 'final'
}

/** The check run is created when verifying ends, on the commit it was about. */
function report(d: Draft, v: Validation): void {
  const results = Object.values(d.m.assertions)
  const clean = openFindings(d.m, 'final').length === 0
  const conclusion = results.every((a) => settledOn(a, v.sha)) && clean ? 'success' : results.some((a) => a?.result === 'fail') || !clean ? 'failure' : 'action_required'
  issue(d, ['report-validation', v.sha.slice(0, 12), count(d, `report ${v.sha}`)], { type: 'ReportValidation', sha: v.sha, conclusion })
  d.m.delivery.reported = v.sha
  d.m.delivery.passed = conclusion === 'success' ? v.sha : null
}

/** Passed, on this very commit where one is named, or waived by a person. */
function settledOn(a: AssertionState | undefined, sha: Sha | null): boolean {
  return a?.result === 'waived' || (a?.result === 'pass' && (sha === null || a.sha === sha))
}

/** Phase triaging: first every finding is decided, then fixes are built, or the milestone validates again, or has passed. */
export function afterVerdict(d: Draft): void {
  const { m } = d
  const scope = m.triaging
  holdsTrue(scope, 'triaging nothing')
  const milestone = scope === 'final' ? null : scope
  if (m.holds.some((h) => h.reason.why === 'triage_failed' && h.reason.scope === scope)) return
  const home = milestone ?? m.plan?.milestones.at(-1)?.id
  const fixes = m.features.some((f) => f.status === 'ready' && f.feature.milestone === home)
  if (openFindings(m, scope).some(isBlocking) && !roundsLeft(d, scope) && !isPending(d, 'StartRun')) return hold(d, { why: 'rounds_used', milestone })
  if (triage(d, scope)) return
  if (fixes) return build(d, scope)
  const due = m.features.filter((f) => !milestone || f.feature.milestone === milestone).flatMap((f) => f.feature.covers)
  // Milestones carry earlier passes on; the final verification counts on the final head only.
  const on = milestone ? null : (m.integration?.head ?? null)
  if (!due.every((id) => settledOn(m.assertions[id], on))) return startValidation(d, milestone)
  if (milestone && curating(d, milestone)) return
  m.triaging = null
  if (!milestone) return startDelivery(d)
  m.milestone++
  if (m.plan && m.milestone < m.plan.milestones.length) {
    m.phase = 'building'
    return
  }
  m.triaging = 'final'
  startValidation(d, null)
  if (m.validation === null) afterVerdict(d)
}

/** Fixes of a final verification are built in the last milestone, which then validates again. */
function build(d: Draft, scope: Scope): void {
  if (scope === 'final' && d.m.plan) d.m.milestone = d.m.plan.milestones.length - 1
  d.m.triaging = null
  d.m.phase = 'building'
}

/** A head nobody validated is on the pull request: everything is looked at again, without using up a round. */
export function verifyAgain(d: Draft): void {
  d.m.extra_rounds['final'] = (d.m.extra_rounds['final'] ?? 0) + 1
  d.m.delivery.passed = null
  d.m.delivery.checked = null
  startValidation(d, null)
}
