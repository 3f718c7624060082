import { readDiff } from './git/diff.ts'
import type { FileDiff } from './git/diff.ts'
import { readCommits } from './git/commits.ts'
import type { Commit } from './git/commits.ts'
import { mergeTrees } from './git/merge.ts'
import { mergeBase, resolveBranch } from './git/refs.ts'
import { repositoryDir } from './git/repository.ts'
import type { Machine } from './machine.ts'
import type { PullIssue, RepositoryRecord } from './world.ts'

export interface PullFacts {
  /** `null` once it is closed: GitHub stops asking. */
  mergeable: boolean | null
  mergeable_state: 'clean' | 'dirty' | 'draft' | 'blocked' | 'unstable' | 'unknown'
  commits: number
  additions: number
  deletions: number
  changed_files: number
}

/** What git says of a pull request as it stands. */
export async function pullFacts(machine: Machine, repository: RepositoryRecord, issue: PullIssue): Promise<PullFacts> {
  const dir = repositoryDir(machine.data_dir, repository.id)
  const files = await pullFiles(dir, issue)
  const commits = await pullCommits(dir, issue)
  const mergeable = issue.state === 'closed' ? null : await isMergeable(dir, issue)
  return {
    mergeable,
    mergeable_state: stateOf(repository, issue, mergeable),
    commits: commits.length,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  }
}

/** `base.sha` may be old; whether it merges is asked of the branch as it is now. */
async function isMergeable(dir: string, issue: PullIssue): Promise<boolean> {
  const { head, base } = issue.pull
  const tip = (await resolveBranch(dir, base.ref)) ?? base.sha
  return onceMerged(`${dir} ${tip} ${head.sha}`, async () => (await mergeTrees(dir, tip, head.sha)) !== null)
}

function stateOf(repository: RepositoryRecord, issue: PullIssue, mergeable: boolean | null): PullFacts['mergeable_state'] {
  if (mergeable === null) return 'unknown'
  if (!mergeable) return 'dirty'
  if (issue.pull.draft) return 'draft'
  if (missingChecks(repository, issue).length > 0) return 'blocked'
  const runs = repository.check_runs.filter((run) => run.head_sha === issue.pull.head.sha)
  return runs.every((run) => run.conclusion === 'success' || run.conclusion === 'neutral' || run.conclusion === 'skipped') ? 'clean' : 'unstable'
}

/** Names of the checks that the base branch requires and the head does not have green. */
export function missingChecks(repository: RepositoryRecord, issue: PullIssue): string[] {
  const rule = repository.protected_branches.find((branch) => branch.name === issue.pull.base.ref)
  const sha = issue.pull.head.sha
  const green = (name: string): boolean =>
    repository.check_runs.some((run) => run.name === name && run.head_sha === sha && run.conclusion !== null && passing.has(run.conclusion)) ||
    repository.statuses.findLast((status) => status.context === name && status.sha === sha)?.state === 'success'
  return (rule?.required_checks ?? []).filter((name) => !green(name))
}

const passing: ReadonlySet<string> = new Set(['success', 'neutral', 'skipped'])

/** Three dots: from where the branches parted to the head. */
export async function pullFiles(dir: string, issue: PullIssue, head: string = issue.pull.head.sha): Promise<FileDiff[]> {
  const base = issue.pull.base.sha
  return onceDiffed(`${dir} ${base} ${head}`, async () => readDiff(dir, (await mergeBase(dir, base, head)) ?? base, head))
}

export async function pullCommits(dir: string, issue: PullIssue): Promise<Commit[]> {
  const { base, head } = issue.pull
  return onceListed(`${dir} ${base.sha} ${head.sha}`, () => readCommits(dir, [`${base.sha}..${head.sha}`], { reverse: true }))
}

const onceMerged = remembering<boolean>()
const onceDiffed = remembering<FileDiff[]>()
const onceListed = remembering<Commit[]>()

/** Answers about two fixed commits never change, so each is asked once. */
function remembering<T>(): (key: string, ask: () => Promise<T>) => Promise<T> {
  const answers = new Map<string, Promise<T>>()
  return (key, ask) => {
    const known = answers.get(key)
    if (known !== undefined) return known
    if (answers.size >= 1_000) answers.clear()
    const asked = ask()
    answers.set(key, asked)
    asked.catch(() => answers.delete(key))
    return asked
  }
}
