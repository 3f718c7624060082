import { emitIssue } from './events.ts'
import { issueNumbered } from './issue-record.ts'
import { ensureLabels } from './label-record.ts'
import { nextId } from './machine.ts'
import type { Machine } from './machine.ts'
import { showIssue } from './show/issue.ts'
import { showFullRepository } from './show/repository.ts'
import type { IssueRecord, RepositoryRecord } from './world.ts'

interface Move {
  repository: RepositoryRecord
  number: number
  sender: string
}

/** What only the site can do, so there is no route for it. Afterwards the address answers 410. */
export function deleteIssue(machine: Machine, { repository, number, sender }: Move): void {
  const issue = issueNumbered(repository, number)
  emitIssue(machine, { repository, issue, sender, action: 'deleted' })
  takeOut(machine, repository, issue)
  repository.gone_issues.push({ number, moved_to: null })
}

/** A new issue with a new number elsewhere, comments included; the old address leads there. */
export function transferIssue(machine: Machine, { repository, number, sender }: Move, target: RepositoryRecord): IssueRecord {
  const issue = issueNumbered(repository, number)
  const labels = ensureLabels(machine, target, issue.labels)
  const moved: IssueRecord = { ...issue, id: nextId(machine), number: target.next_number++, labels, parent_id: null, sub_issue_ids: [], blocked_by_ids: [] }
  target.issues.push(moved)
  target.comments.push(...repository.comments.filter((comment) => comment.issue_id === issue.id).map((comment) => ({ ...comment, issue_id: moved.id })))
  const old = { old_issue: showIssue(machine, repository, issue), old_repository: showFullRepository(machine, repository, '') }
  const fresh = { new_issue: showIssue(machine, target, moved), new_repository: showFullRepository(machine, target, '') }
  emitIssue(machine, { repository, issue, sender, action: 'transferred', more: { changes: fresh } })
  takeOut(machine, repository, issue)
  repository.gone_issues.push({ number, moved_to: { repository_id: target.id, number: moved.number } })
  emitIssue(machine, { repository: target, issue: moved, sender, action: 'opened', more: { changes: old } })
  return moved
}

function takeOut(machine: Machine, repository: RepositoryRecord, issue: IssueRecord): void {
  repository.issues = repository.issues.filter((candidate) => candidate !== issue)
  repository.comments = repository.comments.filter((comment) => comment.issue_id !== issue.id)
  for (const other of machine.world.repositories.flatMap((candidate) => candidate.issues)) {
    other.sub_issue_ids = other.sub_issue_ids.filter((id) => id !== issue.id)
    other.blocked_by_ids = other.blocked_by_ids.filter((id) => id !== issue.id)
    if (other.parent_id === issue.id) other.parent_id = null
  }
}
