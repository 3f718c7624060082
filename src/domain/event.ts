import { z } from 'zod'
import { Command } from './commands.ts'
import { Clarification, ValidationContract } from './contract.ts'
import { EffectId, FeatureId, Instant, MissionKey, Sha } from './id.ts'
import { DryRunReport } from './dry-run.ts'
import { Handoff, Plan } from './feature.ts'
import { Curated, KnownEntry } from './knowledge.ts'
import { Note } from './notes.ts'
import { PictureOutcome } from './pictures.ts'
import { Limits, Policy } from './policy.ts'
import { Proof } from './proof.ts'
import { Settings } from './settings.ts'
import { Split } from './split.ts'
import { Confirmations, Published, Report, Triage } from './verdict.ts'

const counts = { turns: z.int(), input_tokens: z.int(), cache_write_tokens: z.int(), cache_read_tokens: z.int(), output_tokens: z.int(), cost_usd: z.number() }

/** What a run used. Dollars from the dated price table of the configuration. */
export const Usage = z.strictObject({
  /** The model it began with. */
  model: z.string(),
  ...counts,
  wall_ms: z.int(),
  /** The same, by the model that answered: fallbacks and explorers have their own. */
  by_model: z.record(z.string(), z.strictObject(counts)).optional(),
  /** The part of it that explorers used, whom the run had sent. */
  explorers: z.strictObject({ runs: z.int(), ...counts }).optional(),
})
export type Usage = z.infer<typeof Usage>

export const Permission = z.enum(['admin', 'write', 'read', 'none'])
export type Permission = z.infer<typeof Permission>

export const Request = z.strictObject({
  key: MissionKey,
  installation_id: z.int(),
  repository: z.strictObject({ id: z.int(), owner: z.string(), name: z.string(), default_branch: z.string() }),
  issue: z.strictObject({ number: z.int(), title: z.string(), body: z.string(), author: z.string() }),
  /** Who set the label. */
  by: z.string(),
  /** Hidden passages that were taken out of title and body. */
  hidden_passages: z.int(),
})
export type Request = z.infer<typeof Request>

export const FailingCheck = z.strictObject({ name: z.string(), summary: z.string(), url: z.string() })
export type FailingCheck = z.infer<typeof FailingCheck>

const base = { v: z.literal(1), id: z.string().min(1), at: Instant }
const answer = { ...base, answers: EffectId }
const agent = { ...answer, usage: Usage }
/** Asked of explorers on the way to the answer. */
const notes = z.array(Note).default([])

