import { z } from 'zod'
import { mayModerate } from '../access.ts'
import { bodyOf } from '../body.ts'
import { announce, appIdOf, closeIssue, issueOf, knownLogins, record, reopenIssue, touch } from '../issue-record.ts'
import { ensureLabels } from '../label-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { Refusal, validationFailed } from '../refusal.ts'
import { created, json, noContent, repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { rendered } from '../show/body.ts'
import { showIssue, showLabel } from '../show/issue.ts'
import { repositoryUrl } from '../show/repository.ts'
import { showUser } from '../show/user.ts'
import { isPull, sameName } from '../world.ts'
import type { IssueRecord, RepositoryRecord } from '../world.ts'

const reads = { app: ['issues:read', 'pull_requests:read'], person: 'read' } as const
const writes = { app: ['issues:write', 'pull_requests:write'], person: 'read' } as const
const triages = { ...writes, person: 'triage' } as const
const bodyLimit = 65_536

const labelNames = z.array(z.union([z.string(), z.object({ name: z.string() })])).transform((list) => list.map((label) => (typeof label === 'string' ? label : label.name)))
const newIssue = z.object({
  title: z.union([z.string(), z.number()]).transform(String),
  body: z.string().nullish(),
  labels: labelNames.optional(),
  assignees: z.array(z.string()).optional(),
  milestone: z.unknown().optional(),
})
const issuePatch = z.object({
  title: z.union([z.string(), z.number()]).transform(String).optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  state_reason: z.enum(['completed', 'not_planned', 'duplicate', 'reopened']).nullish(),
  labels: labelNames.optional(),
  assignees: z.array(z.string()).optional(),
})

export const issueRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/issues', reads, (call) => paged(call, listed(call), (issue) => showIssue(call.machine, call.repository, issue))),
  repoRoute('POST /repos/{owner}/{repo}/issues', { ...writes, app: ['issues:write'] }, createIssue),
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}', reads, (call) => {
    const issue = issueOf(call)
    return json({ ...showIssue(call.machine, call.repository, issue), ...rendered(call, issue.body) })
  }),
  repoRoute('PATCH /repos/{owner}/{repo}/issues/{issue_number}', writes, updateIssue),
  repoRoute('PUT /repos/{owner}/{repo}/issues/{issue_number}/lock', triages, lock),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/lock', triages, unlock),
  repoRoute('POST /repos/{owner}/{repo}/issues/{issue_number}/assignees', triages, (call) => assign(call, 'assigned')),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/assignees', triages, (call) => assign(call, 'unassigned')),
]

function listed(call: RepoCall): IssueRecord[] {
  const { query, repository } = call
  const state = query.get('state') ?? 'open'
  const labels = (query.get('labels') ?? '').split(',').filter(Boolean)
  const since = query.get('since')
  const [creator, assignee] = [query.get('creator'), query.get('assignee')]
  const chosen = repository.issues.filter(
    (issue) =>
      (state === 'all' || issue.state === state) &&
      labels.every((label) => issue.labels.some((name) => sameName(name, label))) &&
      (since === null || Date.parse(issue.updated_at) >= Date.parse(since)) &&
      (creator === null || sameName(issue.user, creator)) &&
      (assignee === null || assignee === '*' || issue.assignees.some((login) => sameName(login, assignee))),
  )
  return sorted(chosen, query, repository)
}

/** Newest first unless asked otherwise; the number decides between equals. */
function sorted(issues: IssueRecord[], query: URLSearchParams, repository: RepositoryRecord): IssueRecord[] {
  const by = query.get('sort') ?? 'created'
  const sign = query.get('direction') === 'asc' ? 1 : -1
  const value = (issue: IssueRecord): number =>
    by === 'updated' ? Date.parse(issue.updated_at) : by === 'comments' ? repository.comments.filter((comment) => comment.issue_id === issue.id).length : Date.parse(issue.created_at)
  return issues.toSorted((a, b) => sign * (value(a) - value(b) || a.number - b.number))
}

async function createIssue(call: RepoCall) {
  const { machine, repository, login } = call
  const asked = bodyOf(call, newIssue)
  checkText(asked.title, asked.body ?? null)
  const at = timestamp(machine)
  const may = mayModerate(call.actor, repository, 'issues:write', 'triage')
  const issue: IssueRecord = {
    id: nextId(machine),
    number: repository.next_number++,
    title: asked.title,
    body: asked.body ?? null,
    user: login,
    app_id: appIdOf(call.actor),
    state: 'open',
    state_reason: null,
    // GitHub drops in silence what the author may not set.
    labels: may ? ensureLabels(machine, repository, asked.labels ?? []) : [],
    assignees: may ? knownLogins(machine, asked.assignees ?? []) : [],
    locked: false,
    active_lock_reason: null,
    created_at: at,
    updated_at: at,
    closed_at: null,
    closed_by: null,
    parent_id: null,
    sub_issue_ids: [],
    blocked_by_ids: [],
    pull: null,
  }
  repository.issues.push(issue)
  await announce(call, issue, 'opened')
  await announceLabels(call, issue, [], issue.labels)
  return created(showIssue(machine, repository, issue), `${repositoryUrl(machine, repository)}/issues/${issue.number}`)
}

