import { z } from 'zod'
import { Sha, missionOfBranch } from '../../domain/id.ts'
import type { MissionKey } from '../../domain/id.ts'
import type { RawFact } from '../../ports/forge.ts'
import { factId } from './fact-ids.ts'
import { isOurs } from './identity.ts'
import type { AppIdentity } from './identity.ts'
import { instant } from './instant.ts'
import { missionLabel } from './labels.ts'
import { missionOfMarker } from './marker.ts'
import type { Markers } from './marker.ts'
import * as payloads from './payloads.ts'
import { validationCheckName } from './validation-check.ts'

export interface Reader {
  identity: AppIdentity
  markers: Markers
}

/** What a verified webhook tells us, or null: most of what GitHub says is none of our business. Pure. */
export function translate(event: string, payload: unknown, app: Reader): RawFact | null {
  const action = hasAction(payload) ? `${event}.${payload.action}` : event
  return Object.hasOwn(translators, action) ? (translators[action]?.(payload, app) ?? null) : null
}

type Translator = (payload: unknown, app: Reader) => RawFact | null

const translators: Partial<Record<string, Translator>> = {
  'issues.labeled': reading(payloads.IssuePayload, (p, app) => {
    if (p.label?.name !== missionLabel || !fromPerson(p.sender) || writtenByUs(p.issue, app)) return null
    const { number, title, body, updated_at } = p.issue
    const author = p.issue.user?.login ?? 'ghost'
    return { id: factId.labelled(number, updated_at), ...at(p, updated_at), fact: 'labelled', issue: number, by: p.sender.login, updated_at: instant(updated_at), title, body: body ?? '', author }
  }),
  'issues.unlabeled': reading(payloads.IssuePayload, (p, app) => {
    if (p.label?.name !== missionLabel || isOurs(p.sender.login, app.identity) || writtenByUs(p.issue, app)) return null
    const { number, updated_at } = p.issue
    return { id: factId.unlabelled(number, updated_at), ...at(p, updated_at), fact: 'unlabelled', issue: number, by: p.sender.login }
  }),
  'issues.closed': reading(payloads.IssuePayload, (p, app) => {
    const { number, closed_at } = p.issue
    if (closed_at === null || isOurs(p.sender.login, app.identity) || writtenByUs(p.issue, app)) return null
    return { id: factId.issueClosed(number, closed_at), ...at(p, closed_at), fact: 'issue_closed', issue: number, by: p.sender.login }
  }),
  'issues.reopened': reading(payloads.IssuePayload, (p, app) => {
    if (isOurs(p.sender.login, app.identity) || writtenByUs(p.issue, app)) return null
    const { number, updated_at } = p.issue
    return { id: factId.issueReopened(number, updated_at), ...at(p, updated_at), fact: 'issue_reopened', issue: number, by: p.sender.login }
  }),
  'issue_comment.created': reading(payloads.CommentPayload, (p, app) => {
    const { comment, issue } = p
    if (!fromPerson(p.sender) || !fromPerson(comment.user) || comment.performed_via_github_app) return null
    const key = missionOfMarker(app.markers.read(p.repository.id, issue))
    // A person's pull request and an issue of ours without a mission are nobody's.
    if (key === null && (issue.pull_request !== undefined || writtenByUs(issue, app))) return null
    const created_at = instant(comment.created_at)
    return { id: factId.comment(comment.id), ...at(p, created_at), fact: 'commented', issue: issue.number, key, comment: comment.id, by: comment.user.login, body: comment.body, created_at }
  }),
  'pull_request.closed': reading(payloads.PullPayload, (p, app) => {
    const pull = p.pull_request
    const key = missionOfHead(p.repository.id, pull.head)
    if (key === null || pull.closed_at === null || isOurs(p.sender.login, app.identity)) return null
    const merge_sha = pull.merged === true ? (Sha.safeParse(pull.merge_commit_sha).data ?? null) : null
    return { id: factId.pullClosed(pull.number, pull.closed_at), ...at(p, pull.closed_at), fact: 'pull_closed', key, pull: pull.number, branch: pull.head.ref, by: p.sender.login, merge_sha }
  }),
  'pull_request.synchronize': reading(payloads.PullPayload, (p, app) => {
    const { number, head, updated_at } = p.pull_request
    const key = missionOfHead(p.repository.id, head)
    if (key === null || isOurs(p.sender.login, app.identity)) return null
    return { id: factId.pullHead(number, head.sha), ...at(p, updated_at), fact: 'head_moved', key, branch: head.ref, sha: head.sha, by: p.sender.login }
  }),
  'pull_request_review.submitted': reading(payloads.ReviewPayload, (p) => {
    const { review, pull_request: pull } = p
    const key = missionOfHead(p.repository.id, pull.head)
    const state = reviewState(review.state)
    if (key === null || state === null || !fromPerson(review.user)) return null
    return {
      id: factId.review(review.id),
      ...at(p, review.submitted_at),
      fact: 'reviewed',
      key,
      pull: pull.number,
      branch: pull.head.ref,
      by: review.user.login,
      head: review.commit_id,
      state,
      body: review.body ?? '',
    }
  }),
  push: reading(payloads.PushPayload, (p, app) => {
    const branch = p.ref.replace(/^refs\/heads\//, '')
    const key = missionOfBranch(p.repository.id, branch)
    // Pushes to a feature's branch come as news of its pull request.
    if (key === null || !branch.endsWith('/main') || p.deleted || isOurs(p.sender.login, app.identity)) return null
    return { id: factId.branchHead(branch, p.after), ...at(p, p.repository.pushed_at), fact: 'head_moved', key, branch, sha: p.after, by: p.sender.login }
  }),
  'check_run.completed': reading(payloads.CheckRunPayload, (p, app) => {
    const run = p.check_run
    const own = run.name === validationCheckName && run.app?.id === app.identity.app_id
    if (own || !onMissionBranch(p, [run.check_suite?.head_branch])) return null
    return { id: factId.check(run.id, run.completed_at), ...at(p, run.completed_at), fact: 'checks_changed', sha: run.head_sha }
  }),
  'check_suite.completed': reading(payloads.CheckSuitePayload, (p, app) => {
    const suite = p.check_suite
    if (suite.app?.id === app.identity.app_id || !onMissionBranch(p, [suite.head_branch])) return null
    return { id: factId.suite(suite.id, suite.updated_at), ...at(p, suite.updated_at), fact: 'checks_changed', sha: suite.head_sha }
  }),
  status: reading(payloads.StatusPayload, (p) => {
    const branches = p.branches.map((branch) => branch.name)
    if (p.state === 'pending' || !onMissionBranch(p, branches)) return null
    return { id: factId.status(p.id), ...at(p, p.updated_at), fact: 'checks_changed', sha: p.sha }
  }),
  'installation.deleted': reading(payloads.InstallationPayload, (p) => lostAll(p, 'deleted', 'The app was uninstalled.')),
  'installation.suspend': reading(payloads.InstallationPayload, (p) => lostAll(p, 'suspend', 'The app was suspended.')),
  'installation_repositories.removed': reading(payloads.RepositoriesRemovedPayload, (p) => {
    const repositories = p.repositories_removed.map((repository) => repository.id)
    const reason = 'The repository was taken from the app.'
    return { ...lostAll(p, `removed-${repositories.join('-')}`, reason), repositories }
  }),
}

/** The events to subscribe to; app.yml names the same. */
export const subscribedEvents: readonly string[] = [...new Set(Object.keys(translators).map((action) => action.split('.')[0] ?? action))]

function reading<S extends z.core.$ZodType>(schema: S, read: (payload: z.infer<S>, app: Reader) => RawFact | null): Translator {
  return (payload, app) => {
    const parsed = z.safeParse(schema, payload)
    return parsed.success ? read(parsed.data, app) : null
  }
}

function hasAction(payload: unknown): payload is { action: string } {
  return typeof payload === 'object' && payload !== null && 'action' in payload && typeof payload.action === 'string'
}

interface Placed {
  installation: { id: number }
  repository: { id: number; name: string; default_branch: string; owner: { login: string } }
}

function at(place: Placed, time: string | number): Pick<RawFact, 'at' | 'repository'> {
  const { id, name, default_branch, owner } = place.repository
  return { at: instant(time), repository: { id, installation_id: place.installation.id, owner: owner.login, name, default_branch } }
}

function lostAll(p: z.infer<typeof payloads.InstallationPayload>, action: string, reason: string): RawFact & { fact: 'access_lost' } {
  const { id, account, updated_at } = p.installation
  // These webhooks speak of no repository in particular; the installation is what counts.
  const repository = { id: 0, installation_id: id, owner: account.login, name: '', default_branch: '' }
  return { id: factId.installation(id, action, updated_at), at: instant(updated_at), repository, fact: 'access_lost', reason, repositories: 'all' }
}

function fromPerson(user: { login: string; type?: string | undefined }): boolean {
  return user.type !== 'Bot' && !user.login.endsWith('[bot]')
}

function writtenByUs(thing: { user: { login: string } | null }, app: Reader): boolean {
  return isOurs(thing.user?.login, app.identity)
}

/** Only a branch of the repository itself counts: anybody can name a fork's branch like ours. */
function missionOfHead(repository_id: number, head: { ref: string; repo: { id: number } | null }): MissionKey | null {
  return head.repo?.id === repository_id ? missionOfBranch(repository_id, head.ref) : null
}

function onMissionBranch(place: Placed, branches: (string | null | undefined)[]): boolean {
  return branches.some((branch) => typeof branch === 'string' && missionOfBranch(place.repository.id, branch) !== null)
}

export function reviewState(state: string): 'approved' | 'changes_requested' | null {
  const lower = state.toLowerCase()
  return lower === 'approved' || lower === 'changes_requested' ? lower : null
}
