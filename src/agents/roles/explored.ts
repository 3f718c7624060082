import type { Sha } from '../../domain/id.ts'
import type { Mission } from '../../domain/mission.ts'
import type { Task } from '../../domain/effect.ts'

/** Which tree explorers are sent into, and how it is called before those who ask and those who look. */
export interface ExploredTree {
  /** null: the head of the default branch, where a mission has not begun yet. */
  at: Sha | null
  words: string
}

/** What a question is about: the feature that is triaged as it stands on its pull request, else the mission's branch, else where the mission began. */
export function exploredTree(mission: Mission, task: Task): ExploredTree {
  const about = task.task === 'triage' ? mission.features.find((f) => f.feature.id === task.scope) : undefined
  if (about?.head) return { at: about.head, words: `with the change of ${about.feature.id} as it was reviewed (${about.head.slice(0, 7)})` }
  if (mission.integration) return { at: mission.integration.head, words: `with all work on the request that is merged so far (${mission.integration.head.slice(0, 7)})` }
  return { at: mission.base_sha, words: mission.base_sha ? `as it is before any work on the request (${mission.base_sha.slice(0, 7)})` : 'as it is now' }
}
