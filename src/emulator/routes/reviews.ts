import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { pullOf, record, touch } from '../issue-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound, Refusal, unprocessable } from '../refusal.ts'
import { idParam, json, repoRoute } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showPullSimple } from '../show/pull.ts'
import { showReview, showReviewComment } from '../show/review.ts'
import { sameName } from '../world.ts'
import type { PullIssue, ReviewCommentRecord, ReviewRecord } from '../world.ts'
import { checkBody } from './issues.ts'
import { draftComment, placeOf, emitReviewComment, newReviewComment } from './review-comments.ts'

const reads = { app: ['pull_requests:read'], person: 'read' } as const
const writes = { app: ['pull_requests:write'], person: 'read' } as const

const states = { APPROVE: 'APPROVED', REQUEST_CHANGES: 'CHANGES_REQUESTED', COMMENT: 'COMMENTED' } as const
const events = z.enum(['APPROVE', 'REQUEST_CHANGES', 'COMMENT'])
const newReview = z.object({
  commit_id: z.string().optional(),
  body: z.string().nullish(),
  event: events.optional(),
  comments: z.array(draftComment).optional(),
})

export const reviewRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews', reads, (call) => {
    const issue = pullOf(call)
    return paged(call, visible(call, issue), (review) => show(call, review))
  }),
  repoRoute('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews', writes, createReview),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', reads, (call) => json(show(call, reviewOf(call)))),
  repoRoute('PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}', writes, updateReview),
  repoRoute('POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/events', writes, submitReview),
  repoRoute('PUT /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/dismissals', { ...writes, person: 'write' }, dismissReview),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews/{review_id}/comments', reads, async (call) => {
    const review = reviewOf(call)
    const own = call.repository.review_comments.filter((comment) => comment.review_id === review.id)
    const shown = await Promise.all(own.map((comment) => showReviewComment(call.machine, call.repository, comment, call.dir)))
    return paged(call, shown, (comment) => comment)
  }),
]

function show(call: RepoCall, review: ReviewRecord) {
  return showReview(call.machine, call.repository, review)
}

/** A pending review is its author's alone. */
function visible(call: RepoCall, issue: PullIssue): ReviewRecord[] {
  return call.repository.reviews.filter((review) => review.issue_id === issue.id && (review.state !== 'PENDING' || sameName(review.user, call.login)))
}

function reviewOf(call: RepoCall): ReviewRecord {
  const id = idParam(call, 'review_id')
  const review = visible(call, pullOf(call)).find((candidate) => candidate.id === id)
  if (review === undefined) throw notFound()
  return review
}

/** All or nothing: one comment off the diff and there is no review. */
async function createReview(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: user } = call
  const issue = pullOf(call)
  const asked = bodyOf(call, newReview)
  const body = asked.body ?? ''
  const drafts = asked.comments ?? []
  checkReview(call, issue, { body, event: asked.event, comments: drafts.length })
  const commit_id = asked.commit_id ?? issue.pull.head.sha
  const places = await placeOfAll(call, issue, commit_id, drafts)
  const at = timestamp(machine)
  const state = asked.event === undefined ? 'PENDING' : states[asked.event]
  const review: ReviewRecord = { id: nextId(machine), issue_id: issue.id, user, body, state, commit_id, submitted_at: at }
  const comments = places.map((place): ReviewCommentRecord => newReviewComment(call, issue, { ...place, review_id: review.id, commit_id }))
  repository.reviews.push(review)
  repository.review_comments.push(...comments)
  if (state !== 'PENDING') await submitted(call, issue, review, comments)
  return json(show(call, review))
}

async function placeOfAll(call: RepoCall, issue: PullIssue, commit_id: string, drafts: z.infer<typeof draftComment>[]) {
  const places = []
  for (const draft of drafts) {
    const found = await placeOf(call, issue, commit_id, draft)
    if (typeof found === 'string') throw unprocessable(found)
    places.push(found)
  }
  return places
}

function checkReview(call: RepoCall, issue: PullIssue, review: { body: string; event: z.infer<typeof events> | undefined; comments: number }): void {
  const own = sameName(issue.user, call.login)
  if (own && review.event === 'APPROVE') throw unprocessable('Can not approve your own pull request')
  if (own && review.event === 'REQUEST_CHANGES') throw unprocessable('Can not request changes on your own pull request')
  const silent = review.body.trim() === ''
  if (silent && review.event === 'REQUEST_CHANGES') throw unprocessable('Body can not be blank for reviews that request changes')
  if (silent && review.event === 'COMMENT' && review.comments === 0) throw unprocessable('Review Can not be blank')
  checkBody(review.body)
}

async function submitted(call: RepoCall, issue: PullIssue, review: ReviewRecord, comments: ReviewCommentRecord[]): Promise<void> {
  const { machine, repository, login: actor } = call
  touch(call, issue)
  issue.pull.requested_reviewers = issue.pull.requested_reviewers.filter((login) => !sameName(login, actor))
  record({ machine, repository, issue, actor, event: 'reviewed' })
  emitReview(call, issue, review, 'submitted')
  for (const comment of comments) await emitReviewComment(call, comment, 'created')
}

function emitReview(call: RepoCall, issue: PullIssue, review: ReviewRecord, action: string, more: Record<string, unknown> = {}): void {
  const { machine, repository, login: sender } = call
  const shown = { ...show(call, review), body: review.body || null, state: review.state.toLowerCase(), submitted_at: review.submitted_at }
  const payload = { action, review: shown, pull_request: showPullSimple(machine, repository, issue), ...more }
  emit(machine, { event: 'pull_request_review', repository, sender, payload })
}

const text = z.object({ body: z.string() })

function updateReview(call: RepoCall): Answer {
  const issue = pullOf(call)
  const review = reviewOf(call)
  const { body } = bodyOf(call, text)
  if (!sameName(review.user, call.login)) throw new Refusal(403, 'Must have admin rights to Repository.')
  const before = review.body
  review.body = body
  emitReview(call, issue, review, 'edited', { changes: { body: { from: before } } })
  return json(show(call, review))
}

const submission = z.object({ event: events, body: z.string().optional() })

async function submitReview(call: RepoCall): Promise<Answer> {
  const issue = pullOf(call)
  const review = reviewOf(call)
  const { event, body } = bodyOf(call, submission)
  if (review.state !== 'PENDING') throw unprocessable('Review has already been submitted')
  const comments = call.repository.review_comments.filter((comment) => comment.review_id === review.id)
  checkReview(call, issue, { body: body ?? review.body, event, comments: comments.length })
  review.body = body ?? review.body
  review.state = states[event]
  review.submitted_at = timestamp(call.machine)
  await submitted(call, issue, review, comments)
  return json(show(call, review))
}

function dismissReview(call: RepoCall): Answer {
  const issue = pullOf(call)
  const review = reviewOf(call)
  if (review.state !== 'APPROVED' && review.state !== 'CHANGES_REQUESTED') throw unprocessable('Can not dismiss a commented pull request review')
  review.state = 'DISMISSED'
  emitReview(call, issue, review, 'dismissed')
  return json(show(call, review))
}
