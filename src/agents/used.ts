import type { Usage } from '../domain/event.ts'
import type { EffectId } from '../domain/id.ts'
import type { Mission } from '../domain/mission.ts'
import { purseOf } from './budget.ts'
import type { RunRecord } from './record.ts'
import { paymentOf, recordOf, usageOf } from './record.ts'
import type { Services } from './services.ts'
import { explorersOf } from './tools/explore.ts'
import { addExplorer } from './usage.ts'

type Books = Pick<Services, 'trajectories' | 'ledger' | 'clock'>

/**
 * What a run that is not at work has used so far, by its record, with the explorers it had sent and never heard from.
 * Whatever its process had not paid when it ended is paid, and nothing is set aside for it any more.
 */
export async function usedBy(run: EffectId, mission: Mission, services: Books): Promise<Usage> {
  const record = recordOf(await services.trajectories.read(run))
  await pay(run, record, mission, services)
  const usage = usageOf(record)
  for (const sent of explorersOf(run, record)) {
    const explored = recordOf(await services.trajectories.read(sent.run))
    await pay(sent.run, explored, mission, services)
    if (!sent.answered && explored.begun) addExplorer(usage, usageOf(explored))
  }
  return usage
}

async function pay(run: EffectId, { turns, kept }: RunRecord, mission: Mission, services: Books): Promise<void> {
  const purse = purseOf(mission, run, services)
  for (const { turn } of turns) await purse.settle(turn)
  for (const line of kept) await purse.settle(paymentOf(line))
  await purse.release()
}
