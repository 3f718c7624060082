import { drop, hold, issue, unhold, type Draft } from '../draft.ts'
import type { Command } from '../commands.ts'
import type { EventOf } from '../event.ts'
import type { FeatureState, HoldReason } from '../mission.ts'
import { quote } from '../quote.ts'
import { FeatureId } from '../id.ts'
import { end, hasEnded } from './closing.ts'
import { dismiss } from './findings.ts'
import { lift } from './lifting.ts'
import { publishUntried } from './dry-running.ts'
import { mention } from './picturing.ts'
import { writeContract } from './planning.ts'
import { dropFeature } from './byhand.ts'

/** A refusal says why, and what would work. */
type Refusal = { why: string; instead: string }

/** A command by someone with write permission: obeyed or refused with a reason, and answered either way. */
export function commanded(d: Draft, event: EventOf<'CommandGiven'>): void {
  const { command } = event
  // The plan's issues stand before we are told so (a crash can lie between): who was quick is heard when we are.
  if (command.name === 'approve-plan' && d.m.phase === 'publishing') return void d.m.early_approvals.push(event)
  const refusal =
    hasEnded(d.m) && !['help', 'status'].includes(command.name) ? { why: 'This mission has ended.', instead: 'Label the issue `mission` again to start another.' } : obey(d, event, command)
  const saying = refusal ? ({ say: 'refused', ...refusal } as const) : command.name === 'help' || command.name === 'status' ? ({ say: command.name } as const) : null
  issue(d, ['respond', event.comment], { type: 'Respond', comment: event.comment, issue: event.issue, reaction: refusal ? 'confused' : 'rocket', saying })
}

export function hearEarlyApprovals(d: Draft): void {
  const early = d.m.early_approvals
  d.m.early_approvals = []
  for (const event of early) commanded(d, event)
}

function obey(d: Draft, event: EventOf<'CommandGiven'>, command: Command): Refusal | null {
  switch (command.name) {
    case 'approve-plan':
      return approve(d, event, command)
    case 'revise-plan':
      return revise(d, event, command.text)
    case 'pause':
      hold(d, { why: 'paused', by: event.by })
      return null
    case 'resume':
      return resume(d)
    case 'retry':
      return retry(d, event.by, command)
    case 'waive':
      return waive(d, event.by, command)
    case 'budget':
      return budget(d, command.usd)
    case 'model':
      return model(d, event.by, command)
    case 'cancel':
      end(d, 'cancelled')
      return null
    case 'unknown':
      return { why: command.problem, instead: '`/help` lists the commands.' }
    case 'status':
    case 'help':
      return null
  }
}

function approve(d: Draft, event: EventOf<'CommandGiven'>, command: Extract<Command, { name: 'approve-plan' }>): Refusal | null {
  const { m } = d
  if (m.phase !== 'awaiting_approval' || !m.published || !m.plan || !m.contract || !m.base_sha)
    return { why: m.approval ? 'The plan is approved already.' : 'There is no plan to approve yet.', instead: '`/status` shows what is going on.' }
  const current = m.published.plan_hash.slice(0, 4)
  if (command.hash !== null && !m.published.plan_hash.startsWith(command.hash.toLowerCase()))
    return { why: `Plan ${command.hash} is not the one that stands; the current plan is ${current}.`, instead: `Read it again, then \`/approve-plan ${current}\`.` }
  // Without a hash the approval is of what its author can have seen.
  if (command.hash === null && event.created_at < m.published.at) return { why: 'A newer plan was published after your comment.', instead: `Read it, then \`/approve-plan ${current}\`.` }
  const cap_usd = command.cap_usd ?? m.cap_wish_usd ?? quote(m.plan, m.contract, m.limits).usd.to
  m.approval = { by: event.by, plan_hash: m.published.plan_hash, at: d.at, cap_usd }
  m.phase = 'building'
  const branch = `mission/${m.key.slice(m.key.indexOf('-') + 1)}/main`
  m.integration = { branch, head: m.base_sha, open: false }
  issue(d, ['open-integration-branch'], { type: 'OpenIntegrationBranch', sha: m.base_sha })
  return null
}

function revise(d: Draft, { by, comment }: EventOf<'CommandGiven'>, text: string): Refusal | null {
  const stuck = unhold(d, (r) => r.why === 'dry_run_failed').length > 0
  if (d.m.phase !== 'awaiting_approval' && !stuck)
    return {
      why: 'The plan can be revised while it awaits approval; it does not now.',
      instead: d.m.approval ? '`/retry <feature> <what to do differently>` or `/cancel`.' : 'Reply in plain words, or wait for the plan.',
    }
  d.m.revisions.push({ by, text })
  mention(d, { in: 'comment', comment }, text)
  d.m.send_backs = 0
  d.m.dry_send_backs = 0
  writeContract(d, [])
  return null
}

function resume(d: Draft): Refusal | null {
  if (d.m.holds.length === 0) return { why: 'Nothing is paused.', instead: '`/status` shows what the mission waits for.' }
  if (d.m.holds.some((h) => h.reason.why === 'budget')) return { why: 'The money agreed is used up.', instead: '`/budget <dollars>` agrees a new cap and goes on.' }
  for (const reason of unhold(d, () => true)) lift(d, reason)
  return null
}

