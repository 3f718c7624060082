import type { Assertion } from '../contract.ts'
import { count, drop, hold, issue, startRun, unhold, type Draft } from '../draft.ts'
import { asTried, assertionProblems, beyondTrying, inFull, programProblems, type Trouble } from '../dry-run.ts'
import type { Task } from '../effect.ts'
import type { EventOf } from '../event.ts'
import type { AssertionId, EffectId } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import { canonicalJson } from '../plan-document.ts'
import { writeContract, writePlan } from './planning.ts'

// Before a plan is shown, it is tried on the base: first by a program, which costs nothing, then by testers, who exercise the
// contract there. What does not fit goes back while it may; after that it stands in the plan, or stops the mission.

/** A plan stands. Only what was not tried yet is tried, and what may have been chance: a tool that broke on a product that was up. */
export function dryRun(d: Draft): void {
  const { m } = d
  holdsTrue(m.plan && m.base_sha, 'a dry run without a plan')
  m.phase = 'dry_running'
  const subject = canonicalJson({ procedures: m.plan.procedures, base: m.base_sha })
  const known = m.dry_run?.subject === subject ? m.dry_run : null
  if (!known?.report || (known.report.tools.some((t) => t.state === 'broken') && !known.waived)) {
    if (!known) m.baseline = {}
    m.dry_run = { n: ++m.dry_runs, subject, report: null, open: [], troubles: [], waived: null }
    issue(d, ['dry-run', `n${m.dry_run.n}`], { type: 'DryRun', n: m.dry_run.n, head: m.base_sha, milestone: null })
  } else judgeProgram(d)
}

export function dryRunDone(d: Draft, event: EventOf<'DryRunDone'>): void {
  holdsTrue(d.m.dry_run, 'a dry run nobody asked for')
  d.m.dry_run.report = event.report
  judgeProgram(d)
}

function judgeProgram(d: Draft): void {
  const { dry_run, plan, contract } = d.m
  holdsTrue(dry_run?.report && plan && contract, 'nothing was tried')
  const problems = programProblems(dry_run.report, plan, contract)
  dry_run.troubles = problems.map((p) => p.seen)
  // Who left it out before does not need to say so again.
  if (dry_run.waived) return publishWith(d, assertionProblems(contract, d.m.baseline))
  if (problems.length > 0 && mayReturn(d)) return writePlan(d, problems.map(inFull))
  if (problems.some((p) => p.stops)) return hold(d, { why: 'dry_run_failed', problems: dry_run.troubles })
  exerciseBase(d)
}

/** Testers for what nobody knows yet, in parts side by side. */
function exerciseBase(d: Draft): void {
  const { m } = d
  const { dry_run, contract, base_sha } = m
  holdsTrue(dry_run?.report && contract && base_sha, 'nothing to exercise')
  const due: Assertion[] = []
  for (const a of contract.assertions) {
    if (m.baseline[a.id]?.of === asTried(a, contract)) continue
    const why = beyondTrying(a, dry_run.report)
    if (why !== null) m.baseline[a.id] = { result: 'fail', note: why, run: null, of: asTried(a, contract) }
    else {
      delete m.baseline[a.id]
      if (m.policy.dry_run === 'full') due.push(a)
    }
  }
  for (const assertions of parts(due, m.limits.assertions_per_run)) {
    const part = count(d, `base part ${dry_run.n}`)
    dry_run.open.push(startRun(d, ['exercise', 'base', `n${dry_run.n}`, `p${part}`], { task: 'exercise', milestone: null, round: dry_run.n, part, head: base_sha, assertions, baseline: true }))
  }
  settle(d)
}

/** What a browser shows takes longest, so it has testers of its own, beside the others. */
function parts(due: Assertion[], size: number): AssertionId[][] {
  const pages = due.filter((a) => a.tool === 'browser')
  const rest = due.filter((a) => a.tool !== 'browser')
  return [rest, pages].flatMap((some) => Array.from({ length: Math.ceil(some.length / size) }, (_, i) => some.slice(i * size, (i + 1) * size).map((a) => a.id)))
}

type Exercise = Extract<Task, { task: 'exercise' }>

export function exercisedOnBase(d: Draft, event: EventOf<'AssertionsExercised'>, task: Exercise): void {
  for (const id of task.assertions) {
    const found = event.report.results.find((r) => r.assertion === id)
    note(d, id, found?.result ?? 'blocked', found?.note ?? 'The tester gave no result for it.', event.answers)
  }
  close(d, event.answers)
}

/** Two tries for a part; then what it was about stays unknown, and the plan says so. */
export function testerFailed(d: Draft, run: EffectId, task: Exercise, detail: string): void {
  const { dry_run } = d.m
  holdsTrue(dry_run, 'a tester without a dry run')
  if (count(d, `base tester ${task.round} ${task.part}`) < 2) {
    const again = startRun(d, ['exercise', 'base', `n${task.round}`, `p${task.part}`], task)
    dry_run.open = dry_run.open.map((id) => (id === run ? again : id))
    return
  }
  for (const id of task.assertions) note(d, id, 'blocked', `Its tester ended without a report. ${detail}`.slice(0, 1000), run)
  close(d, run)
}

function note(d: Draft, id: Exercise['assertions'][number], result: 'pass' | 'fail' | 'blocked', words: string, run: EffectId): void {
  const { contract } = d.m
  const a = contract?.assertions.find((x) => x.id === id)
  if (a && contract) d.m.baseline[id] = { result, note: words, run, of: asTried(a, contract) }
}

function close(d: Draft, run: EffectId): void {
  const { dry_run } = d.m
  holdsTrue(dry_run && dry_run.open.includes(run), `${run} is not part of this dry run`)
  dry_run.open = dry_run.open.filter((id) => id !== run)
  settle(d)
}

/** All that could be tried was: back to the contract, or out to the people. */
function settle(d: Draft): void {
  const { dry_run, contract } = d.m
  holdsTrue(dry_run && contract, 'nothing was tried')
  if (dry_run.open.length > 0) return
  const problems = assertionProblems(contract, d.m.baseline)
  if (problems.length > 0 && mayReturn(d)) return writeContract(d, problems.map(inFull))
  publishWith(d, problems)
}

function mayReturn(d: Draft): boolean {
  if (d.m.dry_send_backs >= d.m.limits.plan_send_backs) return false
  d.m.dry_send_backs++
  return true
}

/** A person wants to see the plan as it is; what is known stands in it. */
export function publishUntried(d: Draft, by: string, reason: string): void {
  const { m } = d
  holdsTrue(m.dry_run && m.contract, 'no dry run to leave out')
  m.dry_run.waived = { by, reason }
  m.dry_run.open = []
  const mine = m.pending.filter((e) => e.type === 'DryRun' || e.type === 'StartRun').map((e) => e.id)
  drop(d, (e) => mine.includes(e.id))
  unhold(d, (r) => r.why === 'dry_run_failed' || ('effect' in r && mine.includes(r.effect)))
  publishWith(d, assertionProblems(m.contract, m.baseline))
}

function publishWith(d: Draft, more: Trouble[]): void {
  d.m.dry_run?.troubles.push(...more.map((p) => p.seen))
  // No model is waited for any more.
  drop(d, (e) => e.type === 'WakeAt')
  d.m.phase = 'publishing'
  d.m.dry_send_backs = 0
  d.m.plan_revision++
  issue(d, ['publish-plan', d.m.plan_revision], { type: 'PublishPlan', revision: d.m.plan_revision })
}
