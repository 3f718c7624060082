import { z } from 'zod'
import { EffectId, MissionKey } from '../domain/id.ts'
import type { Forge, RawFact } from '../ports/forge.ts'
import type { Handler, Jobs, Queue } from '../ports/jobs.ts'
import type { inbox } from './inbox.ts'
import type { MissionStore } from './missions.ts'
import type { performer } from './perform.ts'

const EffectJob = z.object({ key: MissionKey, effect: EffectId })
const ProjectJob = z.object({ key: MissionKey })

export interface WorkServices {
  inbox: ReturnType<typeof inbox>
  performer: ReturnType<typeof performer>
  missions: MissionStore
  forge: Forge
}

/** What a worker process does with each queue. */
export function handlers(services: WorkServices, concurrency: Record<Queue, number>): Parameters<Jobs['work']>[0] {
  const effect: Handler = ({ data, last_attempt }, signal) => {
    const job = EffectJob.parse(data)
    return services.performer.perform(job.key, job.effect, { last_attempt }, signal)
  }
  return {
    inbox: {
      concurrency: concurrency.inbox,
      handle: async ({ data }) => {
        // Parsed where it came in: by the webhook's translation, or by the sweep.
        await services.inbox.take(data as RawFact)
        return { done: true }
      },
    },
    act: { concurrency: concurrency.act, handle: effect },
    run: { concurrency: concurrency.run, handle: effect },
    wait: { concurrency: concurrency.wait, handle: effect },
    project: { concurrency: concurrency.project, handle: project },
  }

  async function project({ data }: { data: unknown }, signal: AbortSignal): ReturnType<Handler> {
    const { key } = ProjectJob.parse(data)
    const { mission, length } = await services.missions.load(key)
    if (!mission) return { done: true }
    await services.forge.project(mission, signal)
    const drawn = length
    return (await services.missions.load(key)).length === drawn ? { done: true } : { again: true, delay_ms: 1000 }
  }
}
