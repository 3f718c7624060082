import { z } from 'zod'
import { mayModerate } from '../access.ts'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { findLine, hunkUpTo } from '../git/diff.ts'
import { resolveCommit } from '../git/refs.ts'
import { pullOf, touch } from '../issue-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { pullCommits, pullFiles } from '../pull-facts.ts'
import { notFound, Refusal, validationFailed } from '../refusal.ts'
import { created, idParam, json, noContent, repoRoute } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showPullSimple } from '../show/pull.ts'
import { pullById, showReviewComment } from '../show/review.ts'
import { sameName } from '../world.ts'
import type { PullIssue, ReviewCommentRecord } from '../world.ts'
import { checkBody } from './issues.ts'

const reads = { app: ['pull_requests:read'], person: 'read' } as const
const writes = { app: ['pull_requests:write'], person: 'read' } as const
const side = z.enum(['LEFT', 'RIGHT'])

export const draftComment = z.object({
  path: z.string(),
  body: z.string(),
  position: z.int().optional(),
  line: z.int().optional(),
  side: side.optional(),
  start_line: z.int().optional(),
  start_side: side.optional(),
})
type Draft = z.infer<typeof draftComment>

export const reviewCommentRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/pulls/comments', reads, (call) => list(call, call.repository.review_comments)),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/comments', reads, (call) => {
    const issue = pullOf(call)
    return list(
      call,
      call.repository.review_comments.filter((comment) => comment.issue_id === issue.id),
    )
  }),
  repoRoute('POST /repos/{owner}/{repo}/pulls/{pull_number}/comments', writes, createComment),
  repoRoute('POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies', writes, (call) => reply(call, idParam(call, 'comment_id'))),
  repoRoute('GET /repos/{owner}/{repo}/pulls/comments/{comment_id}', reads, async (call) => json(await show(call, reviewCommentOf(call)))),
  repoRoute('PATCH /repos/{owner}/{repo}/pulls/comments/{comment_id}', writes, updateComment),
  repoRoute('DELETE /repos/{owner}/{repo}/pulls/comments/{comment_id}', writes, deleteComment),
]

async function show(call: RepoCall, comment: ReviewCommentRecord) {
  return showReviewComment(call.machine, call.repository, comment, call.dir)
}

async function list(call: RepoCall, comments: ReviewCommentRecord[]): Promise<Answer> {
  const since = call.query.get('since')
  const sign = call.query.get('direction') === 'desc' ? -1 : 1
  const chosen = comments.filter((comment) => !isPending(call, comment) && (since === null || Date.parse(comment.updated_at) >= Date.parse(since))).toSorted((a, b) => sign * (a.id - b.id))
  const shown = await Promise.all(chosen.map((comment) => show(call, comment)))
  return paged(call, shown, (comment) => comment)
}

function isPending(call: RepoCall, comment: ReviewCommentRecord): boolean {
  return call.repository.reviews.some((review) => review.id === comment.review_id && review.state === 'PENDING')
}

export function reviewCommentOf(call: RepoCall): ReviewCommentRecord {
  const id = idParam(call, 'comment_id')
  const comment = call.repository.review_comments.find((candidate) => candidate.id === id)
  if (comment === undefined) throw notFound()
  return comment
}

export interface Place {
  path: string
  body: string
  side: 'LEFT' | 'RIGHT'
  line: number
  start_side: 'LEFT' | 'RIGHT' | null
  start_line: number | null
  position: number
  diff_hunk: string
}

/** Where a comment stands in the pull request's diff, or GitHub's sentence when it does not. */
export async function placeOf(call: RepoCall, issue: PullIssue, commit_id: string, draft: Draft): Promise<Place | string> {
  if (!(await isPartOf(call, issue, commit_id))) return 'The commit is not part of the pull request'
  const file = (await pullFiles(call.dir, issue, commit_id)).find((candidate) => candidate.filename === draft.path)
  if (file === undefined || file.patch === null) return 'Path could not be resolved'
  const wanted = draft.side ?? 'RIGHT'
  const found = draft.line === undefined ? null : findLine(file.patch, wanted, draft.line)
  if (found === null || draft.line === undefined) return 'Line could not be resolved'
  const start = draft.start_line === undefined ? undefined : findLine(file.patch, draft.start_side ?? wanted, draft.start_line)
  if (start === null || (start !== undefined && start.position >= found.position)) return 'Start line could not be resolved'
  return {
    path: draft.path,
    body: draft.body,
    side: wanted,
    line: draft.line,
    start_side: start === undefined ? null : (draft.start_side ?? wanted),
    start_line: draft.start_line ?? null,
    position: found.position,
    diff_hunk: hunkUpTo(file.patch, found.position),
  }
}

async function isPartOf(call: RepoCall, issue: PullIssue, commit_id: string): Promise<boolean> {
  if (commit_id === issue.pull.head.sha) return true
  if ((await resolveCommit(call.dir, commit_id)) === null) return false
  return (await pullCommits(call.dir, issue)).some((commit) => commit.sha === commit_id)
}

type NewComment = Place & { review_id: number; commit_id: string }

