import { z } from 'zod'
import { mayModerate } from '../access.ts'
import { bodyOf } from '../body.ts'
import { emitPull } from '../events.ts'
import { isAncestor, resolveBranch, writeRef } from '../git/refs.ts'
import { appIdOf, pullOf, touch } from '../issue-record.ts'
import { nextId, timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { pullCommits, pullFiles } from '../pull-facts.ts'
import { Refusal, validationFailed } from '../refusal.ts'
import { created, json, repoRoute } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showCommit, showFile } from '../show/commit.ts'
import { showPull, showPullSimple } from '../show/pull.ts'
import { isPull, sameName } from '../world.ts'
import type { PullIssue } from '../world.ts'
import { checkText, editText, setState } from './issues.ts'

const reads = { app: ['pull_requests:read'], person: 'read' } as const
const writes = { app: ['pull_requests:write'], person: 'read' } as const

const newPull = z.object({
  title: z.string().optional(),
  head: z.string(),
  base: z.string(),
  body: z.string().nullish(),
  draft: z.boolean().optional(),
  maintainer_can_modify: z.boolean().optional(),
})
const pullPatch = z.object({
  title: z.string().optional(),
  body: z.string().nullish(),
  state: z.enum(['open', 'closed']).optional(),
  base: z.string().optional(),
  maintainer_can_modify: z.boolean().optional(),
})

export const pullRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/pulls', reads, (call) => paged(call, listed(call), (issue) => showPullSimple(call.machine, call.repository, issue))),
  repoRoute('POST /repos/{owner}/{repo}/pulls', writes, createPull),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}', reads, getPull),
  repoRoute('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', writes, updatePull),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/files', reads, async (call) => {
    const issue = pullOf(call)
    return paged(call, await pullFiles(call.dir, issue), (file) => showFile(call.machine, call.repository, file, issue.pull.head.sha))
  }),
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/commits', reads, async (call) =>
    paged(call, await pullCommits(call.dir, pullOf(call)), (commit) => showCommit(call.machine, call.repository, commit)),
  ),
  repoRoute('POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers', { ...writes, person: 'triage' }, requestReviewers),
]

function listed(call: RepoCall): PullIssue[] {
  const { query } = call
  const state = query.get('state') ?? 'open'
  const [head, base] = [query.get('head'), query.get('base')]
  const by = query.get('sort') === 'updated' ? 'updated_at' : 'created_at'
  const sign = (query.get('direction') ?? (query.has('sort') && query.get('sort') !== 'created' ? 'asc' : 'desc')) === 'asc' ? 1 : -1
  return call.repository.issues
    .filter(isPull)
    .filter(
      (issue) =>
        (state === 'all' || issue.state === state) &&
        (base === null || issue.pull.base.ref === base) &&
        // GitHub ignores a head without its owner.
        (head === null || !head.includes(':') || `${call.repository.owner}:${issue.pull.head.ref}`.toLowerCase() === head.toLowerCase()),
    )
    .toSorted((a, b) => sign * (Date.parse(a[by]) - Date.parse(b[by]) || a.number - b.number))
}

async function getPull(call: RepoCall): Promise<Answer> {
  const issue = pullOf(call)
  if (String(call.headers.accept).includes('diff')) {
    const files = await pullFiles(call.dir, issue)
    const content = files.map((file) => `diff --git a/${file.previous_filename ?? file.filename} b/${file.filename}\n${file.patch ?? ''}\n`).join('')
    return { status: 200, text: { content, type: 'application/vnd.github.diff; charset=utf-8' } }
  }
  return json(await showPull(call.machine, call.repository, issue))
}

async function createPull(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: user } = call
  const asked = bodyOf(call, newPull)
  checkText(asked.title ?? '', asked.body ?? null)
  const ends = await endsOf(call, asked.head, asked.base)
  const at = timestamp(machine)
  const issue: PullIssue = {
    id: nextId(machine),
    number: repository.next_number++,
    title: asked.title ?? '',
    body: asked.body ?? null,
    user,
    app_id: appIdOf(call.actor),
    state: 'open',
    state_reason: null,
    labels: [],
    assignees: [],
    locked: false,
    active_lock_reason: null,
    created_at: at,
    updated_at: at,
    closed_at: null,
    closed_by: null,
    parent_id: null,
    sub_issue_ids: [],
    blocked_by_ids: [],
    pull: {
      id: nextId(machine),
      ...ends,
      draft: asked.draft ?? false,
      requested_reviewers: [],
      maintainer_can_modify: false,
      merged_at: null,
      merged_by: null,
      merge_commit_sha: null,
    },
  }
  repository.issues.push(issue)
  await writeRef(call.dir, `refs/pull/${issue.number}/head`, ends.head.sha)
  await emitPull(machine, { repository, issue, sender: user, action: 'opened' })
  const shown = await showPull(machine, repository, issue)
  return created(shown, shown.url)
}

