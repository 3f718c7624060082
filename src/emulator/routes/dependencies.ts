import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { emit } from '../events.ts'
import { issueById, issueOf, record, touch } from '../issue-record.ts'
import { paged } from '../paging.ts'
import { notFound, validationFailed } from '../refusal.ts'
import { created, idParam, json, repoRoute } from '../route.ts'
import type { RepoCall, Route } from '../route.ts'
import { showIssue } from '../show/issue.ts'
import { showFullRepository } from '../show/repository.ts'
import type { IssueRecord, RepositoryRecord } from '../world.ts'
import { located } from './sub-issues.ts'

const reads = { app: ['issues:read'], person: 'read' } as const
const writes = { app: ['issues:write'], person: 'triage' } as const

export const dependencyRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by', reads, (call) =>
    paged(call, located(call.machine, issueOf(call).blocked_by_ids), ({ repository, issue }) => showIssue(call.machine, repository, issue)),
  ),
  repoRoute('GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocking', reads, (call) => {
    const { id } = issueOf(call)
    const everywhere = call.machine.world.repositories.flatMap((repository) => repository.issues.map((issue) => ({ repository, issue })))
    const blocked = everywhere.filter(({ issue }) => issue.blocked_by_ids.includes(id))
    return paged(call, blocked, ({ repository, issue }) => showIssue(call.machine, repository, issue))
  }),
  repoRoute('POST /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by', writes, addBlocker),
  repoRoute('DELETE /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by/{issue_id}', writes, removeBlocker),
]

const asked = z.object({ issue_id: z.int() })

function addBlocker(call: RepoCall) {
  const { machine, repository } = call
  const issue = issueOf(call)
  const blocker = issueById(machine, bodyOf(call, asked).issue_id)
  if (blocker === null) throw notFound()
  if (blocker.issue.id === issue.id) throw refused('Issue cannot depend on itself')
  if (issue.blocked_by_ids.includes(blocker.issue.id)) throw refused('Target issue has already been taken')
  if (blocker.issue.blocked_by_ids.includes(issue.id)) throw refused('Issues cannot block each other')
  issue.blocked_by_ids.push(blocker.issue.id)
  tell(call, { repository, issue }, blocker, 'added')
  const shown = showIssue(machine, blocker.repository, blocker.issue)
  return created(shown, shown.url)
}

function refused(message: string) {
  return validationFailed({ resource: 'IssueDependency', field: 'issue_id', code: 'custom', message })
}

function removeBlocker(call: RepoCall) {
  const { machine, repository } = call
  const issue = issueOf(call)
  const id = idParam(call, 'issue_id')
  const blocker = issue.blocked_by_ids.includes(id) ? issueById(machine, id) : null
  if (blocker === null) throw notFound()
  issue.blocked_by_ids = issue.blocked_by_ids.filter((candidate) => candidate !== id)
  tell(call, { repository, issue }, blocker, 'removed')
  return json(showIssue(machine, blocker.repository, blocker.issue))
}

interface Located {
  repository: RepositoryRecord
  issue: IssueRecord
}

function tell(call: RepoCall, blocked: Located, blocker: Located, what: 'added' | 'removed'): void {
  const { machine, login: sender } = call
  touch(call, blocked.issue)
  record({ machine, ...blocked, actor: sender, event: `blocked_by_${what}` })
  record({ machine, ...blocker, actor: sender, event: `blocking_${what}` })
  const event = 'issue_dependencies'
  const payload = {
    blocked_issue_id: blocked.issue.id,
    blocked_issue: showIssue(machine, blocked.repository, blocked.issue),
    blocking_issue_id: blocker.issue.id,
    blocking_issue: showIssue(machine, blocker.repository, blocker.issue),
  }
  const blocking_issue_repo = showFullRepository(machine, blocker.repository, '')
  const blocked_issue_repo = showFullRepository(machine, blocked.repository, '')
  emit(machine, { event, repository: blocked.repository, sender, payload: { action: `blocked_by_${what}`, ...payload, blocking_issue_repo } })
  emit(machine, { event, repository: blocker.repository, sender, payload: { action: `blocking_${what}`, ...payload, blocked_issue_repo } })
}