/** A fact. Past tense. */
export const Event = z.discriminatedUnion('type', [
  // Facts from GitHub and from people.
  z.strictObject({ ...base, type: z.literal('MissionRequested'), request: Request, limits: Limits, policy: Policy }),
  z.strictObject({ ...base, type: z.literal('CommandGiven'), by: z.string(), comment: z.int(), issue: z.int(), created_at: Instant, command: Command }),
  z.strictObject({ ...base, type: z.literal('Replied'), by: z.string(), comment: z.int(), issue: z.int(), text: z.string() }),
  z.strictObject({ ...base, type: z.literal('OutsiderSpoke'), by: z.string(), comment: z.int(), issue: z.int() }),
  z.strictObject({ ...base, type: z.literal('LabelRemoved'), by: z.string() }),
  z.strictObject({ ...base, type: z.literal('IssueClosed'), by: z.string() }),
  z.strictObject({ ...base, type: z.literal('IssueReopened'), by: z.string() }),
  z.strictObject({ ...base, type: z.literal('PullRequestClosed'), by: z.string(), pull: z.int(), branch: z.string(), merge_sha: Sha.nullable().describe('null: closed without a merge') }),
  z.strictObject({ ...base, type: z.literal('PullRequestReviewed'), by: z.string(), pull: z.int(), branch: z.string(), head: Sha, state: z.enum(['approved', 'changes_requested']), body: z.string() }),
  z.strictObject({ ...base, type: z.literal('HeadMoved'), by: z.string(), branch: z.string(), sha: Sha }),
  z.strictObject({ ...base, type: z.literal('AccessLost'), reason: z.string() }),
  // Answers of agents.
  z.strictObject({ ...agent, type: z.literal('Clarified'), clarification: Clarification, notes }),
  z.strictObject({ ...agent, type: z.literal('ContractWritten'), contract: ValidationContract, notes }),
  z.strictObject({ ...agent, type: z.literal('PlanWritten'), plan: Plan, notes, settings: Settings.nullable().default(null) }),
  z.strictObject({ ...agent, type: z.literal('FeatureHandedOff'), feature: FeatureId, head: Sha, handoff: Handoff, proof: Proof }),
  z.strictObject({ ...agent, type: z.literal('FeatureReviewed'), feature: FeatureId, report: Report }),
  z.strictObject({ ...agent, type: z.literal('MilestoneSynthesised'), report: Report }),
  z.strictObject({ ...agent, type: z.literal('AssertionsExercised'), report: Report, published: Published.nullable().default(null) }),
  z.strictObject({ ...agent, type: z.literal('FindingsConfirmed'), ...Confirmations.shape }),
  z.strictObject({ ...agent, type: z.literal('FindingsTriaged'), triage: Triage }),
  z.strictObject({ ...agent, type: z.literal('SplitDecided'), feature: FeatureId, split: Split }),
  z.strictObject({ ...agent, type: z.literal('KnowledgeCurated'), curated: Curated, known: z.array(KnownEntry).describe('Entries of the library that something was merged into') }),
  z.strictObject({
    ...agent,
    type: z.literal('RunFailed'),
    reason: z.enum(['turns', 'tokens', 'wall_time', 'dollars', 'refusal', 'context', 'off_schema', 'no_work', 'push_gate', 'claims', 'gates', 'unproven', 'environment']),
    detail: z.string(),
  }),
  // Answers of acts, work and waits.
  z.strictObject({ ...answer, type: z.literal('Acknowledged'), comment: z.int(), base_sha: Sha }),
  z.strictObject({ ...answer, type: z.literal('PicturesFetched'), pictures: z.array(z.strictObject({ address: z.string(), outcome: PictureOutcome })) }),
  z.strictObject({ ...answer, type: z.literal('QuestionsAsked'), comment: z.int() }),
  z.strictObject({ ...answer, type: z.literal('DryRunDone'), report: DryRunReport }),
  z.strictObject({ ...answer, type: z.literal('PlanPublished'), plan_hash: z.string(), tracking_issue: z.int(), sub_issues: z.record(FeatureId, z.int()) }),
  z.strictObject({ ...answer, type: z.literal('IntegrationBranchOpened') }),
  z.strictObject({ ...answer, type: z.literal('FeaturePublished'), feature: FeatureId, pull: z.int(), head: Sha }),
  z.strictObject({ ...answer, type: z.literal('FixIssueOpened'), feature: FeatureId, issue: z.int() }),
  z.strictObject({ ...answer, type: z.literal('SplitPublished'), feature: FeatureId, sub_issues: z.record(FeatureId, z.int()) }),
  z.strictObject({ ...answer, type: z.literal('ReviewPosted') }),
  z.strictObject({ ...answer, type: z.literal('VerdictPosted') }),
  z.strictObject({ ...answer, type: z.literal('FeatureIntegrated'), feature: FeatureId, outcome: z.enum(['clean', 'conflict', 'broken']), head: Sha, output: z.string() }),
  z.strictObject({
    ...answer,
    type: z.literal('ChecksConcluded'),
    sha: Sha,
    conclusion: z.enum(['none', 'success', 'failure', 'timeout', 'conflict']),
    failing: z.array(FailingCheck),
    base_head: Sha.nullable().describe('With `conflict`: head of the branch it does not merge into'),
  }),
  z.strictObject({
    ...answer,
    type: z.literal('KnowledgeCommitted'),
    outcome: z.enum(['committed', 'moved', 'refused']),
    head: Sha.describe('Where the integration branch stands now'),
    detail: z.string(),
  }),
  z.strictObject({ ...answer, type: z.literal('FeatureMerged'), feature: FeatureId, sha: Sha }),
  z.strictObject({ ...answer, type: z.literal('MergeRefused'), feature: FeatureId, reason: z.enum(['head_moved', 'conflict', 'forbidden']), detail: z.string(), head: Sha.nullable() }),
  z.strictObject({ ...answer, type: z.literal('ValidationReported') }),
  z.strictObject({ ...answer, type: z.literal('MissionPullRequestOpened'), pull: z.int() }),
  z.strictObject({ ...answer, type: z.literal('HaltPosted') }),
  z.strictObject({ ...answer, type: z.literal('Responded') }),
  z.strictObject({ ...answer, type: z.literal('Woke') }),
  /** Nobody needed the run any more: stopped by a cancel or a later decision. All it had used. */
  z.strictObject({ ...answer, type: z.literal('RunStopped'), run: EffectId, usage: Usage }),
  z.strictObject({ ...answer, type: z.literal('MissionClosed') }),
  // Trouble. The effect stays pending: resume means the same effect again under the same id.
  z.strictObject({
    ...base,
    type: z.literal('EffectFailed'),
    effect: EffectId,
    trouble: z.enum(['model_away', 'model_refused_credentials', 'budget', 'github', 'push_refused', 'foreign_head', 'environment', 'bug']),
    detail: z.string(),
  }),
  /** A run that waits in the outbox, because of a hold or of trouble: what it has used so far. It goes on under the same id. */
  z.strictObject({ ...base, type: z.literal('RunPaused'), run: EffectId, usage: Usage }),
])
export type Event = z.infer<typeof Event>
export type EventType = Event['type']
export type EventOf<T extends EventType> = Extract<Event, { type: T }>

/** An event as the journal keeps it: chained to the one before. */
export type SealedEvent = Event & { prev: string; hash: string }
