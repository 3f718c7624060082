import { z } from 'zod'
import { PictureWanted } from './pictures.ts'
import { AssertionId, EffectId, FeatureId, FindingId, Instant, KnowledgeId, MilestoneId, Sha } from './id.ts'

const clarify = z.strictObject({ task: z.literal('clarify'), round: z.int() })
const contract = z.strictObject({ task: z.literal('contract'), n: z.int(), problems: z.array(z.string()) })

/** The tasks that begin right after words of people. */
export const ReadingTask = z.discriminatedUnion('task', [clarify, contract])
export type ReadingTask = z.infer<typeof ReadingTask>

/** What one agent is asked to do. The effect's id is the run's id. */
export const Task = z.discriminatedUnion('task', [
  clarify,
  contract,
  z.strictObject({ task: z.literal('decompose'), n: z.int(), problems: z.array(z.string()) }),
  z.strictObject({ task: z.literal('triage'), scope: z.string(), findings: z.array(FindingId), n: z.int(), problems: z.array(z.string()) }),
  z.strictObject({
    task: z.literal('build'),
    feature: FeatureId,
    attempt: z.int(),
    /** The commit it starts from. */
    base: Sha,
    /** A commit to merge first, conflicts left in the tree for the worker; null when there is none. */
    merge: Sha.nullable(),
    lessons: z.array(z.string()),
  }),
  /** A worker at the feature ended at a limit, in the run named. `again`: an attempt is left for it as it is. */
  z.strictObject({
    task: z.literal('split'),
    feature: FeatureId,
    attempt: z.int(),
    run: EffectId,
    reason: z.string(),
    detail: z.string(),
    again: z.boolean(),
    n: z.int(),
    problems: z.array(z.string()),
  }),
  z.strictObject({ task: z.literal('review'), feature: FeatureId, round: z.int(), base: Sha, head: Sha }),
  z.strictObject({ task: z.literal('synthesise'), milestone: MilestoneId, round: z.int(), base: Sha, head: Sha }),
  /** `milestone` null: the final verification of the whole. */
  z.strictObject({
    task: z.literal('exercise'),
    milestone: MilestoneId.nullable(),
    round: z.int(),
    part: z.int(),
    head: Sha,
    assertions: z.array(AssertionId),
    /** The dry run: on the base, before the plan is shown. `round` is the dry run's number. */
    baseline: z.literal(true).optional(),
    again: z.literal(true).optional().describe('A second, fresh look at what did not pass'),
  }),
  /** A second look at blocking findings of a feature's review, or of a milestone's synthesis. `found_by` is the run that found them. */
  z.strictObject({
    task: z.literal('confirm'),
    feature: FeatureId.nullable(),
    milestone: MilestoneId.nullable(),
    round: z.int(),
    base: Sha,
    head: Sha,
    findings: z.array(FindingId),
    found_by: EffectId,
  }),
  z.strictObject({ task: z.literal('curate'), milestone: MilestoneId, head: Sha, entries: z.array(KnowledgeId) }),
])
export type Task = z.infer<typeof Task>

export const CheckSubject = z.discriminatedUnion('of', [z.strictObject({ of: z.literal('feature'), feature: FeatureId }), z.strictObject({ of: z.literal('mission') })])
export type CheckSubject = z.infer<typeof CheckSubject>

/** A short answer to a person; the words are in views/saying.ts. */
export const Saying = z.discriminatedUnion('say', [
  z.strictObject({ say: z.literal('help') }),
  z.strictObject({ say: z.literal('status') }),
  z.strictObject({ say: z.literal('refused'), why: z.string(), instead: z.string() }),
  z.strictObject({ say: z.literal('outsider') }),
])
export type Saying = z.infer<typeof Saying>

const base = { id: EffectId, at: Instant }

