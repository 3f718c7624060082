import type { Clarification, Question, Understanding, ValidationContract } from './contract.ts'
import type { DocumentationDecision } from './documentation.ts'
import type { DryRunReport } from './dry-run.ts'
import type { Effect } from './effect.ts'
import type { EventOf, Request, Usage } from './event.ts'
import type { Feature, Handoff, Plan } from './feature.ts'
import type { AssertionId, EffectId, FeatureId, FindingId, Instant, MilestoneId, MissionKey, Sha } from './id.ts'
import type { Curation, KnowledgeState } from './knowledge.ts'
import type { Note } from './notes.ts'
import type { PictureState } from './pictures.ts'
import type { Settings } from './settings.ts'
import type { Limits, Policy } from './policy.ts'
import type { Proof } from './proof.ts'
import type { Effort, Role } from './role.ts'
import type { Evidence, Finding, Published, Report } from './verdict.ts'

export type Phase =
  | 'clarifying'
  | 'contracting'
  | 'decomposing'
  | 'dry_running'
  | 'publishing'
  | 'awaiting_approval'
  | 'building'
  | 'validating'
  | 'triaging'
  | 'verifying'
  | 'delivering'
  | 'done'
  | 'stopped'

/** The fold of a journal. Never stored as truth, never edited by hand. */
export interface Mission {
  key: MissionKey
  request: Request
  requested_at: Instant
  limits: Limits
  policy: Policy
  phase: Phase
  /** Empty: not held. Several causes may hold at once. */
  holds: Hold[]
  holds_so_far: number
  /** Effects issued and not yet answered, in order: the outbox. */
  pending: Effect[]
  /** How often each effect failed: gives the failure its id. */
  failures: Partial<Record<EffectId, number>>
  runs: Record<EffectId, Run>
  status_comment: number | null
  base_sha: Sha | null
  clarify_rounds: ClarifyRound[]
  understanding: Understanding | null
  /** What people showed in the request, in replies and in what they asked to have changed, as far as the limit goes. */
  pictures: PictureState[]
  /** Beyond the limit. */
  pictures_left_out: number
  /** What explorers found out for the planning, oldest first. */
  notes: Note[]
  /** What `.github/missions.yml` said at the commit the mission began from; null: there is none. */
  settings: Settings | null
  contract: ValidationContract | null
  plan: Plan | null
  /** What people said by /revise-plan, oldest first. */
  revisions: { by: string; text: string }[]
  send_backs: number
  contracts_written: number
  plans_written: number
  /** The newest plan's, once it stands. */
  dry_run: DryRun | null
  dry_runs: number
  /** How often a dry run sent plan or contract back, since people last had a say. */
  dry_send_backs: number
  /** What the contract's assertions do on the base. */
  baseline: Partial<Record<AssertionId, BaselineResult>>
  plan_revision: number
  published: { revision: number; plan_hash: string; at: Instant } | null
  /** Approvals of a plan that people can read already and whose publication is not told yet. */
  early_approvals: EventOf<'CommandGiven'>[]
  /** A cap named by /budget before the approval. */
  cap_wish_usd: number | null
  approval: { by: string; plan_hash: string; at: Instant; cap_usd: number } | null
  tracking_issue: number | null
  integration: { branch: string; head: Sha; open: boolean } | null
  /** In plan order, fix features behind. */
  features: FeatureState[]
  assertions: Partial<Record<AssertionId, AssertionState>>
  findings: FindingState[]
  /** What agents learned, oldest first. */
  knowledge: KnowledgeState[]
  curations: Curation[]
  /** What the reviewer of the last milestone decided about names that no document tells. Null: nobody has looked yet. */
  documentation: DocumentationDecision[] | null
  /** Index of the milestone at work; equals the number of milestones when all have passed. */
  milestone: number
  /** Rounds begun, by milestone id or `final`. */
  rounds: Record<string, number>
  /** Rounds granted by people beyond the limits, by milestone id or `final` or `delivery`. */
  extra_rounds: Record<string, number>
  validation: Validation | null
  /** What phase triaging is about. */
  triaging: MilestoneId | 'final' | null
  triages: number
  lane: MergeLane | null
  /** `passed`: the final verification passed on this commit; `reported`: the check run stands on it; `checked`: its own checks are green. */
  delivery: { pull: number | null; passed: Sha | null; reported: Sha | null; checked: Sha | null }
  outcome: 'validated' | 'not_validated' | 'cancelled' | null
  ended_at: Instant | null
  /** What people asked for by /model; null: as configured. */
  models: Partial<Record<Role, { model: string | null; effort: Effort | null; by: string }>>
  /** People without write permission who had their one answer. */
  refused: string[]
  /** How often a natural key was used: gives repeats their number. */
  counters: Record<string, number>
  last_event_at: Instant
  length: number
}

export interface ClarifyRound {
  round: number
  clarification: Clarification
  questions: Question[]
  comment: number | null
  replies: { by: string; text: string }[]
}

