import type { Machine } from '../machine.ts'
import { pullFacts } from '../pull-facts.ts'
import type { PullIssue, RepositoryRecord } from '../world.ts'
import { association, labelsOf } from './issue.ts'
import { repositoryHtml, repositoryUrl, showFullRepository, showRepository } from './repository.ts'
import { nodeId, showUser, showUserOrNull } from './user.ts'

/** As lists show it. */
export function showPullSimple(machine: Machine, repository: RepositoryRecord, issue: PullIssue) {
  const base = repositoryUrl(machine, repository)
  const url = `${base}/pulls/${issue.number}`
  const html_url = `${repositoryHtml(machine, repository)}/pull/${issue.number}`
  const issue_url = `${base}/issues/${issue.number}`
  const assignees = issue.assignees.map((login) => showUser(machine, login))
  const { pull } = issue
  return {
    url,
    id: pull.id,
    node_id: nodeId('PR', pull.id),
    html_url,
    diff_url: `${html_url}.diff`,
    patch_url: `${html_url}.patch`,
    issue_url,
    number: issue.number,
    state: issue.state,
    locked: issue.locked,
    title: issue.title,
    user: showUser(machine, issue.user),
    body: issue.body,
    created_at: issue.created_at,
    updated_at: issue.updated_at,
    closed_at: issue.closed_at,
    merged_at: pull.merged_at,
    merge_commit_sha: pull.merge_commit_sha,
    assignee: assignees[0] ?? null,
    assignees,
    requested_reviewers: pull.requested_reviewers.map((login) => showUser(machine, login)),
    requested_teams: [],
    labels: labelsOf(machine, repository, issue),
    milestone: null,
    draft: pull.draft,
    commits_url: `${url}/commits`,
    review_comments_url: `${url}/comments`,
    review_comment_url: `${base}/pulls/comments{/number}`,
    comments_url: `${issue_url}/comments`,
    statuses_url: `${base}/statuses/${pull.head.sha}`,
    head: showEnd(machine, repository, pull.head),
    base: showEnd(machine, repository, pull.base),
    _links: {
      self: { href: url },
      html: { href: html_url },
      issue: { href: issue_url },
      comments: { href: `${issue_url}/comments` },
      review_comments: { href: `${url}/comments` },
      review_comment: { href: `${base}/pulls/comments{/number}` },
      commits: { href: `${url}/commits` },
      statuses: { href: `${base}/statuses/${pull.head.sha}` },
    },
    author_association: association(repository, issue.user),
    auto_merge: null,
    active_lock_reason: issue.active_lock_reason,
  }
}

/** As its own address and the webhooks show it, with what git says of it. */
export async function showPull(machine: Machine, repository: RepositoryRecord, issue: PullIssue) {
  const facts = await pullFacts(machine, repository, issue)
  return {
    ...showPullSimple(machine, repository, issue),
    merged: issue.pull.merged_at !== null,
    mergeable: facts.mergeable,
    rebaseable: facts.mergeable,
    mergeable_state: facts.mergeable_state,
    merged_by: showUserOrNull(machine, issue.pull.merged_by),
    comments: repository.comments.filter((comment) => comment.issue_id === issue.id).length,
    review_comments: repository.review_comments.filter((comment) => comment.issue_id === issue.id).length,
    maintainer_can_modify: issue.pull.maintainer_can_modify,
    commits: facts.commits,
    additions: facts.additions,
    deletions: facts.deletions,
    changed_files: facts.changed_files,
  }
}

function showEnd(machine: Machine, repository: RepositoryRecord, end: { ref: string; sha: string }) {
  return {
    label: `${repository.owner}:${end.ref}`,
    ref: end.ref,
    sha: end.sha,
    user: showUser(machine, repository.owner),
    repo: { ...showRepository(machine, repository), ...mergeSettings(machine, repository) },
  }
}

function mergeSettings(machine: Machine, repository: RepositoryRecord) {
  const { allow_squash_merge, allow_merge_commit, allow_rebase_merge, allow_auto_merge, delete_branch_on_merge, allow_update_branch } = showFullRepository(machine, repository, '')
  return { allow_squash_merge, allow_merge_commit, allow_rebase_merge, allow_auto_merge, delete_branch_on_merge, allow_update_branch }
}
