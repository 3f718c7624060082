import type { Commit } from '../git/commits.ts'
import type { Machine } from '../machine.ts'
import { isPull } from '../world.ts'
import type { CheckRunRecord, CheckSuiteRecord, Conclusion, RepositoryRecord, StatusRecord } from '../world.ts'
import { repositoryHtml, repositoryUrl, showRepository } from './repository.ts'
import { nodeId, showAppById, showUser } from './user.ts'

export function showCheckRun(machine: Machine, repository: RepositoryRecord, run: CheckRunRecord) {
  const url = `${repositoryUrl(machine, repository)}/check-runs/${run.id}`
  const html_url = `${repositoryHtml(machine, repository)}/runs/${run.id}`
  return {
    id: run.id,
    name: run.name,
    node_id: nodeId('CR', run.id),
    head_sha: run.head_sha,
    external_id: run.external_id,
    url,
    html_url,
    details_url: run.details_url ?? html_url,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.started_at,
    completed_at: run.completed_at,
    output: {
      title: run.output.title,
      summary: run.output.summary,
      text: run.output.text,
      annotations_count: run.output.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    check_suite: { id: run.suite_id },
    app: showAppById(machine, run.app_id),
    pull_requests: pullsAt(machine, repository, run.head_sha),
  }
}

function pullsAt(machine: Machine, repository: RepositoryRecord, sha: string) {
  const url = repositoryUrl(machine, repository)
  const repo = { id: repository.id, url, name: repository.name }
  return repository.issues
    .filter(isPull)
    .filter((issue) => issue.state === 'open' && issue.pull.head.sha === sha)
    .map((issue) => ({
      url: `${url}/pulls/${issue.number}`,
      id: issue.pull.id,
      number: issue.number,
      head: { ...issue.pull.head, repo },
      base: { ...issue.pull.base, repo },
    }))
}

export function showCheckSuite(machine: Machine, repository: RepositoryRecord, suite: CheckSuiteRecord, commit: Commit) {
  const runs = repository.check_runs.filter((run) => run.suite_id === suite.id)
  const url = `${repositoryUrl(machine, repository)}/check-suites/${suite.id}`
  return {
    id: suite.id,
    node_id: nodeId('CS', suite.id),
    head_branch: suite.head_branch,
    head_sha: suite.head_sha,
    ...sumUp(runs),
    url,
    before: null,
    after: suite.head_sha,
    pull_requests: pullsAt(machine, repository, suite.head_sha),
    app: showAppById(machine, suite.app_id),
    repository: showRepository(machine, repository),
    created_at: suite.created_at,
    updated_at: suite.updated_at,
    head_commit: {
      id: commit.sha,
      tree_id: commit.tree,
      message: commit.message,
      timestamp: commit.committer.date,
      author: { name: commit.author.name, email: commit.author.email },
      committer: { name: commit.committer.name, email: commit.committer.email },
    },
    latest_check_runs_count: runs.length,
    check_runs_url: `${url}/check-runs`,
    rerequestable: true,
    runs_rerequestable: true,
  }
}

/** The worst of the runs is the suite's. */
const severity: readonly Conclusion[] = ['success', 'skipped', 'neutral', 'cancelled', 'timed_out', 'action_required', 'failure']

export function sumUp(runs: CheckRunRecord[]): { status: CheckRunRecord['status']; conclusion: Conclusion | null } {
  if (runs.length === 0) return { status: 'queued', conclusion: null }
  if (runs.some((run) => run.status !== 'completed')) return { status: 'in_progress', conclusion: null }
  const worst = Math.max(...runs.map((run) => (run.conclusion === null ? 0 : severity.indexOf(run.conclusion))))
  return { status: 'completed', conclusion: severity[worst] ?? null }
}

export function showStatus(machine: Machine, repository: RepositoryRecord, status: StatusRecord) {
  return { ...showSimpleStatus(machine, repository, status), creator: showUser(machine, status.creator) }
}

export function showSimpleStatus(machine: Machine, repository: RepositoryRecord, status: StatusRecord) {
  return {
    url: `${repositoryUrl(machine, repository)}/statuses/${status.sha}`,
    avatar_url: showUser(machine, status.creator).avatar_url,
    id: status.id,
    node_id: nodeId('SC', status.id),
    state: status.state,
    description: status.description,
    target_url: status.target_url,
    context: status.context,
    created_at: status.created_at,
    updated_at: status.updated_at,
  }
}
