import type { Machine } from '../machine.ts'
import { isPull, sameName } from '../world.ts'
import type { CommentRecord, IssueRecord, LabelRecord, ReactionRecord, RepositoryRecord } from '../world.ts'
import { repositoryHtml, repositoryUrl } from './repository.ts'
import { nodeId, showAppById, showUser, showUserOrNull } from './user.ts'

export function issueHtml(machine: Machine, repository: RepositoryRecord, issue: IssueRecord): string {
  return `${repositoryHtml(machine, repository)}/${isPull(issue) ? 'pull' : 'issues'}/${issue.number}`
}

export function showIssue(machine: Machine, repository: RepositoryRecord, issue: IssueRecord) {
  const base = repositoryUrl(machine, repository)
  const url = `${base}/issues/${issue.number}`
  const html_url = issueHtml(machine, repository, issue)
  const assignees = issue.assignees.map((login) => showUser(machine, login))
  return {
    url,
    repository_url: base,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url,
    id: issue.id,
    node_id: nodeId('I', issue.id),
    number: issue.number,
    title: issue.title,
    user: showUser(machine, issue.user),
    labels: labelsOf(machine, repository, issue),
    state: issue.state,
    locked: issue.locked,
    assignee: assignees[0] ?? null,
    assignees,
    milestone: null,
    comments: repository.comments.filter((comment) => comment.issue_id === issue.id).length,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    author_association: association(repository, issue.user),
    active_lock_reason: issue.active_lock_reason,
    ...(isPull(issue) ? pullPart(machine, repository, issue.number, issue.pull) : issuePart(machine, repository, issue)),
    body: issue.body,
    closed_by: showUserOrNull(machine, issue.closed_by),
    reactions: rollUp(`${url}/reactions`, reactionsOn(repository, 'issue', issue.id)),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: showAppById(machine, issue.app_id),
    state_reason: issue.state_reason,
  }
}

function pullPart(machine: Machine, repository: RepositoryRecord, number: number, pull: { draft: boolean; merged_at: string | null }) {
  const html = `${repositoryHtml(machine, repository)}/pull/${number}`
  const pull_request = {
    url: `${repositoryUrl(machine, repository)}/pulls/${number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: pull.merged_at,
  }
  return { draft: pull.draft, pull_request }
}

function issuePart(machine: Machine, repository: RepositoryRecord, issue: IssueRecord) {
  const everywhere = machine.world.repositories.flatMap((candidate) => candidate.issues)
  const children = everywhere.filter((candidate) => candidate.parent_id === issue.id)
  const completed = children.filter((child) => child.state === 'closed').length
  const blockers = everywhere.filter((candidate) => issue.blocked_by_ids.includes(candidate.id))
  const blocked = everywhere.filter((candidate) => candidate.blocked_by_ids.includes(issue.id))
  const open = (list: IssueRecord[]): number => list.filter((candidate) => candidate.state === 'open').length
  const parent = everywhere.find((candidate) => candidate.id === issue.parent_id)
  return {
    sub_issues_summary: {
      total: children.length,
      completed,
      percent_completed: children.length === 0 ? 0 : Math.floor((completed / children.length) * 100),
    },
    issue_dependencies_summary: {
      blocked_by: open(blockers),
      total_blocked_by: blockers.length,
      blocking: open(blocked),
      total_blocking: blocked.length,
    },
    ...(parent === undefined ? {} : { parent_issue_url: `${repositoryUrl(machine, repository)}/issues/${parent.number}` }),
  }
}

export function labelsOf(machine: Machine, repository: RepositoryRecord, issue: IssueRecord) {
  return issue.labels.flatMap((name) => {
    const label = repository.labels.find((candidate) => sameName(candidate.name, name))
    return label === undefined ? [] : [showLabel(machine, repository, label)]
  })
}

export function showLabel(machine: Machine, repository: RepositoryRecord, label: LabelRecord) {
  return {
    id: label.id,
    node_id: nodeId('LA', label.id),
    url: `${repositoryUrl(machine, repository)}/labels/${encodeURIComponent(label.name)}`,
    name: label.name,
    color: label.color,
    default: label.default,
    description: label.description,
  }
}

export function showComment(machine: Machine, repository: RepositoryRecord, comment: CommentRecord) {
  const issue = repository.issues.find((candidate) => candidate.id === comment.issue_id)
  if (issue === undefined) throw new Error(`comment ${comment.id} has no issue`)
  const base = repositoryUrl(machine, repository)
  const url = `${base}/issues/comments/${comment.id}`
  return {
    url,
    html_url: `${issueHtml(machine, repository, issue)}#issuecomment-${comment.id}`,
    issue_url: `${base}/issues/${issue.number}`,
    id: comment.id,
    node_id: nodeId('IC', comment.id),
    user: showUser(machine, comment.user),
    created_at: comment.created_at,
    updated_at: comment.updated_at,
    body: comment.body,
    author_association: association(repository, comment.user),
    reactions: rollUp(`${url}/reactions`, reactionsOn(repository, 'comment', comment.id)),
    performed_via_github_app: showAppById(machine, comment.app_id),
  }
}

export function association(repository: RepositoryRecord, login: string) {
  if (sameName(repository.owner, login)) return 'OWNER' as const
  if (repository.collaborators.some((candidate) => sameName(candidate.login, login))) return 'COLLABORATOR' as const
  return repository.issues.some((issue) => issue.pull?.merged_at && sameName(issue.user, login)) ? ('CONTRIBUTOR' as const) : ('NONE' as const)
}

export function reactionsOn(repository: RepositoryRecord, on: ReactionRecord['on'], id: number): ReactionRecord[] {
  return repository.reactions.filter((reaction) => reaction.on === on && reaction.target_id === id)
}

export function rollUp(url: string, reactions: ReactionRecord[]) {
  const count = (content: ReactionRecord['content']): number => reactions.filter((reaction) => reaction.content === content).length
  return {
    url,
    total_count: reactions.length,
    '+1': count('+1'),
    '-1': count('-1'),
    laugh: count('laugh'),
    hooray: count('hooray'),
    confused: count('confused'),
    heart: count('heart'),
    rocket: count('rocket'),
    eyes: count('eyes'),
  }
}

export function showReaction(machine: Machine, reaction: ReactionRecord) {
  return {
    id: reaction.id,
    node_id: nodeId('REA', reaction.id),
    user: showUser(machine, reaction.user),
    content: reaction.content,
    created_at: reaction.created_at,
  }
}
