import { atLeast, roleOf } from '../access.ts'
import type { Machine } from '../machine.ts'
import { findUser } from './user.ts'
import type { RepositoryRecord } from '../world.ts'
import { api, nodeId, showUser } from './user.ts'

export function repositoryUrl(machine: Machine, repository: RepositoryRecord): string {
  return `${api(machine)}/repos/${repository.owner}/${repository.name}`
}

export function repositoryHtml(machine: Machine, repository: RepositoryRecord): string {
  return `${machine.url}/${repository.owner}/${repository.name}`
}

export function showRepository(machine: Machine, repository: RepositoryRecord) {
  const { owner, name } = repository
  const open = repository.issues.filter((issue) => issue.state === 'open').length
  const html = repositoryHtml(machine, repository)
  return {
    id: repository.id,
    node_id: nodeId('R', repository.id),
    name,
    full_name: `${owner}/${name}`,
    private: repository.private,
    owner: showUser(machine, owner),
    html_url: html,
    description: repository.description,
    fork: false,
    ...addresses(machine, repository),
    git_url: `git:${html.slice(html.indexOf('//'))}.git`,
    ssh_url: `git@${new URL(machine.url).host}:${owner}/${name}.git`,
    clone_url: `${html}.git`,
    svn_url: html,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: false,
    has_downloads: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks_count: 0,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    visibility: repository.private ? 'private' : 'public',
    forks: 0,
    open_issues: open,
    watchers: 0,
    default_branch: repository.default_branch,
    created_at: repository.created_at,
    updated_at: repository.updated_at,
    pushed_at: repository.pushed_at,
  }
}

/** What only the repository's own address tells: merge settings and counts. */
export function showFullRepository(machine: Machine, repository: RepositoryRecord, login: string) {
  const role = roleOf(repository, login)
  return {
    ...showRepository(machine, repository),
    permissions: {
      admin: role === 'admin',
      maintain: atLeast(role, 'maintain'),
      push: atLeast(role, 'write'),
      triage: atLeast(role, 'triage'),
      pull: atLeast(role, 'read'),
    },
    allow_squash_merge: repository.allow_squash_merge,
    allow_merge_commit: repository.allow_merge_commit,
    allow_rebase_merge: repository.allow_rebase_merge,
    allow_auto_merge: false,
    delete_branch_on_merge: repository.delete_branch_on_merge,
    allow_update_branch: false,
    squash_merge_commit_title: 'COMMIT_OR_PR_TITLE',
    squash_merge_commit_message: 'COMMIT_MESSAGES',
    merge_commit_title: 'MERGE_MESSAGE',
    merge_commit_message: 'PR_TITLE',
    network_count: 0,
    subscribers_count: 0,
    ...(findUser(machine, repository.owner)?.type === 'Organization' ? { organization: showUser(machine, repository.owner) } : {}),
  }
}

function addresses(machine: Machine, repository: RepositoryRecord) {
  const url = repositoryUrl(machine, repository)
  return {
    url,
    forks_url: `${url}/forks`,
    keys_url: `${url}/keys{/key_id}`,
    collaborators_url: `${url}/collaborators{/collaborator}`,
    teams_url: `${url}/teams`,
    hooks_url: `${url}/hooks`,
    issue_events_url: `${url}/issues/events{/number}`,
    events_url: `${url}/events`,
    assignees_url: `${url}/assignees{/user}`,
    branches_url: `${url}/branches{/branch}`,
    tags_url: `${url}/tags`,
    blobs_url: `${url}/git/blobs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    statuses_url: `${url}/statuses/{sha}`,
    languages_url: `${url}/languages`,
    stargazers_url: `${url}/stargazers`,
    contributors_url: `${url}/contributors`,
    subscribers_url: `${url}/subscribers`,
    subscription_url: `${url}/subscription`,
    commits_url: `${url}/commits{/sha}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    comments_url: `${url}/comments{/number}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    contents_url: `${url}/contents/{+path}`,
    compare_url: `${url}/compare/{base}...{head}`,
    merges_url: `${url}/merges`,
    archive_url: `${url}/{archive_format}{/ref}`,
    downloads_url: `${url}/downloads`,
    issues_url: `${url}/issues{/number}`,
    pulls_url: `${url}/pulls{/number}`,
    milestones_url: `${url}/milestones{/number}`,
    notifications_url: `${url}/notifications{?since,all,participating}`,
    labels_url: `${url}/labels{/name}`,
    releases_url: `${url}/releases{/id}`,
    deployments_url: `${url}/deployments`,
  }
}
