import { missionNumber, type FeatureId } from '../id.ts'
import type { FeatureState, FindingState, Mission } from '../mission.ts'
import { code, inline, title as plainTitle } from './escape.ts'

/** `Mission 7`, or `Mission 7-2` for a second one on the same issue. */
export function missionName(m: Mission): string {
  return `Mission ${missionNumber(m.key)}`
}

/** For titles of issues and pull requests. */
export function missionTitle(m: Mission): string {
  return plainTitle(m.understanding?.title ?? m.request.issue.title, 90) || 'a mission'
}

/** Path inside GitHub's site, so that it works on every host. */
export function repositoryUrl(m: Mission): string {
  return `/${m.request.repository.owner}/${m.request.repository.name}`
}

/** What the mission has changed so far, against the default branch. */
export function compareUrl(m: Mission): string | null {
  return m.integration ? `${repositoryUrl(m)}/compare/${m.request.repository.default_branch}...${m.integration.branch}` : null
}

/** First four of the hash of the plan that stands published now. Null while another one is on its way. */
export function planHash4(m: Mission): string | null {
  return m.published && m.published.revision === m.plan_revision ? m.published.plan_hash.slice(0, 4) : null
}

/** GitHub links it by itself. */
export function sha7(sha: string): string {
  return sha.slice(0, 7)
}

export function featureNamed(m: Mission, id: FeatureId): FeatureState | null {
  return m.features.find((f) => f.feature.id === id) ?? null
}

/** The pull request a feature is built on: its own, or that of the feature it fixes. */
export function pullOf(m: Mission, f: FeatureState): number | null {
  return f.on ? (featureNamed(m, f.on)?.pull ?? f.pull) : f.pull
}

/** `milestone 1`, without its title. */
export function milestoneName(m: Mission, id: string | null): string {
  if (id === null) return 'the final check'
  const index = m.plan?.milestones.findIndex((x) => x.id === id) ?? -1
  return index === -1 ? `milestone ${id}` : `milestone ${index + 1}`
}

export function milestoneTitle(m: Mission, id: string | null): string {
  if (id === null) return 'the final check of the whole'
  const index = m.plan?.milestones.findIndex((x) => x.id === id) ?? -1
  const found = m.plan?.milestones[index]
  return found ? `milestone ${index + 1}, ${inline(found.title, 80)}` : `milestone ${id}`
}

/** Whom an approval is asked of. */
export function approvers(m: Mission): string[] {
  return m.policy.approvers.length > 0 ? m.policy.approvers : [m.request.by]
}

/** `server.js:40`, linked to the commit it was seen on when there is one. */
export function placeOf(m: Mission, finding: FindingState['finding'], sha: string | null): string | null {
  const place = finding.place
  if (!place) return null
  const name = code(`${place.path}:${place.line}`)
  // A path that needs more than this is shown without a link.
  const safe = /^[\w@+./-]+$/.test(place.path) && !place.path.includes('..')
  return sha && safe ? `[${name}](${repositoryUrl(m)}/blob/${sha}/${place.path}#L${place.line})` : name
}

/** Who dismissed a finding. */
export function byWhom(by: string): string {
  if (by === 'orchestrator') return 'the orchestrator'
  return by === 'confirmation' ? 'a second look' : inline(by, 100)
}
