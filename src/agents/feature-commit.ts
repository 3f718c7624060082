import type { Mission } from '../domain/mission.ts'

/** The message of a commit on a feature's branch. Under `ci: skip` it keeps the repository's workflows, and their secrets, from starting. */
export function featureCommit(mission: Mission, message: string): string {
  return mission.policy.ci === 'skip' ? `${message}\n\n[skip ci]` : message
}
