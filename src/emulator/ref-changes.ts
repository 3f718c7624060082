import { emit, emitPull } from './events.ts'
import { readCommit, readCommits } from './git/commits.ts'
import { isAncestor, readRefs, resolveBranch, writeRef } from './git/refs.ts'
import { repositoryDir } from './git/repository.ts'
import { closeIssue, closeMentioned, record } from './issue-record.ts'
import { timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { showPushedCommit } from './show/commit.ts'
import { repositoryHtml } from './show/repository.ts'
import { noreply } from './show/user.ts'
import { isPull } from './world.ts'
import type { PullIssue, RepositoryRecord } from './world.ts'

export interface RefChange {
  ref: string
  before: string | null
  after: string | null
}

interface Push {
  machine: Machine
  repository: RepositoryRecord
  sender: string
}

const zeros = '0'.repeat(40)

/** Writes a ref and lets everything follow that follows a push. Throws `GitFailed` when git refuses the name. */
export async function moveRef(push: Push, ref: string, to: string | null): Promise<void> {
  const dir = repositoryDir(push.machine.data_dir, push.repository.id)
  const before = (await readRefs(dir)).get(ref) ?? null
  if (before === to) return
  await writeRef(dir, ref, to)
  await refsChanged(push, [{ ref, before, after: to }])
}

export function changesBetween(before: Map<string, string>, after: Map<string, string>): RefChange[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].filter((ref) => !ref.startsWith('refs/pull/'))
  return names.map((ref) => ({ ref, before: before.get(ref) ?? null, after: after.get(ref) ?? null })).filter((change) => change.before !== change.after)
}

/** Webhooks, heads of pull requests and closings that follow from moved refs, in GitHub's order. */
export async function refsChanged(push: Push, changes: RefChange[]): Promise<void> {
  push.repository.pushed_at = timestamp(push.machine)
  for (const change of changes) {
    announceLife(push, change)
    await announcePush(push, change)
    if (change.ref.startsWith('refs/heads/')) await branchChanged(push, change.ref.slice('refs/heads/'.length), change)
  }
}

function announceLife({ machine, repository, sender }: Push, { ref, before, after }: RefChange): void {
  if (before !== null && after !== null) return
  const ref_type = ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const common = { ref: ref.replace(/^refs\/(heads|tags)\//, ''), ref_type, pusher_type: 'user' }
  if (before !== null) emit(machine, { event: 'delete', repository, sender, payload: common })
  else emit(machine, { event: 'create', repository, sender, payload: { ...common, master_branch: repository.default_branch, description: null } })
}

const commits_limit = 2048

async function announcePush({ machine, repository, sender }: Push, { ref, before, after }: RefChange): Promise<void> {
  const dir = repositoryDir(machine.data_dir, repository.id)
  const range = after === null ? null : before === null ? [after, ...(await knownElsewhere(dir, ref))] : [`${before}..${after}`]
  const commits = range === null ? [] : await readCommits(dir, ['--max-count', String(commits_limit), ...range], { reverse: true })
  const html = repositoryHtml(machine, repository)
  const payload = {
    ref,
    before: before ?? zeros,
    after: after ?? zeros,
    created: before === null,
    deleted: after === null,
    forced: before !== null && after !== null && !(await isAncestor(dir, before, after)),
    base_ref: null,
    compare: before === null || after === null ? `${html}/commits` : `${html}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits: await Promise.all(commits.map((commit) => showPushedCommit(machine, repository, commit))),
    head_commit: after === null ? null : await showPushedCommit(machine, repository, await readCommit(dir, after)),
    pusher: { name: sender, email: noreply(machine, sender).email },
  }
  emit(machine, { event: 'push', repository, sender, payload })
}

async function knownElsewhere(dir: string, ref: string): Promise<string[]> {
  const others = [...(await readRefs(dir)).keys()].filter((name) => name.startsWith('refs/heads/') && name !== ref)
  return others.length === 0 ? [] : ['--not', ...others]
}

async function branchChanged(push: Push, branch: string, change: RefChange): Promise<void> {
  const open = push.repository.issues.filter(isPull).filter((issue) => issue.state === 'open')
  for (const issue of open) {
    if (issue.pull.head.ref === branch) await headMoved(push, issue, change)
    else if (issue.pull.base.ref === branch) await baseMoved(push, issue, change)
  }
  if (branch === push.repository.default_branch && change.after !== null) await closeByMessages(push, change.before, change.after)
}

async function headMoved(push: Push, issue: PullIssue, { before, after }: RefChange): Promise<void> {
  if (after === null) return closePull(push, issue)
  const dir = repositoryDir(push.machine.data_dir, push.repository.id)
  const base = await resolveBranch(dir, issue.pull.base.ref)
  issue.pull.head.sha = after
  if (base !== null) issue.pull.base.sha = base
  issue.updated_at = timestamp(push.machine)
  await writeRef(dir, `refs/pull/${issue.number}/head`, after)
  await emitPull(push.machine, { ...push, issue, action: 'synchronize', more: { before: before ?? zeros, after } })
}

/** A base that disappears closes the pull request; one that contains the head by now has merged it. */
async function baseMoved(push: Push, issue: PullIssue, { after }: RefChange): Promise<void> {
  if (after === null) return closePull(push, issue)
  const dir = repositoryDir(push.machine.data_dir, push.repository.id)
  if (await isAncestor(dir, issue.pull.head.sha, after)) await settleMerged(push, issue, after)
}

async function closePull(push: Push, issue: PullIssue): Promise<void> {
  closeIssue({ ...push, issue }, null)
  await emitPull(push.machine, { ...push, issue, action: 'closed' })
}

/** The pull request's end, whoever brought its commits into the base. */
export async function settleMerged(push: Push, issue: PullIssue, merge_commit_sha: string): Promise<void> {
  const { machine, repository, sender } = push
  issue.pull.merged_at = timestamp(machine)
  issue.pull.merged_by = sender
  issue.pull.merge_commit_sha = merge_commit_sha
  record({ machine, repository, issue, actor: sender, event: 'merged' }, { commit_id: merge_commit_sha })
  closeIssue({ ...push, issue }, null, merge_commit_sha)
  await emitPull(machine, { ...push, issue, action: 'closed' })
  if (issue.pull.base.ref === repository.default_branch) {
    closeMentioned(machine, { repository, sender, text: `${issue.title}\n${issue.body ?? ''}`, commit_id: merge_commit_sha })
  }
}

async function closeByMessages({ machine, repository, sender }: Push, before: string | null, after: string): Promise<void> {
  if (before === null) return
  const dir = repositoryDir(machine.data_dir, repository.id)
  for (const commit of await readCommits(dir, [`${before}..${after}`], { reverse: true })) {
    closeMentioned(machine, { repository, sender, text: commit.message, commit_id: commit.sha })
  }
}
