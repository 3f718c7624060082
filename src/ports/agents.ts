import type { EffectOf } from '../domain/effect.ts'
import type { Usage } from '../domain/event.ts'
import type { EffectId } from '../domain/id.ts'
import type { Mission } from '../domain/mission.ts'
import type { AnswerBody } from './forge.ts'

/** The long work of a mission, as the runner sees it. */
export interface Agents {
  /** One agent to its end; `stopped` when `mayGoOn` said no before a turn: it resumes from there when asked again. */
  run(effect: EffectOf<'StartRun'>, mission: Mission, mayGoOn: () => Promise<boolean>, signal: AbortSignal): Promise<AnswerBody | 'stopped'>
  /** What a run that is not at work has used so far, by its record; what of it was not paid yet is paid. */
  used(run: EffectId, mission: Mission): Promise<Usage>
  integrate(effect: EffectOf<'IntegrateFeature'>, mission: Mission, signal: AbortSignal): Promise<AnswerBody>
  /** Tries a plan on a commit, by program. */
  dryRun(effect: EffectOf<'DryRun'>, mission: Mission, signal: AbortSignal): Promise<AnswerBody>
}
