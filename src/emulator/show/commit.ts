import type { Commit } from '../git/commits.ts'
import { readDiff } from '../git/diff.ts'
import type { FileDiff } from '../git/diff.ts'
import { repositoryDir } from '../git/repository.ts'
import type { Machine } from '../machine.ts'
import type { RepositoryRecord } from '../world.ts'
import { repositoryHtml, repositoryUrl } from './repository.ts'
import { findUser, nodeId, showUser } from './user.ts'

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

export async function filesOf(dir: string, commit: Commit): Promise<FileDiff[]> {
  return readDiff(dir, commit.parents[0] ?? emptyTree, commit.sha)
}

/** As the `push` webhook tells of it. */
export async function showPushedCommit(machine: Machine, repository: RepositoryRecord, commit: Commit) {
  const files = await filesOf(repositoryDir(machine.data_dir, repository.id), commit)
  const named = (status: FileDiff['status'][]): string[] => files.filter((file) => status.includes(file.status)).map((file) => file.filename)
  return {
    id: commit.sha,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${repositoryHtml(machine, repository)}/commit/${commit.sha}`,
    author: pusher(machine, commit.author),
    committer: pusher(machine, commit.committer),
    added: named(['added', 'renamed']),
    removed: named(['removed']),
    modified: named(['modified']),
  }
}

function pusher(machine: Machine, person: { name: string; email: string; date: string }) {
  const login = loginOf(machine, person.email)
  return { name: person.name, email: person.email, date: person.date, ...(login === null ? {} : { username: login }) }
}

/** GitHub knows people by their addresses; ours is `<id>+<login>@users.noreply.github.com`. */
function loginOf(machine: Machine, email: string): string | null {
  const login = /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email)?.[1]
  return login === undefined ? null : (findUser(machine, login)?.login ?? null)
}

export function showCommit(machine: Machine, repository: RepositoryRecord, commit: Commit) {
  const base = repositoryUrl(machine, repository)
  const html = repositoryHtml(machine, repository)
  const known = (email: string) => {
    const login = loginOf(machine, email)
    return login === null ? null : showUser(machine, login)
  }
  return {
    sha: commit.sha,
    node_id: nodeId('C', repository.id),
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${base}/git/trees/${commit.tree}` },
      url: `${base}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url: `${base}/commits/${commit.sha}`,
    html_url: `${html}/commit/${commit.sha}`,
    comments_url: `${base}/commits/${commit.sha}/comments`,
    author: known(commit.author.email),
    committer: known(commit.committer.email),
    parents: parentsOf(machine, repository, commit, 'commits'),
  }
}

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null }

function parentsOf(machine: Machine, repository: RepositoryRecord, commit: Commit, kind: 'commits' | 'git/commits') {
  const html = repositoryHtml(machine, repository)
  return commit.parents.map((sha) => ({ sha, url: `${repositoryUrl(machine, repository)}/${kind}/${sha}`, html_url: `${html}/commit/${sha}` }))
}

export async function showFullCommit(machine: Machine, repository: RepositoryRecord, commit: Commit) {
  const files = await filesOf(repositoryDir(machine.data_dir, repository.id), commit)
  const additions = files.reduce((sum, file) => sum + file.additions, 0)
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0)
  return {
    ...showCommit(machine, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files.map((file) => showFile(machine, repository, file, commit.sha)),
  }
}

export function showGitCommit(machine: Machine, repository: RepositoryRecord, commit: Commit) {
  const base = repositoryUrl(machine, repository)
  return {
    sha: commit.sha,
    node_id: nodeId('C', repository.id),
    url: `${base}/git/commits/${commit.sha}`,
    html_url: `${repositoryHtml(machine, repository)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${base}/git/trees/${commit.tree}` },
    message: commit.message,
    parents: parentsOf(machine, repository, commit, 'git/commits'),
    verification: unsigned,
  }
}

export function showFile(machine: Machine, repository: RepositoryRecord, file: FileDiff, sha: string) {
  const html = repositoryHtml(machine, repository)
  const name = file.filename.split('/').map(encodeURIComponent).join('/')
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${html}/blob/${sha}/${name}`,
    raw_url: `${html}/raw/${sha}/${name}`,
    contents_url: `${repositoryUrl(machine, repository)}/contents/${name}?ref=${sha}`,
    ...(file.patch === null ? {} : { patch: file.patch }),
    ...(file.previous_filename === null ? {} : { previous_filename: file.previous_filename }),
  }
}
