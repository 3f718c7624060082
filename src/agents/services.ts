import type { AnswerBody } from '../ports/forge.ts'
import type { EffectId } from '../domain/id.ts'
import type { Mission } from '../domain/mission.ts'
import type { Task } from '../domain/effect.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'
import type { Model } from '../ports/model.ts'
import type { Pictures } from '../ports/pictures.ts'
import type { Sandboxes } from '../ports/sandbox.ts'
import type { Setups } from '../ports/setups.ts'
import type { Trajectories } from '../ports/trajectories.ts'
import type { RepositoryRef, Workspaces } from '../ports/workspaces.ts'
import type { AgentsConfig } from './config.ts'
import type { Prompts } from './prompt.ts'

/** What agents need of the world. */
export interface Services {
  model: Model
  ledger: Ledger
  trajectories: Trajectories
  pictures: Pick<Pictures, 'read'>
  workspaces: Workspaces
  sandboxes: Sandboxes
  /** What installs have fetched, for all runs. */
  setups: Setups
  clock: Clock
  config: AgentsConfig
  prompts: Prompts
  /** A directory of the host for a tester's screenshots and files, kept as evidence; the same one for the same run. */
  testerDir(run: string): Promise<string>
  /** False: the mission is held or cancelled, or this process lost the job. Asked before every turn. */
  mayGoOn(): Promise<boolean>
}

export type TaskOf<T extends Task['task']> = Extract<Task, { task: T }>

/** One run to be done. */
export interface Job<T extends Task = Task> {
  run: EffectId
  task: T
  mission: Mission
  services: Services
  signal: AbortSignal
}

/** What became of a run: its answer (`RunFailed` is one), or nothing yet, because the fence said stop. */
export type Outcome = { is: 'answered'; body: AnswerBody } | { is: 'stopped' }

/** A run that has begun keeps what it was told: what was found out for its first message need not be found out again. */
export async function hasBegun({ run, services }: Job): Promise<boolean> {
  return (await services.trajectories.read(run)).length > 0
}

export function repositoryOf(mission: Mission): RepositoryRef {
  const { id, owner, name } = mission.request.repository
  return { id, installation_id: mission.request.installation_id, owner, name }
}
