import { writeCommit } from './git/commits.ts'
import { writeRef } from './git/refs.ts'
import { createBare } from './git/repository.ts'
import { treeWith, writeBlob } from './git/trees.ts'
import { defaultLabels } from './label-record.ts'
import { nextId, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { noreply } from './show/user.ts'
import type { RepositoryRecord } from './world.ts'

export interface NewRepository {
  owner: string
  name: string
  from?: string | undefined
  /** Of `from`, when it is a repository: becomes the default branch, and all others come along. */
  branch?: string | undefined
  /** Without a commit. */
  empty?: boolean | undefined
  private?: boolean | undefined
}

export async function addRepository(machine: Machine, asked: NewRepository): Promise<RepositoryRecord> {
  const id = nextId(machine)
  const dir = await createBare(machine.data_dir, id, asked.empty === true || asked.from === undefined ? null : { from: asked.from, branch: asked.branch })
  if (asked.empty !== true && asked.from === undefined) await firstCommit(machine, dir, asked)
  const at = timestamp(machine)
  const repository: RepositoryRecord = {
    id,
    owner: asked.owner,
    name: asked.name,
    private: asked.private ?? false,
    description: null,
    default_branch: asked.branch ?? 'main',
    archived: false,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    delete_branch_on_merge: false,
    collaborators: [],
    protected_branches: [],
    next_number: 1,
    former_names: [],
    gone_issues: [],
    labels: defaultLabels(machine),
    issues: [],
    comments: [],
    issue_events: [],
    reactions: [],
    reviews: [],
    review_comments: [],
    check_suites: [],
    check_runs: [],
    statuses: [],
    created_at: at,
    updated_at: at,
    pushed_at: at,
  }
  machine.world.repositories.push(repository)
  return repository
}

async function firstCommit(machine: Machine, dir: string, { owner, name }: NewRepository): Promise<void> {
  const tree = await treeWith(dir, null, [{ path: 'README.md', mode: '100644', sha: await writeBlob(dir, Buffer.from(`# ${name}\n`)) }])
  const author = noreply(machine, owner)
  await writeRef(dir, 'refs/heads/main', await writeCommit(dir, { tree, parents: [], message: 'Initial commit', author, committer: author }))
}

export function renameRepository(repository: RepositoryRecord, name: string): void {
  repository.former_names = [...repository.former_names.filter((former) => former !== name), repository.name]
  repository.name = name
}
