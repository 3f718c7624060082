import { z } from 'zod'
import { bodyOf } from '../body.ts'
import { readCommit } from '../git/commits.ts'
import { mergeCommit, rebase, squash } from '../git/merge.ts'
import type { MergeRequest } from '../git/merge.ts'
import { isAncestor, resolveBranch, resolveCommit, writeRef } from '../git/refs.ts'
import { pullOf } from '../issue-record.ts'
import { missingChecks, pullCommits } from '../pull-facts.ts'
import { moveRef, refsChanged, settleMerged } from '../ref-changes.ts'
import { notFound, Refusal } from '../refusal.ts'
import { json, noContent, repoRoute } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showCommit } from '../show/commit.ts'
import { repositoryUrl } from '../show/repository.ts'
import { noreply } from '../show/user.ts'
import type { PullIssue } from '../world.ts'

const writes = { app: ['contents:write'], person: 'write' } as const

export const mergeRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}/pulls/{pull_number}/merge', { app: ['pull_requests:read'], person: 'read' }, (call) => {
    if (pullOf(call).pull.merged_at === null) throw notFound()
    return noContent
  }),
  repoRoute('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', writes, mergePull),
  repoRoute('PUT /repos/{owner}/{repo}/pulls/{pull_number}/update-branch', { app: ['pull_requests:write'], person: 'write' }, updateBranch),
  repoRoute('POST /repos/{owner}/{repo}/merges', writes, mergeBranches),
]

const asked = z.object({
  commit_title: z.string().optional(),
  commit_message: z.string().optional(),
  sha: z.string().optional(),
  merge_method: z.enum(['merge', 'squash', 'rebase']).optional(),
})
type Asked = z.infer<typeof asked>

async function mergePull(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: sender } = call
  const issue = pullOf(call)
  const request = bodyOf(call, asked)
  const method = request.merge_method ?? 'merge'
  checkMayMerge(call, issue, request, method)
  const base = await resolveBranch(call.dir, issue.pull.base.ref)
  const merged = base === null ? null : await perform(call, issue, { base, request, method })
  if (merged === null) throw new Refusal(405, 'Pull Request is not mergeable')
  // The branch stands where it belongs before anybody hears of it, and the move finds nothing left to settle.
  const push = { machine, repository, sender }
  const ref = `refs/heads/${issue.pull.base.ref}`
  await writeRef(call.dir, ref, merged)
  await settleMerged(push, issue, merged)
  await refsChanged(push, [{ ref, before: base, after: merged }])
  if (repository.delete_branch_on_merge) await moveRef(push, `refs/heads/${issue.pull.head.ref}`, null)
  return json({ sha: merged, merged: true, message: 'Pull Request successfully merged' })
}

function checkMayMerge({ repository }: RepoCall, issue: PullIssue, request: Asked, method: 'merge' | 'squash' | 'rebase'): void {
  const forbidden = {
    merge: [repository.allow_merge_commit, 'Merge commits are not allowed on this repository.'],
    squash: [repository.allow_squash_merge, 'Squash merges are not allowed on this repository.'],
    rebase: [repository.allow_rebase_merge, 'Rebase merges are not allowed on this repository.'],
  } as const
  const [allowed, message] = forbidden[method]
  if (issue.state === 'closed') throw new Refusal(405, 'Pull Request is not mergeable')
  if (issue.pull.draft) throw new Refusal(405, 'Pull Request is still a draft')
  if (!allowed) throw new Refusal(405, message)
  if (request.sha !== undefined && request.sha !== issue.pull.head.sha) throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  const [missing] = missingChecks(repository, issue)
  if (missing !== undefined) throw new Refusal(405, `Required status check "${missing}" is expected.`)
}

interface Merge {
  base: string
  request: Asked
  method: 'merge' | 'squash' | 'rebase'
}

async function perform(call: RepoCall, issue: PullIssue, { base, request, method }: Merge): Promise<string | null> {
  const { owner } = call.repository
  const author = noreply(call.machine, call.login)
  const committer = { ...author, name: 'GitHub', email: 'noreply@github.com' }
  const merge = (title: string, body: string): MergeRequest => ({
    base,
    head: issue.pull.head.sha,
    message: [request.commit_title ?? title, request.commit_message ?? body].filter(Boolean).join('\n\n'),
    author,
    committer,
  })
  switch (method) {
    case 'merge':
      return mergeCommit(call.dir, merge(`Merge pull request #${issue.number} from ${owner}/${issue.pull.head.ref}`, issue.title))
    case 'squash': {
      const commits = await pullCommits(call.dir, issue)
      const [only] = commits
      const alone = commits.length === 1 && only !== undefined
      const title = alone ? (only.message.split('\n')[0] ?? '') : issue.title
      const body = alone ? only.message.split('\n').slice(2).join('\n') : commits.map((commit) => `* ${commit.message}`).join('\n\n')
      return squash(call.dir, merge(`${title} (#${issue.number})`, body))
    }
    case 'rebase':
      return rebase(call.dir, merge('', ''))
  }
}

const update = z.object({ expected_head_sha: z.string().optional() })

async function updateBranch(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: sender } = call
  const issue = pullOf(call)
  const { expected_head_sha } = bodyOf(call, update)
  const { head, base } = issue.pull
  if (expected_head_sha !== undefined && expected_head_sha !== head.sha) throw new Refusal(422, "expected head sha didn't match current head ref.")
  const tip = await resolveBranch(call.dir, base.ref)
  if (tip === null || issue.state === 'closed') throw new Refusal(422, 'Pull request is closed')
  if (await isAncestor(call.dir, tip, head.sha)) throw new Refusal(422, 'There are no new commits on the base branch.')
  const author = noreply(machine, sender)
  const committer = { ...author, name: 'GitHub', email: 'noreply@github.com' }
  const merged = await mergeCommit(call.dir, { base: head.sha, head: tip, message: `Merge branch '${base.ref}' into ${head.ref}`, author, committer })
  if (merged === null) throw new Refusal(422, 'merge conflict between base and head')
  await moveRef({ machine, repository, sender }, `refs/heads/${head.ref}`, merged)
  return json({ message: 'Updating pull request branch.', url: `${repositoryUrl(machine, repository)}/pulls/${issue.number}` }, 202)
}

const branches = z.object({ base: z.string(), head: z.string(), commit_message: z.string().optional() })

async function mergeBranches(call: RepoCall): Promise<Answer> {
  const { machine, repository, login: sender } = call
  const { base, head, commit_message } = bodyOf(call, branches)
  const ours = await resolveBranch(call.dir, base)
  if (ours === null) throw new Refusal(404, 'Base does not exist')
  const theirs = await resolveCommit(call.dir, head)
  if (theirs === null) throw new Refusal(404, 'Head does not exist')
  if (await isAncestor(call.dir, theirs, ours)) return noContent
  const author = noreply(machine, sender)
  const committer = { ...author, name: 'GitHub', email: 'noreply@github.com' }
  const merged = await mergeCommit(call.dir, { base: ours, head: theirs, message: commit_message ?? `Merge ${head} into ${base}`, author, committer })
  if (merged === null) throw new Refusal(409, 'Merge conflict')
  await moveRef({ machine, repository, sender }, `refs/heads/${base}`, merged)
  return json(showCommit(machine, repository, await readCommit(call.dir, merged)), 201)
}
