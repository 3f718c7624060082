import { expect, test } from 'vitest'
import { effectId, missionKey } from '../../src/domain/id.ts'
import type { Trajectories } from '../../src/ports/trajectories.ts'

const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })
const run = effectId(key, 'start-run', 'build', 'f1', 1)

/** What every Trajectories keeps. `make` gives two handles on one empty store: the process before and after a crash. */
export function trajectoriesContract(name: string, make: () => Promise<{ trajectories: Trajectories; other: Trajectories } & AsyncDisposable>): void {
  test(`${name}: a run without lines is empty`, async () => {
    await using store = await make()
    expect(await store.trajectories.read(run)).toEqual([])
  })

  test(`${name}: lines come back whole and in order, in another process too`, async () => {
    await using store = await make()
    const lines = [{ turn: 1, text: 'two\nlines \u2028 and 👋' }, ['a', null], 'plain', 0, null]
    for (const line of lines) await store.trajectories.append(run, line)
    expect(await store.other.read(run)).toEqual(lines)
  })

  test(`${name}: each run has its own`, async () => {
    await using store = await make()
    const runs = [
      run,
      effectId(key, 'start-run', 'build', 'f1', 2),
      effectId(key, 'start-run', 'build', 'f11', 1),
      effectId(missionKey({ repository_id: 8123, issue: 47, k: 1 }), 'start-run', 'build', 'f1', 1),
    ]
    for (const [n, one] of runs.entries()) await store.trajectories.append(one, n)
    expect(await Promise.all(runs.map((one) => store.trajectories.read(one)))).toEqual([[0], [1], [2], [3]])
  })

  test(`${name}: appends asked for at once are written in the order asked`, async () => {
    await using store = await make()
    const turns = Array.from({ length: 30 }, (_, turn) => ({ turn, text: 'x'.repeat(turn * 1000) }))
    await Promise.all(turns.map((turn) => store.trajectories.append(run, turn)))
    expect(await store.other.read(run)).toEqual(turns)
  })

  test(`${name}: a line that was handed in can be changed without changing the record`, async () => {
    await using store = await make()
    const line = { messages: ['one'] }
    const appended = store.trajectories.append(run, line)
    line.messages.push('two')
    await appended
    expect(await store.trajectories.read(run)).toEqual([{ messages: ['one'] }])
  })
}