/** Something for an adapter to do. Imperative. Each is answered by exactly one event. */
export const Effect = z.discriminatedUnion('type', [
  // Agents and other long work: in parallel.
  z.strictObject({ ...base, type: z.literal('StartRun'), task: Task }),
  z.strictObject({ ...base, type: z.literal('IntegrateFeature'), feature: FeatureId, head: Sha, onto: Sha }),
  /** Tries the procedures, the start and the tools on a commit; no model takes part. `milestone`: a walking skeleton is tried on the milestone's head. */
  z.strictObject({ ...base, type: z.literal('DryRun'), n: z.int(), head: Sha, milestone: MilestoneId.nullable() }),
  // Waiting.
  /** A run that nobody needs any more: sees that it has stopped, however its process ended, and tells what it had used. After `patience_ms` what its record says by then. */
  z.strictObject({ ...base, type: z.literal('StopRun'), run: EffectId, patience_ms: z.int() }),
  z.strictObject({ ...base, type: z.literal('AwaitChecks'), subject: CheckSubject, sha: Sha, grace_ms: z.int(), deadline_ms: z.int() }),
  z.strictObject({ ...base, type: z.literal('WakeAt'), delay_ms: z.int(), why: z.string() }),
  // Acts on GitHub: one at a time per mission, in order.
  z.strictObject({ ...base, type: z.literal('Acknowledge') }),
  /** Has the pictures that people showed; the run that is to see them begins behind it. */
  z.strictObject({ ...base, type: z.literal('FetchPictures'), pictures: z.array(PictureWanted), then: ReadingTask }),
  z.strictObject({ ...base, type: z.literal('AskQuestions'), round: z.int() }),
  z.strictObject({ ...base, type: z.literal('PublishPlan'), revision: z.int() }),
  z.strictObject({ ...base, type: z.literal('OpenIntegrationBranch'), sha: Sha }),
  z.strictObject({ ...base, type: z.literal('PublishFeature'), feature: FeatureId, head: Sha, expected: Sha.nullable().describe('Where the branch must stand on GitHub now; null: not there yet') }),
  z.strictObject({ ...base, type: z.literal('OpenFixIssue'), feature: FeatureId }),
  /** Sub-issues for the features that take this one's place; its own is closed with the reason. */
  z.strictObject({ ...base, type: z.literal('PublishSplit'), feature: FeatureId }),
  z.strictObject({ ...base, type: z.literal('PostReview'), feature: FeatureId, round: z.int(), head: Sha, run: EffectId }),
  z.strictObject({ ...base, type: z.literal('PostVerdict'), milestone: MilestoneId.nullable(), round: z.int(), head: Sha }),
  z.strictObject({ ...base, type: z.literal('CommitKnowledge'), milestone: MilestoneId, head: Sha.describe('Where the integration branch must stand') }),
  z.strictObject({ ...base, type: z.literal('MergeFeature'), feature: FeatureId, head: Sha }),
  z.strictObject({ ...base, type: z.literal('ReportValidation'), sha: Sha, conclusion: z.enum(['success', 'failure', 'action_required']) }),
  z.strictObject({ ...base, type: z.literal('OpenMissionPullRequest'), head: Sha }),
  z.strictObject({ ...base, type: z.literal('PostHalt'), hold: z.int() }),
  z.strictObject({ ...base, type: z.literal('Respond'), comment: z.int(), issue: z.int(), reaction: z.enum(['+1', 'confused', 'rocket', 'eyes']), saying: Saying.nullable() }),
  z.strictObject({ ...base, type: z.literal('CloseMission') }),
])
export type Effect = z.infer<typeof Effect>
export type EffectType = Effect['type']
export type EffectOf<T extends EffectType> = Extract<Effect, { type: T }>

/** Where an effect is done: `run` and `wait` go side by side, `act` one at a time per mission, in order. */
export const laneOf = {
  StartRun: 'run',
  IntegrateFeature: 'run',
  DryRun: 'run',
  StopRun: 'wait',
  AwaitChecks: 'wait',
  WakeAt: 'wait',
  Acknowledge: 'act',
  FetchPictures: 'act',
  AskQuestions: 'act',
  PublishPlan: 'act',
  OpenIntegrationBranch: 'act',
  PublishFeature: 'act',
  OpenFixIssue: 'act',
  PublishSplit: 'act',
  PostReview: 'act',
  PostVerdict: 'act',
  CommitKnowledge: 'act',
  MergeFeature: 'act',
  ReportValidation: 'act',
  OpenMissionPullRequest: 'act',
  PostHalt: 'act',
  Respond: 'act',
  CloseMission: 'act',
} as const satisfies Record<EffectType, 'run' | 'act' | 'wait'>

export type ActEffect = EffectOf<{ [T in EffectType]: (typeof laneOf)[T] extends 'act' ? T : never }[EffectType]>

/** What a held mission still does: it speaks to people, it sleeps, and it counts what was used. */
const throughHold = new Set<EffectType>(['PostHalt', 'Respond', 'WakeAt', 'StopRun', 'CloseMission'])

/** Which of the pending effects may be done now. */
export function dispatchable(pending: readonly Effect[], held: boolean): Effect[] {
  // The last words say that nothing runs any more, and what it cost.
  const stopping = pending.some((e) => e.type === 'StopRun')
  const allowed = pending.filter((e) => (!held || throughHold.has(e.type)) && !(stopping && e.type === 'CloseMission'))
  const firstAct = allowed.find((e) => laneOf[e.type] === 'act')
  return allowed.filter((e) => laneOf[e.type] !== 'act' || e === firstAct)
}
