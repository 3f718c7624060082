import { setTimeout as sleep } from 'node:timers/promises'
import type { Octokit } from '@octokit/rest'
import type { Clock } from '../../ports/clock.ts'
import type { Pictures } from '../../ports/pictures.ts'
import type { RepositoryRef, Workspaces } from '../../ports/workspaces.ts'
import type { AppIdentity } from './identity.ts'
import type { Markers } from './marker.ts'
import type { Texts } from './texts.ts'
import { said } from './trouble.ts'

/** Everything one act works with: one repository, one client, one signal. */
export interface Site {
  octokit: Octokit
  repository: RepositoryRef
  /** The path parameters of most routes. */
  repo: { owner: string; repo: string }
  identity: AppIdentity
  markers: Markers
  texts: Texts
  workspaces: Pick<Workspaces, 'fetch' | 'push' | 'read' | 'write'>
  pictures: Pick<Pictures, 'keep'>
  clock: Clock
  signal: AbortSignal
}

const rereads_ms = [200, 600, 1500]

/** Asks again where GitHub does not know yet what it has just made. */
export async function onceVisible<T>(site: Site, ask: () => Promise<T>, notYet: (error: unknown) => boolean = (error) => said(error, 404)): Promise<T> {
  for (const pause_ms of rereads_ms) {
    try {
      return await ask()
    } catch (error) {
      if (!notYet(error)) throw error
      await sleep(pause_ms, undefined, { signal: site.signal })
    }
  }
  return ask()
}
