import type { EffectId, MissionKey } from '../domain/id.ts'

/** Money as it is spent, shared by all processes. Dollars. */
export interface Ledger {
  /**
   * Sets aside a turn's worst case before the call. False when spent + set aside + worst case would pass a cap;
   * then nothing is set aside. A run has at most one reservation: a second replaces the first.
   */
  reserve(spend: { key: MissionKey; run: EffectId; installation_id: number; day: string; worst_usd: number; mission_cap_usd: number; day_cap_usd: number }): Promise<boolean>
  /** What the turn really cost; frees the reservation. The same `turn` twice counts once. */
  settle(spend: { key: MissionKey; run: EffectId; turn: number | string; installation_id: number; day: string; cost_usd: number }): Promise<void>
  release(key: MissionKey, run: EffectId): Promise<void>
  spent(key: MissionKey): Promise<number>
}
