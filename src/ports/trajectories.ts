import type { EffectId } from '../domain/id.ts'

/** The append-only record of a run, line by line; what a run resumes from. Lines are JSON. */
export interface Trajectories {
  read(run: EffectId): Promise<unknown[]>
  /** Durable when it returns. */
  append(run: EffectId, line: unknown): Promise<void>
}
