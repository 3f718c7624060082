import type { AppRecord, InstallationRecord, TokenRecord } from './world.ts'

/** Who makes a call. `login` is the empty string for somebody who cannot be an author. */
export type Actor =
  | { kind: 'anonymous'; login: '' }
  | { kind: 'person'; login: string }
  | { kind: 'app'; login: ''; app: AppRecord }
  | { kind: 'installation'; login: string; app: AppRecord; installation: InstallationRecord; token: TokenRecord }

export const anonymous: Actor = { kind: 'anonymous', login: '' }
