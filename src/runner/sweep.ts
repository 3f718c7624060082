import type { Forge } from '../ports/forge.ts'
import type { Jobs } from '../ports/jobs.ts'
import type { Journal } from '../ports/journal.ts'
import type { Log } from '../ports/log.ts'
import type { Workspaces } from '../ports/workspaces.ts'
import type { MissionStore } from './missions.ts'
import { projection, type Runner } from './runner.ts'

export interface SweepServices {
  journal: Journal
  jobs: Jobs
  missions: MissionStore
  runner: Runner
  forge: Forge
  log: Log
}

/** Heals what was lost: re-dispatches what the outbox holds; with `facts`, re-reads GitHub under the webhooks' own event ids. */
export async function sweep(services: SweepServices, look: { facts: boolean }, signal: AbortSignal): Promise<void> {
  const { journal, jobs, missions, runner, forge, log } = services
  for (const key of await journal.live()) {
    if (signal.aborted) return
    const { mission } = await missions.load(key)
    if (!mission) continue
    try {
      await runner.dispatch(mission)
      await jobs.add(projection(key))
      if (!look.facts) continue
      for (const fact of await forge.facts(mission, signal)) await jobs.add({ queue: 'inbox', id: factJob(fact.repository.id, fact.id), data: fact })
    } catch (error) {
      // One mission's trouble is not the next one's.
      log.warn('sweep failed', { mission: key, error: error instanceof Error ? error.message : String(error) })
    }
  }
}

/** Working directories of missions that have ended are needed no more. What no journal knows is left alone. */
export async function sweepWorkspaces({ journal, workspaces }: { journal: Journal; workspaces: Pick<Workspaces, 'sweep'> }): Promise<void> {
  const all = new Set<string>(await journal.all())
  for (const key of await journal.live()) all.delete(key)
  await workspaces.sweep((run) => !all.has(run.split('.')[0] ?? ''))
}

/** A fact's job id: BullMQ takes no colon and nothing of digits only. */
export function factJob(repository_id: number, fact_id: string): string {
  return `fact.${repository_id}.${fact_id.replaceAll(':', '.')}`
}
