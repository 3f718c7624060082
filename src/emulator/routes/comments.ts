import { z } from 'zod'
import { mayModerate } from '../access.ts'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { appIdOf, issueOf, touch } from '../issue-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound, Refusal, validationFailed } from '../refusal.ts'
import { created, idParam, json, noContent, repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { rendered } from '../show/body.ts'
import { showComment, showIssue } from '../show/issue.ts'
import { sameName } from '../world.ts'
import type { CommentRecord, IssueRecord } from '../world.ts'
import { checkBody } from './issues.ts'

const reads = { app: ['issues:read', 'pull_requests:read'], person: 'read' } as const
const writes = { app: ['issues:write', 'pull_requests:write'], person: 'read' } as const
const text = z.object({ body: z.string() })

export const commentRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/comments', reads, (call) => {
    const issue = issueOf(call)
    return paged(
      call,
      since(
        call,
        call.repository.comments.filter((comment) => comment.issue_id === issue.id),
      ),
      (comment) => show(call, comment),
    )
  }),
  repoRoute('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', writes, createComment),
  repoRoute('GET /repos/{owner}/{repo}/issues/comments', reads, (call) => paged(call, sorted(call), (comment) => show(call, comment))),
  repoRoute('GET /repos/{owner}/{repo}/issues/comments/{comment_id}', reads, (call) => {
    const comment = commentOf(call)
    return json({ ...show(call, comment), ...rendered(call, comment.body) })
  }),
  repoRoute('PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}', writes, updateComment),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}', writes, deleteComment),
]

function show(call: RepoCall, comment: CommentRecord) {
  return showComment(call.machine, call.repository, comment)
}

function since(call: RepoCall, comments: CommentRecord[]): CommentRecord[] {
  const from = call.query.get('since')
  return from === null ? comments : comments.filter((comment) => Date.parse(comment.updated_at) >= Date.parse(from))
}

function sorted(call: RepoCall): CommentRecord[] {
  const by = call.query.get('sort') === 'updated' ? 'updated_at' : 'created_at'
  const sign = call.query.get('direction') === 'desc' ? -1 : 1
  return since(call, call.repository.comments).toSorted((a, b) => sign * (Date.parse(a[by]) - Date.parse(b[by]) || a.id - b.id))
}

export function commentOf(call: RepoCall): CommentRecord {
  const id = idParam(call, 'comment_id')
  const comment = call.repository.comments.find((candidate) => candidate.id === id)
  if (comment === undefined) throw notFound()
  return comment
}

function checkComment(body: string): void {
  if (body.trim() === '') throw validationFailed({ resource: 'IssueComment', code: 'missing_field', field: 'body' })
  checkBody(body)
}

function createComment(call: RepoCall) {
  const { machine, repository, login } = call
  const issue = issueOf(call)
  const { body } = bodyOf(call, text)
  checkComment(body)
  if (issue.locked && !mayModerate(call.actor, repository, 'issues:write', 'write')) throw new Refusal(403, 'Unable to create comment because issue is locked.')
  const at = timestamp(machine)
  const comment: CommentRecord = { id: nextId(machine), issue_id: issue.id, body, user: login, app_id: appIdOf(call.actor), created_at: at, updated_at: at }
  repository.comments.push(comment)
  touch(call, issue)
  emitComment(call, comment, 'created')
  const shown = show(call, comment)
  return created(shown, shown.url)
}

function updateComment(call: RepoCall) {
  const comment = commentOf(call)
  const { body } = bodyOf(call, text)
  checkComment(body)
  allowChange(call, comment)
  const before = comment.body
  comment.body = body
  comment.updated_at = timestamp(call.machine)
  emitComment(call, comment, 'edited', { changes: { body: { from: before } } })
  return json(show(call, comment))
}

function deleteComment(call: RepoCall) {
  const comment = commentOf(call)
  allowChange(call, comment)
  emitComment(call, comment, 'deleted')
  call.repository.comments = call.repository.comments.filter((candidate) => candidate !== comment)
  return noContent
}

function allowChange(call: RepoCall, comment: CommentRecord): void {
  const own = sameName(comment.user, call.login)
  if (!own && !mayModerate(call.actor, call.repository, 'issues:write', 'write')) throw new Refusal(403, 'Must have admin rights to Repository.')
}

function emitComment(call: RepoCall, comment: CommentRecord, action: string, more: Record<string, unknown> = {}): void {
  const { machine, repository, login: sender } = call
  const issue = repository.issues.find((candidate: IssueRecord) => candidate.id === comment.issue_id)
  if (issue === undefined) return
  const payload = { action, issue: showIssue(machine, repository, issue), comment: show(call, comment), ...more }
  emit(machine, { event: 'issue_comment', repository, sender, payload })
}
