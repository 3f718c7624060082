import type { Sha } from '../domain/id.ts'

export interface RepositoryRef {
  id: number
  installation_id: number
  owner: string
  name: string
}

/** The commits of a repository on this machine: mirrored once, worktrees cut from the mirror. All git runs outside the sandboxes. */
export interface Workspaces {
  /** Brings the mirror up to date (all branches) and tells where a branch stands; null when it is not there. */
  fetch(repository: RepositoryRef, branch: string, signal?: AbortSignal): Promise<Sha | null>
  /**
   * A working directory for one run, at `at`. The same run gets the same directory back with what it left there, as long as
   * it was not released. With `merge`, that commit is merged first and conflicts stay in the files.
   */
  open(spec: { repository: RepositoryRef; run: string; at: Sha; merge?: Sha }, signal?: AbortSignal): Promise<Workspace>
  /** Pushes one commit to one branch, only if the branch stands at `expected` (null: does not exist). A branch that stands at `sha` already is success. */
  push(spec: { repository: RepositoryRef; branch: string; sha: Sha; expected: Sha | null }, signal?: AbortSignal): Promise<PushResult>
  /** Merges `theirs` into `ours` without a working directory. */
  merge(spec: { repository: RepositoryRef; ours: Sha; theirs: Sha; message: string }): Promise<{ outcome: 'merged' | 'already'; sha: Sha } | { outcome: 'conflict'; paths: string[] }>
  /** Adds files to a mission's record branch and answers the commit that holds them; a repeat adds nothing. */
  record(spec: RecordSpec, signal?: AbortSignal): Promise<Sha>
  diff(repository: RepositoryRef, base: Sha, head: Sha): Promise<Diff>
  /** Where two commits parted; null when they have no commit in common. */
  fork(repository: RepositoryRef, a: Sha, b: Sha): Promise<Sha | null>
  /** `onto` with some paths as they are in `from`, byte for byte; a path that `from` does not hold is taken out. On no branch. */
  graft(repository: RepositoryRef, spec: { onto: Sha; from: Sha; paths: readonly string[] }): Promise<Sha>
  /** Texts of the regular files directly in a folder of a commit, by name; none where the folder is not there. */
  read(repository: RepositoryRef, at: Sha, folder: string): Promise<Record<string, string>>
  /** A commit on `parent` with these files written anew; the parent itself when nothing differs. Same input, same commit. Refused where a path is taken by something else. */
  write(spec: { repository: RepositoryRef; parent: Sha; files: Record<string, string>; text: string; trailers: Record<string, string>; at: Date }): Promise<{ sha: Sha } | { refused: string }>
  /** What the push gate holds against the change; empty when it may go. `boundaries` are the mission's own, beside those of the operator. What stands in `merged` as it does in `head` came from there. */
  gate(repository: RepositoryRef, base: Sha, head: Sha, boundaries?: readonly string[], merged?: Sha | null): Promise<string[]>
  /** The files of a commit as git has them; nothing is checked out and no link is followed. */
  tree(repository: RepositoryRef, at: Sha, signal?: AbortSignal): Promise<Tree>
  /** True when `ancestor` is reachable from `head`. */
  contains(repository: RepositoryRef, head: Sha, ancestor: Sha): Promise<boolean>
  /** Ends working directories of a mission that are no longer needed. */
  sweep(keep: (run: string) => boolean): Promise<void>
  release(run: string): Promise<void>
}

export interface RecordSpec {
  repository: RepositoryRef
  branch: string
  files: { path: string; content: Uint8Array }[]
  message: { text: string; trailers: Record<string, string> }
  /** Author and committer date, so that a repeat gives the same commit. */
  at: Date
}

export interface Workspace {
  /** Host path; mounted at /work of the run's sandbox. Holds no git directory. */
  dir: string
  /** Host path; HOME of the run's sandboxes. Empty at first, kept as long as `dir`. */
  home: string
  /** What the last commit holds, with the files' hashes. */
  files(): Promise<{ path: string; mode: string; oid: string }[]>
  /** Writes the files of the last commit into an empty folder of the host. */
  export(dir: string): Promise<void>
  /** Commits all changes of the directory. Null when there is nothing to commit. `at` fixes author and committer date, so that a repeat gives the same commit. */
  commit(message: { text: string; trailers: Record<string, string>; at: Date }): Promise<Sha | null>
  head(): Promise<Sha>
  /** Paths that differ from the last commit. */
  changed(): Promise<string[]>
  diff(from: Sha): Promise<Diff>
}

export interface Tree {
  /** All files, from the root; capped at 50,000. */
  paths: readonly string[]
  /** Text of a file, capped at 200 KB; null where there is none, or no text. */
  text(path: string): Promise<string | null>
}

export interface Diff {
  /** Unified, capped at 400 KB; `truncated` then. */
  text: string
  truncated: boolean
  files: { path: string; added: number; removed: number }[]
}

export type PushResult = { ok: true } | { ok: false; why: 'moved'; at: Sha | null } | { ok: false; why: 'refused'; detail: string }
