import { copy } from './copy.ts'
import { drop, featureOf, hold, issue, unhold, wasIssued, count, startRun, type Draft } from './draft.ts'
import type { Effect, EffectOf } from './effect.ts'
import type { Event, EventOf, Usage } from './event.ts'
import type { EffectId } from './id.ts'
import { holdsTrue } from './invariant.ts'
import type { Mission } from './mission.ts'
import { advance } from './phases/advance.ts'
import * as building from './phases/building.ts'
import * as byhand from './phases/byhand.ts'
import { hasEnded } from './phases/closing.ts'
import { curated, curationFailed, knowledgeCommitted } from './phases/curating.ts'
import * as delivering from './phases/delivering.ts'
import * as dryRunning from './phases/dry-running.ts'
import { lift } from './phases/lifting.ts'
import * as merging from './phases/merging.ts'
import { mention, picturesFetched } from './phases/picturing.ts'
import * as planning from './phases/planning.ts'
import { newMission } from './phases/requesting.ts'
import { commanded, hearEarlyApprovals } from './phases/steering.ts'
import { confirm, letStand } from './phases/reproducing.ts'
import { splitDecided, splitFailed, splitPublished } from './phases/splitting.ts'
import { fixIssueOpened, triaged } from './phases/triaging.ts'
import * as validating from './phases/validating.ts'
import { failed } from './phases/failing.ts'

export interface Step {
  mission: Mission
  /** New in the outbox. */
  issued: Effect[]
  /** Gone from the outbox: answered, or needed no more. */
  settled: EffectId[]
}

/**
 * The whole protocol. Folds one event into a mission; null: nothing here (late, duplicate, out of order).
 * Throws `Invariant` when the mission would contradict itself.
 */
export function transition(mission: Mission | null, event: Event): Step | null {
  if (!mission) return event.type === 'MissionRequested' ? begin(event) : null
  const d: Draft = { m: copy(mission), at: event.at, issued: [], settled: [] }
  const fresh = 'answers' in event ? answered(d, event) : told(d, event)
  if (!fresh) return null
  advance(d)
  d.m.length++
  d.m.last_event_at = event.at
  return { mission: d.m, issued: d.issued, settled: d.settled }
}

function begin(event: EventOf<'MissionRequested'>): Step {
  const d: Draft = { m: newMission(event), at: event.at, issued: [], settled: [] }
  mention(d, { in: 'issue' }, event.request.issue.body)
  issue(d, ['acknowledge'], { type: 'Acknowledge' })
  d.m.length = 1
  return { mission: d.m, issued: d.issued, settled: [] }
}

/** Facts that nobody asked for. */
function told(d: Draft, event: Exclude<Event, { answers: EffectId }>): boolean {
  const { m } = d
  switch (event.type) {
    case 'MissionRequested': {
      // The label is back: that is how a person resumes what he paused by taking it away.
      const lifted = unhold(d, (r) => r.why === 'label_removed')
      for (const reason of lifted) lift(d, reason)
      return lifted.length > 0
    }
    case 'CommandGiven':
      if (wasIssued(d, ['respond', event.comment]) || m.early_approvals.some((e) => e.comment === event.comment)) return false
      commanded(d, event)
      return true
    case 'Replied':
      return planning.replied(d, event)
    case 'OutsiderSpoke':
      if (m.refused.includes(event.by) || hasEnded(m) || wasIssued(d, ['respond', event.comment])) return false
      m.refused.push(event.by)
      issue(d, ['respond', event.comment], { type: 'Respond', comment: event.comment, issue: event.issue, reaction: 'confused', saying: { say: 'outsider' } })
      return true
    case 'LabelRemoved':
      return !hasEnded(m) && heldBy(d, () => hold(d, { why: 'label_removed', by: event.by }))
    case 'IssueClosed':
      return !hasEnded(m) && heldBy(d, () => hold(d, { why: 'issue_closed', by: event.by }))
    case 'IssueReopened':
      return unhold(d, (r) => r.why === 'issue_closed').length > 0
    case 'AccessLost':
      return !hasEnded(m) && heldBy(d, () => hold(d, { why: 'access_lost', detail: event.reason }))
    case 'PullRequestClosed':
      return byhand.pullRequestClosed(d, event)
    case 'PullRequestReviewed':
      return byhand.pullRequestReviewed(d, event)
    case 'HeadMoved':
      return byhand.headMoved(d, event)
    case 'EffectFailed':
      return failed(d, event)
    case 'RunPaused': {
      const run = m.runs[event.run]
      if (!run || run.ended_at !== null || sameUsage(run.usage, event.usage)) return false
      run.usage = event.usage
      return true
    }
  }
}

