import { issue, startRun, hold, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import { branches } from '../id.ts'
import type { FeatureState } from '../mission.ts'
import { contractProblems } from '../lint/contract.ts'
import { planProblems } from '../plan.ts'
import type { Feature } from '../feature.ts'
import { dryRun } from './dry-running.ts'
import { mention, startReading } from './picturing.ts'

// Clarifying → contracting → decomposing → dry_running → publishing. The contract is written from the requirements alone.

export function acknowledged(d: Draft, event: EventOf<'Acknowledged'>): void {
  d.m.status_comment = event.comment
  d.m.base_sha = event.base_sha
  startReading(d, { task: 'clarify', round: 1 })
}

export function clarified(d: Draft, event: EventOf<'Clarified'>): void {
  const round = d.m.clarify_rounds.length + 1
  const { clarification } = event
  d.m.notes.push(...event.notes)
  const questions = clarification.outcome === 'questions' ? clarification.questions : []
  d.m.clarify_rounds.push({ round, clarification, questions, comment: null, replies: [] })
  d.m.understanding = clarification.understanding
  if (questions.length > 0 && round <= d.m.limits.clarify_rounds) {
    issue(d, ['ask-questions', `r${round}`], { type: 'AskQuestions', round })
    return
  }
  // Out of rounds: what was not answered is assumed, in writing.
  const assumed = questions.map((q) => ({ text: `${q.text} Assumed: ${q.default}`, matters: true }))
  d.m.understanding = { ...clarification.understanding, assumptions: [...clarification.understanding.assumptions, ...assumed] }
  writeContract(d, [])
}

export function questionsAsked(d: Draft, event: EventOf<'QuestionsAsked'>): void {
  const round = d.m.clarify_rounds.at(-1)
  if (round) round.comment = event.comment
}

/** A reply by someone with write permission; counts only while its questions are open. */
export function replied(d: Draft, event: EventOf<'Replied'>): boolean {
  const round = d.m.clarify_rounds.at(-1)
  if (d.m.phase !== 'clarifying' || !round || round.comment === null) return false
  round.replies.push({ by: event.by, text: event.text })
  mention(d, { in: 'comment', comment: event.comment }, event.text)
  if (round.replies.length === 1) startReading(d, { task: 'clarify', round: round.round + 1 })
  return true
}

export function writeContract(d: Draft, problems: string[]): void {
  d.m.phase = 'contracting'
  const n = ++d.m.contracts_written
  startReading(d, { task: 'contract', n, problems })
}

export function contractWritten(d: Draft, event: EventOf<'ContractWritten'>): void {
  d.m.notes.push(...event.notes)
  const problems = contractProblems(event.contract, d.m.understanding)
  if (problems.length > 0) return sendBack(d, problems, () => writeContract(d, problems))
  d.m.contract = event.contract
  writePlan(d, [])
}

export function writePlan(d: Draft, problems: string[]): void {
  d.m.phase = 'decomposing'
  const n = ++d.m.plans_written
  startRun(d, ['decompose', `n${n}`], { task: 'decompose', n, problems })
}

export function planWritten(d: Draft, event: EventOf<'PlanWritten'>): void {
  d.m.notes.push(...event.notes)
  const problems = d.m.contract ? planProblems(event.plan, d.m.contract, event.settings) : ['there is no contract']
  if (problems.length > 0) return sendBack(d, problems, () => writePlan(d, problems))
  const { m } = d
  m.plan = event.plan
  m.settings = event.settings
  m.send_backs = 0
  m.features = event.plan.features.map((feature) => newFeature(d, feature))
  m.assertions = Object.fromEntries((m.contract?.assertions ?? []).map((a) => [a.id, { result: 'untested', sha: null, run: null, note: '', evidence: [] }]))
  dryRun(d)
}

export function planPublished(d: Draft, event: EventOf<'PlanPublished'>): void {
  d.m.phase = 'awaiting_approval'
  d.m.tracking_issue = event.tracking_issue
  d.m.published = { revision: d.m.plan_revision, plan_hash: event.plan_hash, at: event.at }
  for (const f of d.m.features) f.issue = event.sub_issues[f.feature.id] ?? null
}

/** A bad answer goes back a limited number of times, then to a person. */
function sendBack(d: Draft, problems: string[], again: () => void): void {
  if (++d.m.send_backs > d.m.limits.plan_send_backs) return hold(d, { why: 'plan_rejected', problems })
  again()
}

export function newFeature(d: Draft, feature: Feature): FeatureState {
  return {
    feature,
    status: 'ready',
    on: null,
    merges: null,
    issue: null,
    branch: branches.feature(d.m.key, feature),
    pull: null,
    head: null,
    published: null,
    publications: 0,
    attempts: 0,
    extra_attempts: 0,
    rounds: 0,
    reviewed: null,
    integrations: 0,
    handoff: null,
    proof: null,
    report: null,
    approved: null,
    lessons: [],
    merge_sha: null,
    dropped: null,
    split_into: [],
  }
}
