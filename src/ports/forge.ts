import type { ActEffect, EffectOf } from '../domain/effect.ts'
import type { Event, FailingCheck, Permission } from '../domain/event.ts'
import type { Mission } from '../domain/mission.ts'
import type { MissionKey, Sha } from '../domain/id.ts'
import type { RepositoryRef } from './workspaces.ts'

/** GitHub, in our words. */
export interface Forge {
  /** Does one act, exactly once however often it is asked: looks for its marker first. The answer lacks only what the runner adds. */
  perform(act: ActEffect, mission: Mission, signal: AbortSignal): Promise<AnswerBody>
  /** Draws the pages that are folds of the journal: status comment, tracking issue, labels, check run in progress. Set semantics. */
  project(mission: Mission, signal: AbortSignal): Promise<void>
  /** State of the checks on a commit; `pending` while some run or none has shown up yet. */
  checks(
    mission: Mission,
    wait: EffectOf<'AwaitChecks'>,
    signal: AbortSignal,
  ): Promise<{ state: 'pending' | 'absent' | 'success' } | { state: 'failure'; failing: FailingCheck[] } | { state: 'conflict'; base_head: Sha }>
  /** The facts of a live mission as GitHub has them now, under the ids the webhooks would give them. */
  facts(mission: Mission, signal: AbortSignal): Promise<RawFact[]>
  permission(repository: RepositoryRef, login: string): Promise<Permission>
  /** Says no on an issue, once per `marker`. */
  refuse(repository: RepositoryRef, issue: number, refusal: { marker: string; text: string }): Promise<void>
  /** What must be known before a mission starts. */
  intake(repository: RepositoryRef, issue: number): Promise<{ labelled: boolean; by_us: boolean; head: Sha | null; default_branch: string; title: string; body: string; author: string }>
}

/** Distributes over the union, so that each answer keeps its own fields. */
type Bare<E> = E extends { answers: unknown } ? Omit<E, 'v' | 'id' | 'at' | 'answers'> : never
export type AnswerBody = Bare<Event>

/**
 * A fact as a webhook or the sweep tells it, before anybody's permission was asked. `id` names the fact, never the delivery.
 * The runner asks for permissions and turns it into an event, or into nothing.
 */
export type RawFact = { id: string; at: string; repository: RepositoryRef & { default_branch: string } } & (
  | { fact: 'labelled'; issue: number; by: string; updated_at: string; title: string; body: string; author: string }
  | { fact: 'unlabelled'; issue: number; by: string }
  | { fact: 'issue_closed'; issue: number; by: string }
  | { fact: 'issue_reopened'; issue: number; by: string }
  /** `key` when the issue or pull request is the app's own and says so by marker or branch; else the labelled issue itself. */
  | { fact: 'commented'; issue: number; key: MissionKey | null; comment: number; by: string; body: string; created_at: string }
  | { fact: 'pull_closed'; key: MissionKey; pull: number; branch: string; by: string; merge_sha: Sha | null }
  | { fact: 'reviewed'; key: MissionKey; pull: number; branch: string; by: string; head: Sha; state: 'approved' | 'changes_requested'; body: string }
  | { fact: 'head_moved'; key: MissionKey; branch: string; sha: Sha; by: string }
  | { fact: 'checks_changed'; sha: Sha }
  | { fact: 'access_lost'; reason: string; repositories: number[] | 'all' }
)

/** GitHub did not do it, for now: asked too often, away, or the outcome is unknown and the next try reconciles. */
export class ForgeAway extends Error {
  readonly retryable = true
  readonly retry_after_ms: number | null
  constructor(message: string, retry_after_ms: number | null = null) {
    super(message)
    this.retry_after_ms = retry_after_ms
  }
}
/** GitHub will not do it; a person must act. `detail` is for that person. */
export class ForgeRefused extends Error {
  readonly retryable = false
  readonly trouble: 'github' | 'push_refused' | 'foreign_head'
  constructor(detail: string, trouble: 'github' | 'push_refused' | 'foreign_head' = 'github') {
    super(detail)
    this.trouble = trouble
  }
}