function retry(d: Draft, by: string, command: Extract<Command, { name: 'retry' }>): Refusal | null {
  const { m } = d
  const id = FeatureId.safeParse(command.feature?.toLowerCase())
  if (command.feature !== null) {
    const f = m.features.find((x) => id.success && x.feature.id === id.data)
    if (!f) return { why: `There is no feature ${command.feature}.`, instead: `The features are ${m.features.map((x) => x.feature.id).join(', ') || 'not planned yet'}.` }
    if (f.status === 'merged' || f.status === 'dropped') return { why: `${f.feature.id} is ${f.status}.`, instead: "Ask for the change in a review of the mission's pull request." }
    const about = (r: HoldReason) => !('feature' in r) || r.feature === f.feature.id || m.features.some((x) => x.on === f.feature.id && x.feature.id === r.feature)
    const held = m.holds.some((h) => h.reason.why !== 'budget' && about(h.reason))
    if (!held) return { why: `${f.feature.id} is not waiting to be retried; it is ${f.status}.`, instead: 'Say it in a review of its pull request.' }
    if (command.text) teach(d, f, `@${by} says: ${command.text}`)
    for (const reason of unhold(d, (r) => r.why !== 'budget' && about(r))) lift(d, reason)
    return null
  }
  return resume(d)
}

/** For the next worker at the feature or at a fix of it, also where its run waits in the outbox already. */
function teach(d: Draft, f: FeatureState, lesson: string): void {
  for (const x of d.m.features) {
    if ((x !== f && x.on !== f.feature.id) || x.status === 'merged' || x.status === 'dropped') continue
    x.lessons.push(lesson)
    for (const e of d.m.pending) if (e.type === 'StartRun' && e.task.task === 'build' && e.task.feature === x.feature.id) e.task.lessons = [...x.lessons]
  }
}

function waive(d: Draft, by: string, command: Extract<Command, { name: 'waive' }>): Refusal | null {
  const { m } = d
  if (!command.reason) return { why: 'A waiver needs a reason.', instead: `\`/waive ${command.what} <reason>\`` }
  const what = command.what
  if (what === 'dry-run') {
    if (m.phase !== 'dry_running') return { why: 'No dry run is under way.', instead: '`/status` shows what is going on.' }
    publishUntried(d, by, command.reason)
    return null
  }
  const assertion = m.contract?.assertions.find((a) => a.id === what.toUpperCase())
  const finding = m.findings.find((f) => f.id === what.toLowerCase())
  const feature = m.features.find((f) => f.feature.id === what.toLowerCase())
  if (finding) {
    if (finding.decision.is !== 'open') return { why: `Finding ${finding.id} is ${finding.decision.is === 'fix' ? 'being fixed' : 'dismissed'} already.`, instead: '`/status` shows what is open.' }
    dismiss(d, (f) => f === finding, by, command.reason)
    if (finding.finding.assertion && m.assertions[finding.finding.assertion]?.result !== 'pass') waiveAssertion(d, finding.finding.assertion, by, command.reason)
  } else if (assertion) {
    waiveAssertion(d, assertion.id, by, command.reason)
    dismiss(d, (f) => f.finding.assertion === assertion.id, by, command.reason)
  } else if (feature && !['merged', 'dropped'].includes(feature.status)) {
    dropFeature(d, feature, by, command.reason)
  } else return { why: `There is no open assertion, finding or feature ${what}.`, instead: 'The names stand in the tracking issue, such as VAL-API-001 or f3.' }
  // Nobody needs to think about what a person has decided.
  drop(d, (e) => e.type === 'StartRun' && e.task.task === 'triage' && !e.task.findings.some((id) => m.findings.some((f) => f.id === id && f.decision.is === 'open')))
  // What only held the mission because of it holds it no more.
  for (const reason of unhold(d, (r) => ['rounds_used', 'feature_rounds_used', 'triage_failed', 'validation_failed'].includes(r.why) || ('feature' in r && r.feature === feature?.feature.id))) {
    if (reason.why !== 'attempts_used' && reason.why !== 'pull_closed') lift(d, reason)
  }
  return null
}

function waiveAssertion(d: Draft, id: string, by: string, reason: string): void {
  const found = d.m.contract?.assertions.find((a) => a.id === id)
  if (found) d.m.assertions[found.id] = { result: 'waived', sha: null, run: null, note: `waived by @${by}: ${reason}`, evidence: [] }
}

/** From the next run on: a run keeps the model it began with, unless that has not answered it yet. */
function model(d: Draft, by: string, { role, model: wanted, effort }: Extract<Command, { name: 'model' }>): null {
  if (wanted === null && effort === null) delete d.m.models[role]
  else d.m.models[role] = { model: wanted, effort, by }
  return null
}

function budget(d: Draft, usd: number): Refusal | null {
  const { m } = d
  if (m.approval) m.approval.cap_usd = usd
  else if (m.phase === 'awaiting_approval') m.cap_wish_usd = usd
  else m.limits.planning_usd = usd
  for (const reason of unhold(d, (r) => r.why === 'budget')) lift(d, reason)
  return null
}
