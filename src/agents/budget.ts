import type { Mission } from '../domain/mission.ts'
import type { EffectId } from '../domain/id.ts'
import type { Clock } from '../ports/clock.ts'
import type { Ledger } from '../ports/ledger.ts'

/** A turn's worst case would pass the mission's or the installation's cap. The effect fails; a person may raise the cap. */
export class OverBudget extends Error {
  readonly retryable = false
}

/** The money side of one run. */
export interface Purse {
  /** Throws `OverBudget`. */
  reserve(worst_usd: number): Promise<void>
  /** `n` names the payment within the run: a turn, or `12.k1`. */
  settle(turn: { n: number | string; at: string; cost_usd: number }): Promise<void>
  release(): Promise<void>
}

export function purseOf(mission: Mission, run: EffectId, services: { ledger: Ledger; clock: Clock }): Purse {
  const { ledger, clock } = services
  const account = { key: mission.key, run, installation_id: mission.request.installation_id }
  const mission_cap_usd = mission.approval?.cap_usd ?? mission.limits.planning_usd
  const day_cap_usd = mission.limits.installation_day_usd
  return {
    async reserve(worst_usd) {
      const day = dayOf(clock.now().toISOString())
      if (await ledger.reserve({ ...account, day, worst_usd, mission_cap_usd, day_cap_usd })) return
      const spent = await ledger.spent(mission.key)
      throw new OverBudget(
        spent + worst_usd > mission_cap_usd
          ? `$${spent.toFixed(2)} of $${mission_cap_usd.toFixed(2)} are spent, and the next turn may cost up to $${worst_usd.toFixed(2)}.`
          : `The next turn may cost up to $${worst_usd.toFixed(2)}; with what is spent and set aside that would pass the mission's cap of $${mission_cap_usd.toFixed(2)} or today's cap of $${day_cap_usd.toFixed(2)} for this installation.`,
      )
    },
    async settle(turn) {
      // Two processes may both have asked for a turn, and both were charged: what is paid once is one answer.
      await ledger.settle({ ...account, turn: `${turn.n}@${turn.at}`, day: dayOf(turn.at), cost_usd: turn.cost_usd })
    },
    async release() {
      await ledger.release(mission.key, run)
    },
  }
}

function dayOf(at: string): string {
  return at.slice(0, 10)
}