function heldBy(d: Draft, act: () => void): boolean {
  const before = d.m.holds.length
  act()
  return d.m.holds.length > before
}

/** An answer counts once, and only while its effect is in the outbox. */
function answered(d: Draft, event: Extract<Event, { answers: EffectId }>): boolean {
  const effect = d.m.pending.find((e) => e.id === event.answers)
  if (!effect) return false
  d.m.pending = d.m.pending.filter((e) => e !== effect)
  d.settled.push(effect.id)
  unhold(d, (r) => 'effect' in r && r.effect === effect.id)
  const task = effect.type === 'StartRun' ? endRun(d, effect, event) : null
  switch (event.type) {
    case 'Acknowledged':
      planning.acknowledged(d, event)
      break
    case 'PicturesFetched':
      holdsTrue(effect.type === 'FetchPictures', 'pictures answer a request for them')
      picturesFetched(d, event, effect)
      break
    case 'Clarified':
      planning.clarified(d, event)
      break
    case 'QuestionsAsked':
      planning.questionsAsked(d, event)
      break
    case 'ContractWritten':
      planning.contractWritten(d, event)
      break
    case 'PlanWritten':
      planning.planWritten(d, event)
      break
    case 'DryRunDone':
      holdsTrue(effect.type === 'DryRun', 'a dry run answers a dry run')
      if (effect.milestone) validating.skeletonTried(d, event, effect.milestone)
      else dryRunning.dryRunDone(d, event)
      break
    case 'PlanPublished':
      planning.planPublished(d, event)
      hearEarlyApprovals(d)
      break
    case 'IntegrationBranchOpened':
      holdsTrue(d.m.integration, 'a branch nobody asked for')
      d.m.integration.open = true
      break
    case 'FeatureHandedOff':
      building.handedOff(d, event)
      break
    case 'FeaturePublished':
      building.published(d, event)
      break
    case 'FixIssueOpened':
      fixIssueOpened(d, event)
      break
    case 'FeatureReviewed':
      building.reviewed(d, event)
      break
    case 'FindingsTriaged':
      holdsTrue(task?.task === 'triage', 'a triage answers a triage')
      triaged(d, event, task)
      break
    case 'SplitDecided':
      holdsTrue(task?.task === 'split', 'a decision answers a question')
      splitDecided(d, event, task)
      break
    case 'SplitPublished':
      splitPublished(d, event)
      break
    case 'KnowledgeCurated':
      holdsTrue(task?.task === 'curate', 'a curation answers a curation')
      curated(d, event, task)
      break
    case 'KnowledgeCommitted':
      holdsTrue(effect.type === 'CommitKnowledge', 'a commit of knowledge answers one')
      knowledgeCommitted(d, event, effect.milestone)
      break
    case 'FeatureIntegrated':
      merging.integrated(d, event)
      break
    case 'ChecksConcluded':
      holdsTrue(effect.type === 'AwaitChecks', 'checks answer a wait')
      if (effect.subject.of === 'mission') delivering.missionChecked(d, event)
      else merging.featureChecked(d, event, featureOf(d, effect.subject.feature))
      break
    case 'FeatureMerged':
      merging.merged(d, event)
      break
    case 'MergeRefused':
      merging.mergeRefused(d, event)
      break
    case 'MilestoneSynthesised':
      holdsTrue(task?.task === 'synthesise', 'a synthesis answers a synthesis')
      validating.synthesised(d, event, task.milestone)
      break
    case 'AssertionsExercised':
      holdsTrue(task?.task === 'exercise', 'results answer an exercise')
      if (task.baseline) dryRunning.exercisedOnBase(d, event, task)
      else validating.exercised(d, event, task)
      break
    case 'FindingsConfirmed':
      holdsTrue(task?.task === 'confirm', 'a confirmation answers a second look')
      confirm(d, event, task.findings)
      confirmed(d, event.answers, task)
      break
    case 'VerdictPosted':
      validating.verdictPosted(d)
      break
    case 'MissionPullRequestOpened':
      delivering.missionPullRequestOpened(d, event)
      break
    case 'RunFailed':
      holdsTrue(task, 'a failure answers a run')
      runFailed(d, event, task)
      break
    case 'Woke':
      woke(d)
      break
    case 'RunStopped':
      holdsTrue(effect.type === 'StopRun' && effect.run === event.run, `nobody asked ${event.run} to stop`)
      booked(d, event)
      break
    case 'ReviewPosted':
    case 'ValidationReported':
    case 'HaltPosted':
    case 'Responded':
    case 'MissionClosed':
      break
  }
  return true
}

