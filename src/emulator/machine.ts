import type { Faults } from './faults.ts'
import type { Webhooks } from './webhooks.ts'
import type { World } from './world.ts'

/** What every part of the emulator works with. */
export interface Machine {
  world: World
  /** Origin of API, git and pages, without a slash at the end. */
  url: string
  data_dir: string
  /** Id of the app under test in `world.apps`. */
  app_id: number
  webhooks: Webhooks
  faults: Faults
  /** Wall clock in milliseconds. */
  clock: () => number
  /** One change of a repository at a time, as its database would see it. */
  locks: Map<number, Promise<unknown>>
}

/** GitHub's times have whole seconds. */
export function timestamp(machine: Machine, ms: number = machine.clock()): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

export function nextId(machine: Machine): number {
  return machine.world.next_id++
}

export async function locked<T>(machine: Machine, repository_id: number, act: () => Promise<T>): Promise<T> {
  const before = machine.locks.get(repository_id) ?? Promise.resolve()
  const mine = before.then(act, act)
  machine.locks.set(
    repository_id,
    mine.catch(() => undefined),
  )
  return mine
}
