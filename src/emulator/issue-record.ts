import type { Actor } from './actor.ts'
import { emitIssue, emitPull } from './events.ts'
import { nextId, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { movedTo, notFound, Refusal } from './refusal.ts'
import { idParam } from './route.ts'
import type { RepoCall } from './route.ts'
import { isPull, sameName } from './world.ts'
import type { IssueEventRecord, IssueRecord, PullIssue, RepositoryRecord, StateReason } from './world.ts'

export function issueOf(call: RepoCall): IssueRecord {
  const number = idParam(call, 'issue_number')
  const gone = call.repository.gone_issues.find((candidate) => candidate.number === number)
  if (gone === undefined) return issueNumbered(call.repository, number)
  if (gone.moved_to === null) throw new Refusal(410, 'This issue was deleted')
  const url = new URL(call.url)
  url.pathname = url.pathname.replace(/\/repositories\/\d+\/issues\/\d+/, `/repositories/${gone.moved_to.repository_id}/issues/${gone.moved_to.number}`)
  throw movedTo(url.href, call.method)
}

export function issueNumbered(repository: RepositoryRecord, number: number): IssueRecord {
  const issue = repository.issues.find((candidate) => candidate.number === number)
  if (issue === undefined) throw notFound()
  return issue
}

export function pullOf(call: RepoCall): PullIssue {
  const issue = issueNumbered(call.repository, idParam(call, 'pull_number'))
  if (!isPull(issue)) throw notFound()
  return issue
}

/** Issues relate across repositories; the id alone finds them. */
export function issueById(machine: Machine, id: number): { repository: RepositoryRecord; issue: IssueRecord } | null {
  for (const repository of machine.world.repositories) {
    const issue = repository.issues.find((candidate) => candidate.id === id)
    if (issue !== undefined) return { repository, issue }
  }
  return null
}

export function appIdOf(actor: Actor): number | null {
  return actor.kind === 'installation' ? actor.app.id : null
}

export function touch(call: { machine: Machine }, issue: IssueRecord): void {
  issue.updated_at = timestamp(call.machine)
}

interface Happening {
  machine: Machine
  repository: RepositoryRecord
  issue: IssueRecord
  actor: string
  event: string
}

/** Writes a line of the issue's history. */
export function record({ machine, repository, issue, actor, event }: Happening, more: Partial<IssueEventRecord> = {}): void {
  repository.issue_events.push({
    id: nextId(machine),
    issue_id: issue.id,
    event,
    actor,
    created_at: timestamp(machine),
    commit_id: null,
    label: null,
    rename: null,
    state_reason: null,
    ...more,
  })
}

/** Tells of a change that issues and pull requests have alike. */
export async function announce(call: RepoCall, issue: IssueRecord, action: string, more: Record<string, unknown> = {}): Promise<void> {
  const happening = { repository: call.repository, sender: call.login, action, more }
  if (isPull(issue)) await emitPull(call.machine, { ...happening, issue })
  else emitIssue(call.machine, { ...happening, issue })
}

interface Change {
  machine: Machine
  repository: RepositoryRecord
  issue: IssueRecord
  sender: string
}

export function closeIssue({ machine, repository, issue, sender }: Change, reason: StateReason | null, commit_id: string | null = null): void {
  issue.state = 'closed'
  issue.state_reason = isPull(issue) ? null : (reason ?? 'completed')
  issue.closed_at = timestamp(machine)
  issue.closed_by = sender
  issue.updated_at = issue.closed_at
  record({ machine, repository, issue, actor: sender, event: 'closed' }, { commit_id, state_reason: issue.state_reason })
}

export function reopenIssue({ machine, repository, issue, sender }: Change): void {
  issue.state = 'open'
  issue.state_reason = isPull(issue) ? null : 'reopened'
  issue.closed_at = null
  issue.closed_by = null
  issue.updated_at = timestamp(machine)
  record({ machine, repository, issue, actor: sender, event: 'reopened' })
}

const closing = /\b(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?):?\s+#(\d+)\b/gi

/** `Closes #7` in a text that reached the default branch. */
export function closeMentioned(machine: Machine, { repository, text, sender, commit_id }: { repository: RepositoryRecord; text: string; sender: string; commit_id: string }): void {
  for (const [, number] of text.matchAll(closing)) {
    const issue = repository.issues.find((candidate) => candidate.number === Number(number))
    if (issue === undefined || issue.state === 'closed' || isPull(issue)) continue
    closeIssue({ machine, repository, issue, sender }, 'completed', commit_id)
    emitIssue(machine, { repository, issue, sender, action: 'closed' })
  }
}

export function knownLogins(machine: Machine, logins: string[]): string[] {
  return logins.flatMap((login) => machine.world.users.find((user) => sameName(user.login, login))?.login ?? [])
}
