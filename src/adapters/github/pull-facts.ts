import { Sha, branches, missionOfBranch } from '../../domain/id.ts'
import type { Mission } from '../../domain/mission.ts'
import type { RawFact } from '../../ports/forge.ts'
import { branchHead } from './branches.ts'
import { factId } from './fact-ids.ts'
import { isOurs } from './identity.ts'
import { instant } from './instant.ts'
import { placeOf } from './place.ts'
import type { Site } from './site.ts'
import { reviewState } from './translate.ts'

/** What people did to the mission's pull requests and to its integration branch. */
export async function pullFacts(site: Site, mission: Mission): Promise<RawFact[]> {
  if (mission.integration === null) return []
  const facts: RawFact[] = []
  for (const pull of await pullsOf(site, mission)) {
    if (pull.state === 'closed') facts.push(...(await closed(site, mission, pull)))
    else facts.push(...(await reviewed(site, mission, pull)), ...(await moved(site, mission, { branch: pull.head.ref, pull: pull.number, sha: Sha.parse(pull.head.sha), at: pull.updated_at })))
  }
  const branch = branches.integration(mission.key)
  const head = mission.pending.some((effect) => effect.type === 'MergeFeature') ? null : await branchHead(site, branch)
  if (head !== null) facts.push(...(await moved(site, mission, { branch, pull: null, sha: head, at: null })))
  return facts
}

interface Pull {
  number: number
  state: string
  closed_at: string | null
  merged_at: string | null
  merge_commit_sha: string | null
  updated_at: string
  head: { ref: string; sha: string }
}

/** Only those that can still bring news. */
async function pullsOf(site: Site, mission: Mission): Promise<Pull[]> {
  const base = branches.integration(mission.key)
  const open = new Set(mission.features.flatMap(({ status, pull }) => (pull === null || status === 'merged' || status === 'dropped' ? [] : [pull])))
  const all = open.size === 0 ? [] : await site.octokit.paginate(site.octokit.rest.pulls.list, { ...site.repo, base, state: 'all', per_page: 100 })
  const features = all.filter((pull) => open.has(pull.number) && missionOfBranch(site.repository.id, pull.head.ref) === mission.key)
  if (mission.delivery.pull === null) return features
  const { data } = await site.octokit.rest.pulls.get({ ...site.repo, pull_number: mission.delivery.pull })
  return [...features, data]
}

async function closed(site: Site, mission: Mission, pull: Pull): Promise<RawFact[]> {
  const { data } = await site.octokit.rest.issues.get({ ...site.repo, issue_number: pull.number })
  if (pull.closed_at === null || isOurs(data.closed_by?.login, site.identity)) return []
  const merge_sha = pull.merged_at === null ? null : (Sha.safeParse(pull.merge_commit_sha).data ?? null)
  const place = { at: instant(pull.closed_at), repository: placeOf(site, mission), key: mission.key }
  return [{ id: factId.pullClosed(pull.number, pull.closed_at), ...place, fact: 'pull_closed', pull: pull.number, branch: pull.head.ref, by: data.closed_by?.login ?? 'ghost', merge_sha }]
}

async function reviewed(site: Site, mission: Mission, pull: Pull): Promise<RawFact[]> {
  const reviews = await site.octokit.paginate(site.octokit.rest.pulls.listReviews, { ...site.repo, pull_number: pull.number, per_page: 100 })
  return reviews.flatMap((review): RawFact[] => {
    const state = reviewState(review.state)
    const head = Sha.safeParse(review.commit_id)
    if (state === null || !head.success || !review.submitted_at || review.user === null || review.user.type === 'Bot') return []
    const place = { at: instant(review.submitted_at), repository: placeOf(site, mission), key: mission.key }
    return [{ id: factId.review(review.id), ...place, fact: 'reviewed', pull: pull.number, branch: pull.head.ref, by: review.user.login, head: head.data, state, body: review.body }]
  })
}

/** A head that the mission does not know and that we did not make. */
async function moved(site: Site, mission: Mission, to: { branch: string; pull: number | null; sha: Sha; at: string | null }): Promise<RawFact[]> {
  const known = [mission.base_sha, mission.integration?.head, ...mission.features.flatMap((feature) => [feature.head, feature.published, feature.merge_sha])]
  const onItsWay = mission.pending.some((effect) => 'head' in effect && effect.head === to.sha)
  if (known.includes(to.sha) || onItsWay) return []
  const { data: commit } = await site.octokit.rest.repos.getCommit({ ...site.repo, ref: to.sha, per_page: 1 })
  const author = commit.author && 'login' in commit.author ? commit.author.login : undefined
  const committer = commit.committer && 'login' in commit.committer ? commit.committer.login : undefined
  if (isOurs(author, site.identity) || isOurs(commit.commit.author?.name, site.identity)) return []
  const id = to.pull === null ? factId.branchHead(to.branch, to.sha) : factId.pullHead(to.pull, to.sha)
  const at = instant(to.at ?? commit.commit.committer?.date ?? mission.requested_at)
  return [{ id, at, repository: placeOf(site, mission), key: mission.key, fact: 'head_moved', branch: to.branch, sha: to.sha, by: author ?? committer ?? 'ghost' }]
}
