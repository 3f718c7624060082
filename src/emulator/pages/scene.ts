import type { Api } from '../api.ts'
import type { Machine } from '../machine.ts'
import type { RepositoryRecord } from '../world.ts'

/** What a page is drawn from. */
export interface Scene {
  machine: Machine
  api: Api
  /** The one the address names, if any. */
  repository: RepositoryRecord | null
  /** The bare repository; empty without one. */
  dir: string
  /** The person who looks, as the cookie says. */
  viewer: string
  url: URL
  /** Parts of the address that its pattern left open. */
  parts: string[]
}

export type RepositoryScene = Scene & { repository: RepositoryRecord }

export function root({ repository }: RepositoryScene): string {
  return `/${repository.owner}/${repository.name}`
}