export function checkText(title: string, body: string | null): void {
  if (title.trim() === '') throw validationFailed({ resource: 'Issue', field: 'title', code: 'missing_field' })
  if (title.length > 256) throw validationFailed({ resource: 'Issue', field: 'title', code: 'custom', message: 'title is too long (maximum is 256 characters)' })
  checkBody(body)
}

export function checkBody(body: string | null): void {
  if ((body ?? '').length <= bodyLimit) return
  throw validationFailed({ resource: 'Issue', field: 'body', code: 'custom', message: `body is too long (maximum is ${bodyLimit} characters)` })
}

async function updateIssue(call: RepoCall) {
  const issue = issueOf(call)
  const asked = bodyOf(call, issuePatch)
  const may = mayModerate(call.actor, call.repository, isPull(issue) ? 'pull_requests:write' : 'issues:write', 'triage')
  if (!may && !sameName(issue.user, call.login)) throw new Refusal(403, 'Must have admin rights to Repository.')
  checkText(asked.title ?? issue.title, asked.body ?? null)
  await editText(call, issue, asked)
  if (may && asked.labels !== undefined) await setLabels(call, issue, asked.labels)
  if (may && asked.assignees !== undefined) issue.assignees = knownLogins(call.machine, asked.assignees)
  if (asked.state !== undefined && asked.state !== issue.state) await setState(call, issue, asked.state, asked.state_reason ?? null)
  return json(showIssue(call.machine, call.repository, issue))
}

/** Title and body, of issues and pull requests. */
export async function editText(call: RepoCall, issue: IssueRecord, asked: { title?: string | undefined; body?: string | null | undefined }): Promise<void> {
  const changes: Record<string, { from: string }> = {}
  if (asked.title !== undefined && asked.title !== issue.title) {
    changes['title'] = { from: issue.title }
    const { machine, repository, login: actor } = call
    record({ machine, repository, issue, actor, event: 'renamed' }, { rename: { from: issue.title, to: asked.title } })
    issue.title = asked.title
  }
  if (asked.body !== undefined && asked.body !== issue.body) {
    changes['body'] = { from: issue.body ?? '' }
    issue.body = asked.body
  }
  if (Object.keys(changes).length === 0) return
  touch(call, issue)
  await announce(call, issue, 'edited', { changes })
}

export async function setState(call: RepoCall, issue: IssueRecord, state: 'open' | 'closed', reason: IssueRecord['state_reason']): Promise<void> {
  const { machine, repository, login: sender } = call
  if (state === 'closed') closeIssue({ machine, repository, issue, sender }, reason)
  else reopenIssue({ machine, repository, issue, sender })
  await announce(call, issue, state === 'closed' ? 'closed' : 'reopened')
}

/** Replaces the labels and tells of each that came or went. */
export async function setLabels(call: RepoCall, issue: IssueRecord, names: string[]): Promise<void> {
  const before = issue.labels
  issue.labels = ensureLabels(call.machine, call.repository, names)
  touch(call, issue)
  await announceLabels(call, issue, before, issue.labels)
}

export async function announceLabels(call: RepoCall, issue: IssueRecord, before: string[], after: string[]): Promise<void> {
  const { machine, repository, login: actor } = call
  const steps = [
    ...before.filter((name) => !after.includes(name)).map((name) => ({ event: 'unlabeled', name })),
    ...after.filter((name) => !before.includes(name)).map((name) => ({ event: 'labeled', name })),
  ]
  for (const { event, name } of steps) {
    const label = repository.labels.find((candidate) => sameName(candidate.name, name))
    if (label === undefined) continue
    record({ machine, repository, issue, actor, event }, { label: name })
    await announce(call, issue, event, { label: showLabel(machine, repository, label) })
  }
}

const lockBody = z.object({ lock_reason: z.enum(['off-topic', 'too heated', 'resolved', 'spam']).optional() })

async function lock(call: RepoCall) {
  const issue = issueOf(call)
  issue.locked = true
  issue.active_lock_reason = bodyOf(call, lockBody).lock_reason ?? null
  await lockChanged(call, issue, 'locked')
  return noContent
}

async function unlock(call: RepoCall) {
  const issue = issueOf(call)
  issue.locked = false
  issue.active_lock_reason = null
  await lockChanged(call, issue, 'unlocked')
  return noContent
}

async function lockChanged(call: RepoCall, issue: IssueRecord, event: string): Promise<void> {
  const { machine, repository, login: actor } = call
  touch(call, issue)
  record({ machine, repository, issue, actor, event })
  await announce(call, issue, event)
}

const assigneesBody = z.object({ assignees: z.array(z.string()).optional() })

async function assign(call: RepoCall, event: 'assigned' | 'unassigned') {
  const { machine, repository, login: actor } = call
  const issue = issueOf(call)
  for (const login of knownLogins(machine, bodyOf(call, assigneesBody).assignees ?? [])) {
    const has = issue.assignees.includes(login)
    if (has === (event === 'assigned')) continue
    issue.assignees = has ? issue.assignees.filter((name) => name !== login) : [...issue.assignees, login]
    record({ machine, repository, issue, actor, event })
    await announce(call, issue, event, { assignee: showUser(machine, login) })
  }
  touch(call, issue)
  return json(showIssue(machine, repository, issue), event === 'assigned' ? 201 : 200)
}
