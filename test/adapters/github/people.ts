import { markers } from '../../../src/adapters/github/marker.ts'
import type { AppIdentity } from '../../../src/adapters/github/identity.ts'

export const identity: AppIdentity = { app_id: 77, slug: 'missions-test' }
export const ourMarkers = markers(['a secret of this test'], identity)
export const us = { login: 'missions-test[bot]', type: 'Bot' }
export const mara = { login: 'mara', type: 'User' }
export const repository = { id: 81234, name: 'rooms', default_branch: 'main', owner: { login: 'acme' } }
const installation = { id: 5 }

/** A webhook's payload as GitHub would send it, reduced to what counts. */
export function hook(action: string | null, sender: { login: string; type: string }, rest: Record<string, unknown>) {
  return { ...(action === null ? {} : { action }), installation, repository, sender, ...rest }
}

export function issueOf(user: { login: string; type: string }, more: Record<string, unknown> = {}) {
  return { number: 7, title: 'Rooms', body: 'Please', user, updated_at: '2026-03-01T10:00:00Z', closed_at: null, ...more }
}

export const sha = (digit: string): string => digit.repeat(40)

export function pullOf(ref: string, more: Record<string, unknown> = {}) {
  return { number: 31, updated_at: '2026-03-01T10:00:00Z', closed_at: null, merged: false, merge_commit_sha: null, head: { ref, sha: sha('a'), repo: { id: repository.id } }, ...more }
}
