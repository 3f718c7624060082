import { expect, test } from 'vitest'
import { effectId, missionKey } from '../../src/domain/id.ts'
import type { Ledger } from '../../src/ports/ledger.ts'

const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
const elsewhere = missionKey({ repository_id: 81234, issue: 8, k: 1 })
const [f1, f2, other] = [effectId(key, 'run', 'build', 'f1'), effectId(key, 'run', 'build', 'f2'), effectId(elsewhere, 'run', 'build', 'f1')]
const today = { installation_id: 5, day: '2026-11-21' }
const caps = { mission_cap_usd: 10, day_cap_usd: 50 }

/** What every Ledger keeps. `make` gives two handles on one empty store: two processes. */
export function ledgerContract(name: string, make: () => Promise<{ ledger: Ledger; other: Ledger } & AsyncDisposable>): void {
  test(`${name}: what is spent and set aside never passes the mission's cap`, async () => {
    await using store = await make()
    const { ledger } = store
    expect(await ledger.reserve({ key, run: f1, ...today, worst_usd: 6, ...caps })).toBe(true)
    expect(await ledger.reserve({ key, run: f2, ...today, worst_usd: 4.01, ...caps })).toBe(false)
    expect(await store.other.reserve({ key, run: f2, ...today, worst_usd: 4, ...caps })).toBe(true)
    await ledger.settle({ key, run: f1, turn: 1, ...today, cost_usd: 1.5 })
    expect(await store.other.spent(key)).toBe(1.5)
    expect(await ledger.reserve({ key, run: f1, ...today, worst_usd: 4.5, ...caps })).toBe(true)
  })

  test(`${name}: a raised cap lets through what was refused`, async () => {
    await using store = await make()
    expect(await store.ledger.reserve({ key, run: f1, ...today, worst_usd: 11, ...caps })).toBe(false)
    expect(await store.ledger.reserve({ key, run: f1, ...today, worst_usd: 11, ...caps, mission_cap_usd: 11 })).toBe(true)
  })

  test(`${name}: a run has one reservation: a second replaces the first, also when it is refused`, async () => {
    await using store = await make()
    const { ledger } = store
    await ledger.reserve({ key, run: f1, ...today, worst_usd: 9, ...caps })
    expect(await ledger.reserve({ key, run: f1, ...today, worst_usd: 9, ...caps })).toBe(true)
    expect(await ledger.reserve({ key, run: f1, ...today, worst_usd: 11, ...caps })).toBe(false)
    expect(await ledger.reserve({ key, run: f2, ...today, worst_usd: 10, ...caps })).toBe(true)
  })

  test(`${name}: the day's cap holds for all missions of an installation, and for that day and installation only`, async () => {
    await using store = await make()
    const { ledger } = store
    const roomy = { mission_cap_usd: 100, day_cap_usd: 50 }
    await ledger.reserve({ key, run: f1, ...today, worst_usd: 30, ...roomy })
    await ledger.settle({ key, run: f1, turn: 1, ...today, cost_usd: 20 })
    expect(await ledger.reserve({ key, run: f1, ...today, worst_usd: 10, ...roomy })).toBe(true)
    expect(await ledger.reserve({ key: elsewhere, run: other, ...today, worst_usd: 21, ...roomy })).toBe(false)
    expect(await ledger.reserve({ key: elsewhere, run: other, ...today, worst_usd: 20, ...roomy })).toBe(true)
    await ledger.release(elsewhere, other)
    expect(await ledger.reserve({ key: elsewhere, run: other, installation_id: 6, day: today.day, worst_usd: 50, ...roomy })).toBe(true)
    await ledger.release(elsewhere, other)
    expect(await ledger.reserve({ key: elsewhere, run: other, installation_id: 5, day: '2026-11-22', worst_usd: 40, ...roomy })).toBe(true)
  })

  test(`${name}: a turn counts once, however often it is settled; another turn counts again`, async () => {
    await using store = await make()
    for (const ledger of [store.ledger, store.other, store.ledger]) await ledger.settle({ key, run: f1, turn: 3, ...today, cost_usd: 0.25 })
    await store.ledger.settle({ key, run: f1, turn: 4, ...today, cost_usd: 0.25 })
    await store.ledger.settle({ key, run: f2, turn: 3, ...today, cost_usd: 0.25 })
    expect(await store.ledger.spent(key)).toBe(0.75)
    expect(await store.ledger.spent(elsewhere)).toBe(0)
  })

  test(`${name}: a turn settled again leaves the next turn's reservation alone`, async () => {
    await using store = await make()
    const { ledger } = store
    await ledger.settle({ key, run: f1, turn: 1, ...today, cost_usd: 1 })
    await ledger.reserve({ key, run: f1, ...today, worst_usd: 5, ...caps })
    await ledger.settle({ key, run: f1, turn: 1, ...today, cost_usd: 1 })
    expect(await ledger.reserve({ key, run: f2, ...today, worst_usd: 4.5, ...caps })).toBe(false)
  })

  test(`${name}: release frees what was set aside and is nothing to others`, async () => {
    await using store = await make()
    const { ledger } = store
    await ledger.reserve({ key, run: f1, ...today, worst_usd: 10, ...caps })
    await ledger.release(key, f2)
    expect(await ledger.reserve({ key, run: f2, ...today, worst_usd: 1, ...caps })).toBe(false)
    await ledger.release(key, f1)
    expect(await ledger.reserve({ key, run: f2, ...today, worst_usd: 10, ...caps })).toBe(true)
  })

  test(`${name}: small sums add up exactly`, async () => {
    await using store = await make()
    for (let turn = 1; turn <= 10; turn++) await store.ledger.settle({ key, run: f1, turn, ...today, cost_usd: 0.1 })
    await store.ledger.settle({ key, run: f1, turn: 11, ...today, cost_usd: 0.0000375 })
    expect(await store.ledger.spent(key)).toBe(1.0000375)
    expect(await store.ledger.reserve({ key, run: f1, ...today, worst_usd: 8.9999625, ...caps })).toBe(true)
  })

  test(`${name}: fifty runs at once get no more than the cap between them`, async () => {
    await using store = await make()
    const grants = await Promise.all(Array.from({ length: 50 }, (_, n) => (n % 2 ? store.ledger : store.other).reserve({ key, run: effectId(key, 'run', n), ...today, worst_usd: 1, ...caps })))
    expect(grants.filter(Boolean)).toHaveLength(10)
  })
}
