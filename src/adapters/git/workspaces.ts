import { Sha } from '../../domain/id.ts'
import type { Workspaces } from '../../ports/workspaces.ts'
import type { Author } from './commits.ts'
import { gitCommand } from './command.ts'
import { confinement } from './confine.ts'
import { diffCommits, emptyTree, forkPoint } from './diff.ts'
import { readFolder, writeFiles } from './files.ts'
import { gateChange } from './gate.ts'
import { graftCommit } from './graft.ts'
import { isAncestor, mergeCommits } from './merge.ts'
import { createMirrors } from './mirrors.ts'
import type { Credential } from './mirrors.ts'
import { places as placesBelow, refs } from './places.ts'
import { pushBranch } from './push.ts'
import { isRecordBranch, recordFiles } from './record-branch.ts'
import { releaseRun, sweepRuns } from './sweep.ts'
import { treeOf } from './tree.ts'
import { openWorkspace } from './workspace.ts'

export interface GitOptions {
  data_dir: string
  /** Author and committer of every commit that is made here. */
  author: Author
  /** Asked anew for each command that reaches the repository. `url` holds no user; it may be an absolute path. */
  credential: Credential
  /** Paths, or folders with a slash at the end, that the push gate refuses beside its own. */
  protected?: readonly string[]
  /** Added to git's environment, such as `https_proxy` or `GIT_SSL_CAINFO`. */
  env?: Readonly<Record<string, string>>
}

export function gitWorkspaces(options: GitOptions): Workspaces {
  const { author, credential } = options
  const places = placesBelow(options.data_dir)
  const git = gitCommand({ confine: confinement(), ...(options.env === undefined ? {} : { env: options.env }) })
  const mirrors = createMirrors({ git, places, credential })
  return {
    async fetch(repository, branch, signal) {
      const ref = refs.branch(branch)
      await mirrors.fetch(repository, signal)
      return mirrors.use(
        repository,
        async (dir) => {
          const { stdout } = await git({ git_dir: dir, args: ['for-each-ref', '--format=%(refname) %(objectname)', ref], signal })
          const line = stdout
            .toString('utf8')
            .split('\n')
            .find((entry) => entry.startsWith(`${ref} `))
          return line === undefined ? null : Sha.parse(line.slice(ref.length + 1))
        },
        signal,
      )
    },
    open: (spec, signal) => openWorkspace({ git, mirrors, places, author }, spec, signal),
    async push(spec, signal) {
      if (isRecordBranch(spec.branch)) throw new Error(`${spec.branch} takes records only`)
      return pushBranch({ git, mirrors, credential }, spec, signal)
    },
    record: (spec, signal) => recordFiles({ git, mirrors, places, author, credential }, spec, signal),
    async merge(spec) {
      await mirrors.ensure(spec.repository, [spec.ours, spec.theirs])
      return mirrors.use(spec.repository, (dir) => mergeCommits(git, dir, { ...spec, author }))
    },
    async diff(repository, base, head) {
      await mirrors.ensure(repository, [base, head])
      return mirrors.use(repository, (dir) => diffCommits(git, dir, { base, head }))
    },
    async fork(repository, a, b) {
      await mirrors.ensure(repository, [a, b])
      return mirrors.use(repository, async (dir) => {
        const at = await forkPoint(git, dir, a, b)
        return at === emptyTree ? null : Sha.parse(at)
      })
    },
    async graft(repository, spec) {
      await mirrors.ensure(repository, [spec.onto, spec.from])
      return mirrors.use(repository, (dir) => graftCommit(git, dir, { ...spec, places, author }))
    },
    async read(repository, at, folder) {
      await mirrors.ensure(repository, [at])
      return mirrors.use(repository, (dir) => readFolder(git, dir, at, folder))
    },
    async write({ repository, ...spec }) {
      await mirrors.ensure(repository, [spec.parent])
      return mirrors.use(repository, (dir) => writeFiles(git, dir, { ...spec, author }))
    },
    async gate(repository, base, head, boundaries = [], merged = null) {
      await mirrors.ensure(repository, [base, head, ...(merged === null ? [] : [merged])])
      return mirrors.use(repository, (dir) => gateChange(git, dir, { base, head, merged, protected: options.protected ?? [], boundaries }))
    },
    tree: (repository, at, signal) => treeOf({ git, mirrors }, repository, at, signal),
    async contains(repository, head, ancestor) {
      await mirrors.ensure(repository, [head, ancestor])
      return mirrors.use(repository, (dir) => isAncestor(git, dir, ancestor, head))
    },
    sweep: (keep) => sweepRuns(git, places, keep),
    release: (run) => releaseRun(git, places, run),
  }
}
