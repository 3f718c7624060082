import type { EffectOf } from '../../../domain/effect.ts'
import { missionOfBranch } from '../../../domain/id.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { deleteBranch } from '../branches.ts'
import { commentOnce } from '../comments.ts'
import { isOurs } from '../identity.ts'
import { closeIssue, ownIssues } from '../issues.ts'
import { missionLabel } from '../labels.ts'
import { missionOfMarker } from '../marker.ts'
import { markerName } from '../names.ts'
import type { Site } from '../site.ts'
import { said } from '../trouble.ts'

/** Leaves nothing of ours open. Work that was thrown away keeps its branches; work that was merged needs them no more. */
export async function closeMission(site: Site, act: EffectOf<'CloseMission'>, mission: Mission): Promise<AnswerBody> {
  const cancelled = mission.outcome === 'cancelled'
  if (cancelled) await closePulls(site, mission)
  await closeIssues(site, mission)
  if (cancelled) await removeLabel(site, mission.request.issue.number)
  else await deleteMergedBranches(site, mission)
  await commentOnce(site, { issue: mission.request.issue.number, name: act.id, since: act.at, text: () => site.texts.closing(mission) })
  return { type: 'MissionClosed' }
}

/** By listing: also what a lost answer left behind. */
async function closePulls(site: Site, mission: Mission): Promise<void> {
  const open = await site.octokit.paginate(site.octokit.rest.pulls.list, { ...site.repo, state: 'open', per_page: 100 })
  for (const pull of open) {
    const ours = isOurs(pull.user?.login, site.identity) && pull.head.repo?.id === site.repository.id
    if (!ours || missionOfBranch(site.repository.id, pull.head.ref) !== mission.key) continue
    await site.octokit.rest.pulls.update({ ...site.repo, pull_number: pull.number, state: 'closed' })
  }
}

async function closeIssues(site: Site, mission: Mission): Promise<void> {
  const unfinished = new Set(mission.features.filter((feature) => feature.status !== 'merged').map((feature) => markerName.featureIssue(mission.key, feature.feature.id)))
  for (const [name, issue] of await ownIssues(site, mission.requested_at)) {
    if (missionOfMarker(name) !== mission.key || issue.state !== 'open') continue
    await closeIssue(site, issue.number, mission.outcome === 'cancelled' || unfinished.has(name) ? 'not_planned' : 'completed')
  }
}

async function removeLabel(site: Site, issue_number: number): Promise<void> {
  try {
    await site.octokit.rest.issues.removeLabel({ ...site.repo, issue_number, name: missionLabel })
  } catch (error) {
    if (!said(error, 404, 410)) throw error
  }
}

async function deleteMergedBranches(site: Site, mission: Mission): Promise<void> {
  for (const { status, on, branch, published } of mission.features) {
    if (status === 'merged' && on === null && published !== null) await deleteBranch(site, branch, published)
  }
}
