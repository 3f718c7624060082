import type { Faults } from './faults.ts'
import type { Webhooks } from './webhooks.ts'
import type { World } from './world.ts'

/** What every part of the emulator works with. */
export interface Machine {
  world: World
  /** Origin of API, git and pages, without a slash at the end. */
  url: string
  data_dir: string
  /** Signs the addresses of attachments; another one in each process. */
  secret: string
  /** Id of the app under test in `world.apps`. */
  app_id: number
  webhooks: Webhooks
  faults: Faults
  /** Wall clock in milliseconds. */
  clock: () => number
  /** One change of a repository at a time, as its database would see it. */
  locks: Map<number, Promise<unknown>>
  /** Set where what happens outlives the process: puts the present state on the disk. */
  keep: (() => Promise<void>) | null
}

/** GitHub's times have whole seconds. */
export function timestamp(machine: Machine, ms: number = machine.clock()): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`
}

export function nextId(machine: Machine): number {
  return machine.world.next_id++
}

/** Where state is kept, one change of anything at a time, and over when it is on the disk: what is written there is never half a change. */
export async function locked<T>(machine: Machine, repository_id: number, act: () => Promise<T>): Promise<T> {
  const { keep } = machine
  const scope = keep === null ? repository_id : everything
  const before = machine.locks.get(scope) ?? Promise.resolve()
  const whole = async (): Promise<T> => {
    try {
      return await act()
    } finally {
      await keep?.()
    }
  }
  const mine = before.then(whole, whole)
  machine.locks.set(
    scope,
    mine.catch(() => undefined),
  )
  return mine
}

const everything = 0

/** When all that can be seen now is kept: nobody is told of anything that could be gone after a crash. At once where nothing is kept. */
export async function settled(machine: Machine): Promise<void> {
  if (machine.keep !== null) await machine.locks.get(everything)
}