/** Both ends of a new pull request, or 422 in GitHub's words. */
async function endsOf(call: RepoCall, headName: string, base: string): Promise<{ head: { ref: string; sha: string }; base: { ref: string; sha: string } }> {
  const { owner } = call.repository
  const [account, head] = headName.includes(':') ? splitAt(headName, ':') : [owner, headName]
  const resource = 'PullRequest'
  const head_sha = sameName(account, owner) ? await resolveBranch(call.dir, head) : null
  if (head_sha === null) throw validationFailed({ resource, field: 'head', code: 'invalid' })
  const base_sha = await resolveBranch(call.dir, base)
  if (base_sha === null) throw validationFailed({ resource, field: 'base', code: 'invalid' })
  const twin = call.repository.issues.filter(isPull).find((issue) => issue.state === 'open' && issue.pull.head.ref === head && issue.pull.base.ref === base)
  if (twin !== undefined) throw custom(`A pull request already exists for ${owner}:${head}.`)
  if (await isAncestor(call.dir, head_sha, base_sha)) throw custom(`No commits between ${base} and ${head}`)
  return { head: { ref: head, sha: head_sha }, base: { ref: base, sha: base_sha } }
}

function splitAt(text: string, mark: string): [string, string] {
  const at = text.indexOf(mark)
  return [text.slice(0, at), text.slice(at + mark.length)]
}

function custom(message: string): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', code: 'custom', message }] })
}

async function updatePull(call: RepoCall): Promise<Answer> {
  const { machine, repository, actor, login } = call
  const issue = pullOf(call)
  const asked = bodyOf(call, pullPatch)
  if (!sameName(issue.user, login) && !mayModerate(actor, repository, 'pull_requests:write', 'triage')) {
    throw new Refusal(403, 'Must have admin rights to Repository.')
  }
  checkText(asked.title ?? issue.title, asked.body ?? null)
  await editText(call, issue, asked)
  if (asked.base !== undefined && asked.base !== issue.pull.base.ref) await changeBase(call, issue, asked.base)
  if (asked.state !== undefined && asked.state !== issue.state) {
    if (asked.state === 'open') await checkReopen(call, issue)
    await setState(call, issue, asked.state, null)
  }
  return json(await showPull(machine, repository, issue))
}

async function changeBase(call: RepoCall, issue: PullIssue, base: string): Promise<void> {
  if (issue.state === 'closed') throw custom('Cannot change the base branch of a closed pull request.')
  const ends = await endsOf(call, issue.pull.head.ref, base)
  const changes = { base: { ref: { from: issue.pull.base.ref }, sha: { from: issue.pull.base.sha } } }
  issue.pull.base = ends.base
  touch(call, issue)
  await emitPull(call.machine, { repository: call.repository, issue, sender: call.login, action: 'edited', more: { changes } })
}

async function checkReopen(call: RepoCall, issue: PullIssue): Promise<void> {
  if (issue.pull.merged_at !== null)
    throw new Refusal(422, 'Validation Failed', { errors: [{ resource: 'PullRequest', code: 'custom', field: 'state', message: 'state cannot be changed. The pull request cannot be reopened.' }] })
  const head = await resolveBranch(call.dir, issue.pull.head.ref)
  if (head === null)
    throw new Refusal(422, 'Validation Failed', {
      errors: [{ resource: 'PullRequest', code: 'custom', field: 'state', message: `state cannot be changed. The ${issue.pull.head.ref} branch has been deleted.` }],
    })
  issue.pull.head.sha = head
}

const reviewers = z.object({ reviewers: z.array(z.string()).optional() })

function requestReviewers(call: RepoCall): Answer {
  const issue = pullOf(call)
  for (const login of bodyOf(call, reviewers).reviewers ?? []) {
    if (sameName(login, issue.user)) throw new Refusal(422, 'Review cannot be requested from pull request author.')
    if (!issue.pull.requested_reviewers.includes(login)) issue.pull.requested_reviewers.push(login)
  }
  touch(call, issue)
  return json(showPullSimple(call.machine, call.repository, issue), 201)
}
