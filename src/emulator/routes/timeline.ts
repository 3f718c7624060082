import { issueOf } from '../issue-record.ts'
import { paged } from '../paging.ts'
import { repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { showComment } from '../show/issue.ts'
import { repositoryUrl } from '../show/repository.ts'
import { showReview } from '../show/review.ts'
import { nodeId, showUser } from '../show/user.ts'
import type { IssueEventRecord } from '../world.ts'

const reads = { app: ['issues:read', 'pull_requests:read'], person: 'read' } as const

export const timelineRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/events', reads, (call) => {
    const issue = issueOf(call)
    const events = call.repository.issue_events.filter((event) => event.issue_id === issue.id && event.event !== 'reviewed')
    return paged(call, events, (event) => showEvent(call, event))
  }),
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/timeline', reads, (call) => paged(call, timeline(call), (entry) => entry.shown)),
]

/** Comments, reviews and events in the order they happened. */
function timeline(call: RepoCall) {
  const { machine, repository } = call
  const { id } = issueOf(call)
  const entries = [
    ...repository.issue_events
      .filter((event) => event.issue_id === id && event.event !== 'reviewed')
      .map((event) => ({ id: event.id, at: event.created_at, shown: showEvent(call, event) as Record<string, unknown> })),
    ...repository.comments
      .filter((comment) => comment.issue_id === id)
      .map((comment) => {
        const shown = showComment(machine, repository, comment)
        return { id: comment.id, at: comment.created_at, shown: { event: 'commented', actor: shown.user, ...shown } }
      }),
    ...repository.reviews
      .filter((review) => review.issue_id === id && review.state !== 'PENDING')
      .map((review) => ({ id: review.id, at: review.submitted_at, shown: { event: 'reviewed', ...showReview(machine, repository, review), state: review.state.toLowerCase() } })),
  ]
  return entries.toSorted((a, b) => a.at.localeCompare(b.at) || a.id - b.id)
}

function showEvent(call: RepoCall, event: IssueEventRecord) {
  const { machine, repository } = call
  const label = repository.labels.find((candidate) => candidate.name === event.label)
  const commit_url = event.commit_id === null ? null : `${repositoryUrl(machine, repository)}/commits/${event.commit_id}`
  return {
    id: event.id,
    node_id: nodeId('EV', event.id),
    url: `${repositoryUrl(machine, repository)}/issues/events/${event.id}`,
    actor: showUser(machine, event.actor),
    event: event.event,
    commit_id: event.commit_id,
    commit_url,
    created_at: event.created_at,
    performed_via_github_app: null,
    ...(label === undefined ? {} : { label: { name: label.name, color: label.color } }),
    ...(event.rename === null ? {} : { rename: event.rename }),
    ...(event.event === 'closed' ? { state_reason: event.state_reason } : {}),
    ...(event.event === 'locked' ? { lock_reason: null } : {}),
  }
}
