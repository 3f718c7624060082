import { repositoryDir } from '../git/repository.ts'
import { reactionsOn } from '../show/issue.ts'
import { currentPosition } from '../show/review.ts'
import { isPull, sameName } from '../world.ts'
import type { CommentRecord, IssueEventRecord, IssueRecord, ReviewCommentRecord, ReviewRecord } from '../world.ts'
import { count, person, reactions, when } from './bits.ts'
import { diffTable } from './diff.ts'
import { html } from './html.ts'
import type { Html } from './html.ts'
import { markdown } from './markdown.ts'
import { said } from './remarks.ts'
import type { RepositoryScene } from './scene.ts'

/** Description, comments, reviews and events of an issue or pull request, oldest first. */
export async function discussion(scene: RepositoryScene, issue: IssueRecord): Promise<Html[]> {
  const { repository } = scene
  const reviews = repository.reviews.filter((review) => review.issue_id === issue.id && review.state !== 'PENDING')
  const entries = [
    ...repository.comments.filter((comment) => comment.issue_id === issue.id).map((comment) => ({ id: comment.id, draw: async () => commentNote(scene, comment) })),
    ...repository.issue_events.filter((event) => event.issue_id === issue.id).map((event) => ({ id: event.id, draw: async () => eventLine(scene, event) })),
    ...reviews.map((review) => ({ id: review.id, draw: () => reviewNote(scene, issue, review) })),
  ].toSorted((a, b) => a.id - b.id)
  const drawn = await Promise.all(entries.map((entry) => entry.draw()))
  return [description(scene, issue), ...drawn.filter((note) => note !== null)]
}

function description(scene: RepositoryScene, issue: IssueRecord): Html {
  return html`<article class="note">
    <div class="by">${person(issue.user)} opened this ${when(scene, issue.created_at)}</div>
    <div class="text">${markdown(scene, issue.body)}</div>
    ${reactions(reactionsOn(scene.repository, 'issue', issue.id))}
  </article>`
}

function commentNote(scene: RepositoryScene, comment: CommentRecord): Html {
  const edited = comment.updated_at === comment.created_at ? null : html` · edited`
  return html`<article class="note" id="issuecomment-${comment.id}">
    <div class="by">${person(comment.user)} ${when(scene, comment.created_at)}${edited}</div>
    <div class="text">${markdown(scene, comment.body)}</div>
    ${reactions(reactionsOn(scene.repository, 'comment', comment.id))}
  </article>`
}

function eventLine(scene: RepositoryScene, event: IssueEventRecord): Html | null {
  const said = sentence(scene, event)
  return said === null ? null : html`<p class="event">${person(event.actor)} ${said} ${when(scene, event.created_at)}</p>`
}

function sentence(scene: RepositoryScene, event: IssueEventRecord): Html | string | null {
  const label = scene.repository.labels.find((candidate) => sameName(candidate.name, event.label ?? ''))
  const tag = html`<span class="label" style="--tint:#${label?.color ?? 'ededed'}">${event.label}</span>`
  switch (event.event) {
    case 'labeled':
      return html`added ${tag}`
    case 'unlabeled':
      return html`removed ${tag}`
    case 'closed':
      return event.state_reason === 'not_planned' ? 'closed this as not planned' : 'closed this'
    case 'merged':
      return html`merged <a class="mono" href="/${scene.repository.owner}/${scene.repository.name}/commit/${event.commit_id}">${event.commit_id?.slice(0, 7) ?? ''}</a>`
    case 'renamed':
      return html`changed the title from <q>${event.rename?.from ?? ''}</q>`
    case 'reviewed':
      return null
    case 'sub_issue_added':
      return 'added a sub-issue'
    case 'sub_issue_removed':
      return 'removed a sub-issue'
    case 'parent_issue_added':
      return 'made this a sub-issue'
    case 'parent_issue_removed':
      return 'took this from its parent'
    case 'blocked_by_added':
      return 'marked this as blocked'
    case 'blocking_added':
      return 'marked this as blocking another'
    default:
      return event.event.replaceAll('_', ' ')
  }
}

const verdicts = { COMMENTED: 'reviewed', APPROVED: 'approved', CHANGES_REQUESTED: 'requested changes', DISMISSED: 'reviewed (dismissed)', PENDING: '' } as const

async function reviewNote(scene: RepositoryScene, issue: IssueRecord, review: ReviewRecord): Promise<Html | null> {
  const comments = scene.repository.review_comments.filter((comment) => comment.review_id === review.id)
  const threads = comments.filter((comment) => comment.in_reply_to_id === null)
  // A reply stands below what it answers, not in a review of its own.
  if (review.body === '' && comments.length > 0 && threads.length === 0) return null
  const tone = review.state === 'APPROVED' ? 'success' : review.state === 'CHANGES_REQUESTED' ? 'failure' : 'neutral'
  const drawn = await Promise.all(threads.map((comment) => thread(scene, issue, comment)))
  return html`<article class="note" id="pullrequestreview-${review.id}">
    <div class="by">
      ${person(review.user)} <span class="${tone}">${verdicts[review.state]}</span> ${when(scene, review.submitted_at)}
      <span class="right small">${threads.length > 0 ? count(threads.length, 'comment') : null} at <span class="mono">${review.commit_id.slice(0, 7)}</span></span>
    </div>
    <div class="text">${review.body === '' ? null : markdown(scene, review.body)}${drawn}</div>
  </article>`
}

/** A comment on the diff: where it stands, the lines above it, what was said. */
async function thread(scene: RepositoryScene, issue: IssueRecord, comment: ReviewCommentRecord): Promise<Html> {
  const outdated = isPull(issue) && (await currentPosition(repositoryDir(scene.machine.data_dir, scene.repository.id), issue, comment)) === null
  const place = comment.subject_type === 'file' ? comment.path : `${comment.path}:${comment.start_line === null ? '' : `${comment.start_line}–`}${comment.line ?? ''}`
  return html`<div class="diff" id="discussion_r${comment.id}">
    <div class="name"><span class="mono">${place}</span>${outdated ? html`<span class="wait">outdated</span>` : null}</div>
    <table>
      ${comment.diff_hunk === '' ? null : diffTable(tail(comment.diff_hunk))}
      <tr class="said">
        <td colspan="4">${said(scene, comment)}</td>
      </tr>
    </table>
  </div>`
}

/** The last lines of a hunk, with its head: enough to know the place. */
function tail(hunk: string): string {
  const [head = '', ...lines] = hunk.split('\n')
  if (lines.length <= 6) return hunk
  const cut = lines.length - 6
  const numbers = /^@@ -(\d+)(?:,\d+)? \+(\d+)/.exec(head)
  const skipped = lines.slice(0, cut)
  const old = Number(numbers?.[1] ?? 1) + skipped.filter((line) => !line.startsWith('+')).length
  const fresh = Number(numbers?.[2] ?? 1) + skipped.filter((line) => !line.startsWith('-')).length
  return [`@@ -${old} +${fresh} @@`, ...lines.slice(cut)].join('\n')
}
