import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { issueById, issueOf, record, touch } from '../issue-record.ts'
import type { Machine } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound, validationFailed } from '../refusal.ts'
import type { Refusal } from '../refusal.ts'
import { created, json, repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { showIssue } from '../show/issue.ts'
import { showFullRepository } from '../show/repository.ts'
import { isPull } from '../world.ts'
import type { IssueRecord, RepositoryRecord } from '../world.ts'

const reads = { app: ['issues:read'], person: 'read' } as const
const writes = { app: ['issues:write'], person: 'triage' } as const
const children_limit = 100
const depth_limit = 8

interface Located {
  repository: RepositoryRecord
  issue: IssueRecord
}

export const subIssueRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/sub_issues', reads, (call) =>
    paged(call, located(call.machine, issueOf(call).sub_issue_ids), (child) => showIssue(call.machine, child.repository, child.issue)),
  ),
  repoRoute('POST /repos/{owner}/{repo}/issues/{issue_number}/sub_issues', writes, addSubIssue),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/sub_issue', writes, removeSubIssue),
  repoRoute('PATCH /repos/{owner}/{repo}/issues/{issue_number}/sub_issues/priority', writes, reprioritize),
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/parent', reads, (call) => {
    const { parent_id } = issueOf(call)
    const parent = parent_id === null ? null : issueById(call.machine, parent_id)
    if (parent === null) throw notFound()
    return json(showIssue(call.machine, parent.repository, parent.issue))
  }),
]

export function located(machine: Machine, ids: number[]): Located[] {
  return ids.flatMap((id) => issueById(machine, id) ?? [])
}

const added = z.object({ sub_issue_id: z.int(), replace_parent: z.boolean().optional() })

function addSubIssue(call: RepoCall) {
  const { machine, repository } = call
  const parent = issueOf(call)
  const asked = bodyOf(call, added)
  const child = issueById(machine, asked.sub_issue_id)
  if (child === null || isPull(child.issue)) throw refused('The provided sub-issue does not exist')
  checkLink(machine, parent, child.issue, asked.replace_parent ?? false)
  if (child.issue.parent_id !== null) unlink(call, child)
  child.issue.parent_id = parent.id
  parent.sub_issue_ids.push(child.issue.id)
  touch(call, parent)
  tell(call, { repository, issue: parent }, child, 'added')
  const shown = showIssue(machine, repository, parent)
  return created(shown, shown.url)
}

function checkLink(machine: Machine, parent: IssueRecord, child: IssueRecord, replace: boolean): void {
  if (child.id === parent.id) throw refused('Sub-issue cannot be its own parent')
  if (child.parent_id === parent.id) throw refused('Issue may not contain duplicate sub-issues')
  if (child.parent_id !== null && !replace) throw refused('Sub-issue may only have one parent')
  if (parent.sub_issue_ids.length >= children_limit) throw refused(`Parent cannot have more than ${children_limit} sub-issues`)
  const line = ancestors(machine, parent)
  if (line.some((ancestor) => ancestor.id === child.id)) throw refused('Sub-issue cannot be an ancestor of its parent')
  if (line.length >= depth_limit) throw refused(`Sub-issues may not be nested deeper than ${depth_limit} layers`)
}

function ancestors(machine: Machine, issue: IssueRecord): IssueRecord[] {
  const parent = issue.parent_id === null ? null : issueById(machine, issue.parent_id)
  return parent === null ? [] : [parent.issue, ...ancestors(machine, parent.issue)]
}

function refused(message: string): Refusal {
  return validationFailed({ resource: 'Issue', field: 'sub_issue_id', code: 'custom', message })
}

const removed = z.object({ sub_issue_id: z.int() })

function removeSubIssue(call: RepoCall) {
  const parent = issueOf(call)
  const { sub_issue_id } = bodyOf(call, removed)
  const child = parent.sub_issue_ids.includes(sub_issue_id) ? issueById(call.machine, sub_issue_id) : null
  if (child === null) throw notFound()
  unlink(call, child)
  return json(showIssue(call.machine, call.repository, parent))
}

function unlink(call: RepoCall, child: Located): void {
  const parent = child.issue.parent_id === null ? null : issueById(call.machine, child.issue.parent_id)
  child.issue.parent_id = null
  if (parent === null) return
  parent.issue.sub_issue_ids = parent.issue.sub_issue_ids.filter((id) => id !== child.issue.id)
  touch(call, parent.issue)
  tell(call, parent, child, 'removed')
}

/** GitHub tells it twice: once of the child, once of the parent. */
function tell(call: RepoCall, parent: Located, child: Located, what: 'added' | 'removed'): void {
  const { machine, login: sender } = call
  record({ machine, ...parent, actor: sender, event: `sub_issue_${what}` })
  record({ machine, ...child, actor: sender, event: `parent_issue_${what}` })
  const ids = { sub_issue_id: child.issue.id, parent_issue_id: parent.issue.id }
  const issues = {
    sub_issue: showIssue(machine, child.repository, child.issue),
    parent_issue: showIssue(machine, parent.repository, parent.issue),
  }
  const event = 'sub_issues'
  const sub_issue_repo = showFullRepository(machine, child.repository, '')
  const parent_issue_repo = showFullRepository(machine, parent.repository, '')
  emit(machine, { event, repository: parent.repository, sender, payload: { action: `sub_issue_${what}`, ...ids, ...issues, sub_issue_repo } })
  emit(machine, { event, repository: child.repository, sender, payload: { action: `parent_issue_${what}`, ...ids, ...issues, parent_issue_repo } })
}

const moved = z.object({ sub_issue_id: z.int(), after_id: z.int().optional(), before_id: z.int().optional() })

function reprioritize(call: RepoCall) {
  const parent = issueOf(call)
  const { sub_issue_id, after_id, before_id } = bodyOf(call, moved)
  const rest = parent.sub_issue_ids.filter((id) => id !== sub_issue_id)
  const anchor = rest.indexOf(after_id ?? before_id ?? -1)
  if (rest.length === parent.sub_issue_ids.length || anchor === -1) throw refused('The provided sub-issue or anchor is not a sub-issue of this issue')
  rest.splice(after_id === undefined ? anchor : anchor + 1, 0, sub_issue_id)
  parent.sub_issue_ids = rest
  return json(showIssue(call.machine, call.repository, parent))
}
