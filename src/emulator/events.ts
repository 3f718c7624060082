import type { Machine } from './machine.ts'
import { showIssue } from './show/issue.ts'
import { showPull } from './show/pull.ts'
import { epochSeconds, nodeId, showUser } from './show/user.ts'
import { showFullRepository } from './show/repository.ts'
import { sameName } from './world.ts'
import type { InstallationRecord, IssueRecord, PullIssue, RepositoryRecord } from './world.ts'

export interface Occurrence {
  event: string
  repository: RepositoryRecord
  sender: string
  payload: Record<string, unknown>
}

/** Sends a webhook to the app under test, if it is installed there and has subscribed. */
export function emit(machine: Machine, { event, repository, sender, payload }: Occurrence): void {
  const app = machine.world.apps.find((candidate) => candidate.id === machine.app_id)
  const installation = machine.world.installations.find((candidate) => candidate.app_id === machine.app_id && covers(candidate, repository))
  if (!app?.events.includes(event) || installation === undefined || installation.suspended_at !== null) return
  const body = {
    ...payload,
    repository: event === 'push' ? pushedRepository(machine, repository) : showFullRepository(machine, repository, ''),
    sender: showUser(machine, sender),
    installation: { id: installation.id, node_id: nodeId('MDIzOkluc3RhbGxhdGlvbg', installation.id) },
  }
  machine.webhooks.send({ event, app_id: app.id, payload: frozen(body), installation_id: installation.id, repository_id: repository.id })
}

export function covers(installation: InstallationRecord, repository: RepositoryRecord): boolean {
  const chosen = installation.repository_ids === null || installation.repository_ids.includes(repository.id)
  return sameName(installation.account, repository.owner) && chosen
}

/** Later changes must not reach a payload that waits in the queue. */
export function frozen(payload: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(payload)) as Record<string, unknown>
}

/** `push` is the one event that tells the times of a repository in seconds. */
function pushedRepository(machine: Machine, repository: RepositoryRecord) {
  const shown = showFullRepository(machine, repository, '')
  return {
    ...shown,
    owner: { ...shown.owner, name: repository.owner, email: null },
    created_at: epochSeconds(repository.created_at),
    pushed_at: epochSeconds(repository.pushed_at),
    stargazers: 0,
    master_branch: repository.default_branch,
  }
}

interface IssueHappening {
  repository: RepositoryRecord
  issue: IssueRecord
  sender: string
  action: string
  more?: Record<string, unknown>
}

export function emitIssue(machine: Machine, { repository, issue, sender, action, more = {} }: IssueHappening): void {
  emit(machine, { event: 'issues', repository, sender, payload: { action, issue: showIssue(machine, repository, issue), ...more } })
}

export async function emitPull(machine: Machine, { repository, issue, sender, action, more = {} }: IssueHappening & { issue: PullIssue }): Promise<void> {
  const pull_request = await showPull(machine, repository, issue)
  emit(machine, { event: 'pull_request', repository, sender, payload: { action, number: issue.number, pull_request, ...more } })
}
