import { diffLines } from '../git/diff.ts'
import type { Machine } from '../machine.ts'
import { pullFiles } from '../pull-facts.ts'
import { isPull } from '../world.ts'
import type { PullIssue, RepositoryRecord, ReviewCommentRecord, ReviewRecord } from '../world.ts'
import { association, reactionsOn, rollUp } from './issue.ts'
import { repositoryHtml, repositoryUrl } from './repository.ts'
import { nodeId, showUser } from './user.ts'

export function showReview(machine: Machine, repository: RepositoryRecord, review: ReviewRecord) {
  const issue = pullById(repository, review.issue_id)
  const html_url = `${repositoryHtml(machine, repository)}/pull/${issue.number}#pullrequestreview-${review.id}`
  const pull_request_url = `${repositoryUrl(machine, repository)}/pulls/${issue.number}`
  return {
    id: review.id,
    node_id: nodeId('PRR', review.id),
    user: showUser(machine, review.user),
    body: review.body,
    state: review.state,
    html_url,
    pull_request_url,
    author_association: association(repository, review.user),
    _links: { html: { href: html_url }, pull_request: { href: pull_request_url } },
    ...(review.state === 'PENDING' ? {} : { submitted_at: review.submitted_at }),
    commit_id: review.commit_id,
  }
}

export function pullById(repository: RepositoryRecord, id: number): PullIssue {
  const issue = repository.issues.find((candidate) => candidate.id === id)
  if (issue === undefined || !isPull(issue)) throw new Error(`no pull request with id ${id}`)
  return issue
}

/** `dir` is the bare repository: whether the comment is outdated comes from git. */
export async function showReviewComment(machine: Machine, repository: RepositoryRecord, comment: ReviewCommentRecord, dir: string) {
  const issue = pullById(repository, comment.issue_id)
  const base = repositoryUrl(machine, repository)
  const url = `${base}/pulls/comments/${comment.id}`
  const html_url = `${repositoryHtml(machine, repository)}/pull/${issue.number}#discussion_r${comment.id}`
  const pull_request_url = `${base}/pulls/${issue.number}`
  const position = await currentPosition(dir, issue, comment)
  return {
    url,
    pull_request_review_id: comment.review_id,
    id: comment.id,
    node_id: nodeId('PRRC', comment.id),
    diff_hunk: comment.diff_hunk,
    path: comment.path,
    commit_id: position === null ? comment.commit_id : issue.pull.head.sha,
    original_commit_id: comment.commit_id,
    user: showUser(machine, comment.user),
    body: comment.body,
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    html_url,
    pull_request_url,
    author_association: association(repository, comment.user),
    _links: { self: { href: url }, html: { href: html_url }, pull_request: { href: pull_request_url } },
    reactions: rollUp(`${url}/reactions`, reactionsOn(repository, 'review_comment', comment.id)),
    position,
    original_position: comment.position,
    subject_type: comment.subject_type,
    ...linePart(comment, position),
    ...(comment.in_reply_to_id === null ? {} : { in_reply_to_id: comment.in_reply_to_id }),
  }
}

/** Only the original line once it is outdated; a whole file counts as its first line. */
function linePart(comment: ReviewCommentRecord, position: number | null) {
  return {
    side: comment.side,
    start_side: comment.start_side,
    original_line: comment.line,
    original_start_line: comment.start_line,
    start_line: position === null ? null : comment.start_line,
    line: position === null ? null : comment.line,
  }
}

/** Where the comment stands in today's diff; `null` once its line is gone: the comment is outdated. */
export async function currentPosition(dir: string, issue: PullIssue, comment: ReviewCommentRecord): Promise<number | null> {
  if (comment.subject_type === 'file') return 1
  if (comment.commit_id === issue.pull.head.sha) return comment.position
  const then = (await pullFiles(dir, issue, comment.commit_id)).find((file) => file.filename === comment.path)?.patch
  const now = (await pullFiles(dir, issue)).find((file) => file.filename === comment.path)?.patch
  if (!then || !now) return null
  const text = lineAt(then, comment)?.text
  const today = lineAt(now, comment)
  return today !== undefined && today.text === text ? today.position : null
}

function lineAt(patch: string, comment: ReviewCommentRecord) {
  return diffLines(patch).find((line) => (comment.side === 'LEFT' ? line.old : line.new) === comment.line)
}
