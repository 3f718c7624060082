import type { Clock } from '../../ports/clock.ts'
import type { EffectId, MissionKey } from '../../domain/id.ts'
import type { Ledger } from '../../ports/ledger.ts'

interface MemoryLedgerOptions {
  clock?: Clock
  /** A reservation that was neither settled nor released for so long counts no more: its run died. */
  hold_ms?: number
}

interface Hold {
  key: MissionKey
  installation_id: number
  nano: number
  expires_at: number
}

/** The ledger of one process, for tests. Counts in whole billionths of a dollar, as the one on Redis does. */
export function memoryLedger(options: MemoryLedgerOptions = {}): Ledger {
  const { clock = { now: () => new Date() }, hold_ms = 3_600_000 } = options
  const holds = new Map<EffectId, Hold>()
  const missions = new Map<MissionKey, number>()
  const days = new Map<string, number>()
  const turns = new Set<string>()

  const now = () => clock.now().getTime()
  const held = (which: (hold: Hold) => boolean) => [...holds.values()].filter((hold) => hold.expires_at > now() && which(hold)).reduce((sum, hold) => sum + hold.nano, 0)

  return {
    async reserve({ key, run, installation_id, day, worst_usd, mission_cap_usd, day_cap_usd }) {
      holds.delete(run)
      const nano = nanoOf(worst_usd)
      const mission = (missions.get(key) ?? 0) + held((hold) => hold.key === key) + nano
      const today = (days.get(`${installation_id} ${day}`) ?? 0) + held((hold) => hold.installation_id === installation_id) + nano
      if (mission > nanoOf(mission_cap_usd) || today > nanoOf(day_cap_usd)) return false
      holds.set(run, { key, installation_id, nano, expires_at: now() + hold_ms })
      return true
    },
    async settle({ key, run, turn, installation_id, day, cost_usd }) {
      if (turns.has(`${run} ${turn}`)) return
      turns.add(`${run} ${turn}`)
      holds.delete(run)
      const nano = nanoOf(cost_usd)
      missions.set(key, (missions.get(key) ?? 0) + nano)
      days.set(`${installation_id} ${day}`, (days.get(`${installation_id} ${day}`) ?? 0) + nano)
    },
    async release(_key, run) {
      holds.delete(run)
    },
    spent: async (key) => (missions.get(key) ?? 0) / 1e9,
  }
}

function nanoOf(usd: number): number {
  return Math.round(usd * 1e9)
}