export interface Run {
  id: EffectId
  role: 'orchestrator' | 'worker' | 'scrutiny' | 'user-testing'
  task: string
  feature: FeatureId | null
  milestone: MilestoneId | null
  started_at: Instant
  ended_at: Instant | null
  ending: 'submitted' | 'failed' | 'stopped' | null
  /** What it used, as far as that was told. */
  usage: Usage | null
  /** `closed`: usage is all it used. `lost`: nobody could find out. */
  books: 'open' | 'closed' | 'lost'
}

export interface FeatureState {
  feature: Feature
  status: 'ready' | 'active' | 'splitting' | 'handed_off' | 'reviewing' | 'fixing' | 'merging' | 'merged' | 'dropped'
  /** For a fix that is built on another feature's branch and pull request. */
  on: FeatureId | null
  /** A commit that the worker merges first, resolving its conflicts. */
  merges: Sha | null
  issue: number | null
  branch: string
  pull: number | null
  /** Newest commit of the branch that a worker handed off, the lane made or a person pushed. */
  head: Sha | null
  /** Newest commit known to be on GitHub. */
  published: Sha | null
  publications: number
  attempts: number
  extra_attempts: number
  rounds: number
  /** Scrutiny passed on this commit (or the lane's merge-up of it). */
  reviewed: Sha | null
  integrations: number
  handoff: Handoff | null
  proof: Proof | null
  report: Report | null
  approved: { by: string; head: Sha } | null
  lessons: string[]
  merge_sha: Sha | null
  /** Why it was dropped. */
  dropped: string | null
  /** The features that took its place. */
  split_into: FeatureId[]
}

export interface AssertionState {
  result: 'untested' | 'pass' | 'fail' | 'blocked' | 'waived'
  sha: Sha | null
  run: EffectId | null
  note: string
  evidence: Evidence[]
  /** It failed, and held when a second, fresh run tried it on the same commit. */
  flaky?: boolean
  /** What its run showed, where people can look at it. */
  published?: Published
}

/** A finding is open, or being fixed by a feature, or dismissed with a reason. There is no fourth way. */
export interface FindingState {
  id: FindingId
  finding: Finding
  /** The run that found it, or what else: `checks`, `person`. */
  source: string
  validator: 'scrutiny' | 'user-testing' | 'worker' | 'checks' | 'person'
  /** Feature id (a review), milestone id, or `final`. */
  scope: string
  /** What a second, fresh look gave; absent before it. */
  reproduction?: { is: 'confirmed' | 'not_confirmed'; run: EffectId; note: string }
  decision: { is: 'open' } | { is: 'fix'; feature: FeatureId } | { is: 'dismissed'; by: string; reason: string }
}

export interface DryRun {
  n: number
  /** What was tried, as text: a plan with the same procedures on the same base is not tried again. */
  subject: string
  /** null: the program has not answered yet. */
  report: DryRunReport | null
  /** Testers that have not answered yet. */
  open: EffectId[]
  /** What is wrong and is shown in the plan, because it went back often enough or a person said so. */
  troubles: string[]
  waived: { by: string; reason: string } | null
}

export interface BaselineResult {
  result: 'pass' | 'fail' | 'blocked'
  note: string
  /** null: a program said so. */
  run: EffectId | null
  /** The assertion's words, as they were tried. */
  of: string
}

export interface Validation {
  /** null: the final verification. */
  milestone: MilestoneId | null
  round: number
  sha: Sha
  /** The head moved while it ran: how often it was begun again without using up a round. */
  repeat: number
  /** Runs not answered yet. */
  open: EffectId[]
  /** What did not pass is being looked at a second time. */
  again: boolean
}

export interface MergeLane {
  feature: FeatureId
  step: 'integrating' | 'publishing' | 'checking' | 'merging'
}

export type HoldReason =
  | { why: 'paused'; by: string }
  | { why: 'label_removed'; by: string }
  | { why: 'issue_closed'; by: string }
  | { why: 'access_lost'; detail: string }
  | { why: 'effect_failed'; effect: EffectId; trouble: 'github' | 'push_refused' | 'foreign_head' | 'environment' | 'bug'; detail: string }
  | { why: 'model_away'; effect: EffectId; detail: string }
  | { why: 'model_refused_credentials'; effect: EffectId; detail: string }
  | { why: 'budget'; effect: EffectId; detail: string }
  | { why: 'planning_failed'; task: 'clarify' | 'contract' | 'decompose'; detail: string }
  | { why: 'plan_rejected'; problems: string[] }
  | { why: 'dry_run_failed'; problems: string[] }
  | { why: 'triage_failed'; scope: string; detail: string }
  | { why: 'attempts_used'; feature: FeatureId; detail: string }
  | { why: 'feature_rounds_used'; feature: FeatureId }
  | { why: 'review_failed'; feature: FeatureId; detail: string }
  | { why: 'validation_failed'; milestone: MilestoneId | null; detail: string }
  | { why: 'rounds_used'; milestone: MilestoneId | null }
  | { why: 'checks_timed_out'; feature: FeatureId | null }
  | { why: 'merge_forbidden'; feature: FeatureId; detail: string }
  | { why: 'pull_closed'; feature: FeatureId | null; by: string }

export interface Hold {
  n: number
  since: Instant
  reason: HoldReason
}