export function newReviewComment(call: RepoCall, issue: PullIssue, place: NewComment): ReviewCommentRecord {
  const at = timestamp(call.machine)
  return {
    id: nextId(call.machine),
    issue_id: issue.id,
    user: call.login,
    subject_type: 'line',
    in_reply_to_id: null,
    created_at: at,
    updated_at: at,
    ...place,
  }
}

const newComment = z.object({
  body: z.string(),
  commit_id: z.string().optional(),
  path: z.string().optional(),
  line: z.int().optional(),
  side: side.optional(),
  start_line: z.int().optional(),
  start_side: side.optional(),
  subject_type: z.enum(['line', 'file']).optional(),
  in_reply_to: z.int().optional(),
})

async function createComment(call: RepoCall): Promise<Answer> {
  const asked = bodyOf(call, newComment)
  if (asked.in_reply_to !== undefined) return reply(call, asked.in_reply_to)
  const issue = pullOf(call)
  const { commit_id, path } = asked
  if (commit_id === undefined || path === undefined) throw new Refusal(422, 'Invalid request.\n\n"commit_id", "path" weren\'t supplied.')
  checkBody(asked.body)
  const place = asked.subject_type === 'file' ? await placeOfFile(call, issue, { path, body: asked.body, commit_id }) : await placeOf(call, issue, commit_id, { ...asked, path })
  if (typeof place === 'string') {
    const field = place.startsWith('Path') ? 'path' : place.startsWith('The commit') ? 'commit_id' : 'line'
    throw validationFailed({
      resource: 'PullRequestReviewComment',
      field: `pull_request_review_thread.${field}`,
      code: field === 'line' ? 'custom' : 'invalid',
      message: `pull_request_review_thread.${field} must be part of the diff`,
    })
  }
  const review_id = soloReview(call, issue, commit_id)
  const comment = { ...newReviewComment(call, issue, { ...place, review_id, commit_id }), subject_type: asked.subject_type ?? 'line' }
  return add(call, issue, comment)
}

async function placeOfFile(call: RepoCall, issue: PullIssue, draft: { path: string; body: string; commit_id: string }): Promise<Place | string> {
  const changed = (await pullFiles(call.dir, issue, draft.commit_id)).some((file) => file.filename === draft.path)
  if (!changed) return 'Path could not be resolved'
  return { path: draft.path, body: draft.body, side: 'RIGHT', line: 1, start_side: null, start_line: null, position: 1, diff_hunk: '' }
}

/** GitHub wraps a comment on its own into a review without a body. */
function soloReview(call: RepoCall, issue: PullIssue, commit_id: string): number {
  const id = nextId(call.machine)
  call.repository.reviews.push({ id, issue_id: issue.id, user: call.login, body: '', state: 'COMMENTED', commit_id, submitted_at: timestamp(call.machine) })
  return id
}

const answer = z.object({ body: z.string() })

async function reply(call: RepoCall, id: number): Promise<Answer> {
  const issue = pullOf(call)
  const top = call.repository.review_comments.find((comment) => comment.id === id && comment.issue_id === issue.id)
  if (top === undefined) throw notFound()
  const { body } = bodyOf(call, answer)
  const at = timestamp(call.machine)
  const review_id = soloReview(call, issue, issue.pull.head.sha)
  const first = top.in_reply_to_id ?? top.id
  return add(call, issue, { ...top, id: nextId(call.machine), review_id, body, user: call.login, in_reply_to_id: first, created_at: at, updated_at: at })
}

async function add(call: RepoCall, issue: PullIssue, comment: ReviewCommentRecord): Promise<Answer> {
  call.repository.review_comments.push(comment)
  touch(call, issue)
  await emitReviewComment(call, comment, 'created')
  const shown = await show(call, comment)
  return created(shown, shown.url)
}

async function updateComment(call: RepoCall): Promise<Answer> {
  const comment = reviewCommentOf(call)
  const { body } = bodyOf(call, answer)
  allowChange(call, comment)
  const before = comment.body
  comment.body = body
  comment.updated_at = timestamp(call.machine)
  await emitReviewComment(call, comment, 'edited', { changes: { body: { from: before } } })
  return json(await show(call, comment))
}

async function deleteComment(call: RepoCall): Promise<Answer> {
  const comment = reviewCommentOf(call)
  allowChange(call, comment)
  await emitReviewComment(call, comment, 'deleted')
  call.repository.review_comments = call.repository.review_comments.filter((candidate) => candidate !== comment)
  return noContent
}

function allowChange(call: RepoCall, comment: ReviewCommentRecord): void {
  const own = sameName(comment.user, call.login)
  if (!own && !mayModerate(call.actor, call.repository, 'pull_requests:write', 'write')) throw new Refusal(403, 'Must have admin rights to Repository.')
}

export async function emitReviewComment(call: RepoCall, comment: ReviewCommentRecord, action: string, more: Record<string, unknown> = {}): Promise<void> {
  const { machine, repository, login: sender } = call
  const pull_request = showPullSimple(machine, repository, pullById(repository, comment.issue_id))
  const payload = { action, comment: await show(call, comment), pull_request, ...more }
  emit(machine, { event: 'pull_request_review_comment', repository, sender, payload })
}
