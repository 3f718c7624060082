import type { EffectId } from '../../domain/id.ts'
import type { Trajectories } from '../../ports/trajectories.ts'

/** The trajectories of one process, for tests. */
export function memoryTrajectories(): Trajectories {
  const runs = new Map<EffectId, string[]>()
  return {
    read: async (run) => (runs.get(run) ?? []).map((line) => JSON.parse(line)),
    async append(run, line) {
      const lines = runs.get(run) ?? []
      lines.push(JSON.stringify(line ?? null))
      runs.set(run, lines)
    },
  }
}