function endRun(d: Draft, effect: EffectOf<'StartRun'>, event: { usage?: Usage; type: string }): EffectOf<'StartRun'>['task'] {
  const run = d.m.runs[effect.id]
  holdsTrue(run && event.usage, `no run ${effect.id}, or none that told what it used`)
  Object.assign(run, { ended_at: d.at, ending: event.type === 'RunFailed' ? 'failed' : 'submitted', usage: event.usage, books: 'closed' })
  return effect.task
}

function booked(d: Draft, { run: id, usage }: EventOf<'RunStopped'>): void {
  const run = d.m.runs[id]
  holdsTrue(run, `no run ${id}`)
  Object.assign(run, { usage, books: 'closed' })
}

function sameUsage(a: Usage | null, b: Usage): boolean {
  return a !== null && a.cost_usd === b.cost_usd && a.turns === b.turns && a.output_tokens === b.output_tokens
}

/** A run that ended without an answer. Its attempt is used up; what follows depends on what it was for. */
function runFailed(d: Draft, event: EventOf<'RunFailed'>, task: EffectOf<'StartRun'>['task']): void {
  const detail = `${event.reason}: ${event.detail}`
  switch (task.task) {
    case 'clarify':
    case 'contract':
    case 'decompose':
      return hold(d, { why: 'planning_failed', task: task.task, detail })
    case 'triage':
      return hold(d, { why: 'triage_failed', scope: task.scope, detail })
    case 'curate':
      return curationFailed(d, task.milestone, detail)
    case 'build':
      return building.buildFailed(d, featureOf(d, task.feature), event)
    case 'split':
      return splitFailed(d, task)
    case 'review': {
      const f = featureOf(d, task.feature)
      if (count(d, `reviewer ${task.feature} ${task.round}`) > 2) return hold(d, { why: 'review_failed', feature: task.feature, detail })
      startRun(d, ['review', f.feature.id, `r${task.round}`], task)
      return
    }
    case 'confirm':
      if (count(d, `confirmer ${task.found_by}`) <= 2) return confirmAgain(d, event.answers, task)
      letStand(d, task.findings, event.answers)
      return confirmed(d, event.answers, task)
    case 'exercise':
      if (task.baseline) return dryRunning.testerFailed(d, event.answers, task, detail)
      return validating.validatorFailed(d, event.answers, task, detail)
    case 'synthesise':
      return validating.validatorFailed(d, event.answers, task, detail)
  }
}

type ConfirmTask = Extract<EffectOf<'StartRun'>['task'], { task: 'confirm' }>

/** The second look is over: the review is posted, or the milestone's verdict is due. */
function confirmed(d: Draft, run: EffectId, task: ConfirmTask): void {
  if (task.feature === null) return validating.close(d, run)
  building.postReview(d, featureOf(d, task.feature), task.found_by)
}

function confirmAgain(d: Draft, run: EffectId, task: ConfirmTask): void {
  if (task.feature === null) return validating.lookAgain(d, run, task)
  startRun(d, ['confirm', task.feature, `r${task.round}`], task)
}

/** Time heals an overloaded model: the mission goes on by itself. */
function woke(d: Draft): void {
  unhold(d, (r) => r.why === 'model_away')
  drop(d, (e) => e.type === 'WakeAt')
}
