import type { Mission } from '../../domain/mission.ts'
import type { RawFact } from '../../ports/forge.ts'
import { sinceFor } from './comments.ts'
import { factId } from './fact-ids.ts'
import { isOurs } from './identity.ts'
import { instant } from './instant.ts'
import { missionLabel } from './labels.ts'
import { placeOf } from './place.ts'
import { pullFacts } from './pull-facts.ts'
import type { Site } from './site.ts'

const day_ms = 24 * 60 * 60_000
const comment_pages_limit = 20

/** What the webhooks of a mission would have told, read again: the same facts under the same ids, whether or not they came. */
export async function factsOf(site: Site, mission: Mission): Promise<RawFact[]> {
  return [...(await issueFacts(site, mission)), ...(await commentFacts(site, mission)), ...(await pullFacts(site, mission))]
}

async function issueFacts(site: Site, mission: Mission): Promise<RawFact[]> {
  const issue_number = mission.request.issue.number
  const { data: issue } = await site.octokit.rest.issues.get({ ...site.repo, issue_number })
  const labelled = issue.labels.some((label) => (typeof label === 'string' ? label : label.name) === missionLabel)
  const held = new Set(mission.holds.map((hold) => hold.reason.why))
  const facts: RawFact[] = []
  const repository = placeOf(site, mission)
  if (issue.state === 'closed' && issue.closed_at !== null && !isOurs(issue.closed_by?.login, site.identity)) {
    const { closed_at } = issue
    facts.push({ id: factId.issueClosed(issue_number, closed_at), at: instant(closed_at), repository, fact: 'issue_closed', issue: issue_number, by: issue.closed_by?.login ?? 'ghost' })
  }
  const changed = !labelled || held.has('label_removed') || (issue.state === 'open' && held.has('issue_closed'))
  if (!changed) return facts
  const events = await site.octokit.paginate(site.octokit.rest.issues.listEvents, { ...site.repo, issue_number, per_page: 100 })
  const last = (event: string, label?: string) => events.findLast((candidate) => candidate.event === event && (label === undefined || ('label' in candidate && candidate.label?.name === label)))
  const unlabelled = labelled ? undefined : last('unlabeled', missionLabel)
  if (unlabelled !== undefined && !isOurs(unlabelled.actor?.login, site.identity)) {
    const at = unlabelled.created_at
    facts.push({ id: factId.unlabelled(issue_number, at), at: instant(at), repository, fact: 'unlabelled', issue: issue_number, by: unlabelled.actor?.login ?? 'ghost' })
  }
  const relabelled = labelled && held.has('label_removed') ? last('labeled', missionLabel) : undefined
  if (relabelled !== undefined) {
    const at = instant(relabelled.created_at)
    const { title, body, user } = issue
    facts.push({
      id: factId.labelled(issue_number, at),
      at,
      repository,
      fact: 'labelled',
      issue: issue_number,
      by: relabelled.actor?.login ?? 'ghost',
      updated_at: at,
      title,
      body: body ?? '',
      author: user?.login ?? 'ghost',
    })
  }
  const reopened = issue.state === 'open' && held.has('issue_closed') ? last('reopened') : undefined
  if (reopened !== undefined) {
    const at = reopened.created_at
    facts.push({ id: factId.issueReopened(issue_number, at), at: instant(at), repository, fact: 'issue_reopened', issue: issue_number, by: reopened.actor?.login ?? 'ghost' })
  }
  return facts
}

/** One listing for the whole repository instead of one for each page of the mission; a day back at most. */
async function commentFacts(site: Site, mission: Mission): Promise<RawFact[]> {
  const pages = new Map(pagesOf(mission))
  const yesterday = new Date(site.clock.now().getTime() - day_ms).toISOString()
  const since = [sinceFor(mission.requested_at), yesterday].toSorted().at(-1) ?? yesterday
  const facts: RawFact[] = []
  let read = 0
  for await (const { data } of site.octokit.paginate.iterator(site.octokit.rest.issues.listCommentsForRepo, { ...site.repo, since, sort: 'updated', direction: 'desc', per_page: 100 })) {
    for (const comment of data) {
      const issue = Number(comment.issue_url.split('/').at(-1))
      const page = pages.get(issue)
      const byPerson = comment.user !== null && comment.user.type !== 'Bot' && !comment.performed_via_github_app
      // What was edited since is not what was said; its own time is all that tells.
      const asWritten = comment.updated_at === comment.created_at && comment.created_at >= mission.requested_at
      if (page === undefined || !byPerson || !asWritten) continue
      const created_at = instant(comment.created_at)
      const key = page === 'own' ? mission.key : null
      facts.push({
        id: factId.comment(comment.id),
        at: created_at,
        repository: placeOf(site, mission),
        fact: 'commented',
        issue,
        key,
        comment: comment.id,
        by: comment.user?.login ?? 'ghost',
        body: comment.body ?? '',
        created_at,
      })
    }
    if (++read >= comment_pages_limit) break
  }
  return facts.toReversed()
}

/** Pages whose comments are for this mission: the labelled issue, and the app's own. */
function pagesOf(mission: Mission): [number, 'labelled' | 'own'][] {
  const own = [mission.tracking_issue, mission.delivery.pull, ...mission.features.flatMap((feature) => [feature.issue, feature.pull])]
  return [[mission.request.issue.number, 'labelled'], ...own.flatMap((number): [number, 'own'][] => (number === null ? [] : [[number, 'own']]))]
}
