import { Sha } from '../../domain/id.ts'
import type { PushResult, RepositoryRef } from '../../ports/workspaces.ts'
import type { Access } from './access.ts'
import { checkAccess } from './access.ts'
import { GitFailed } from './command.ts'
import type { Git } from './command.ts'
import type { Credential, Mirrors } from './mirrors.ts'
import { branchName, refs } from './places.ts'

export interface PushSpec {
  repository: RepositoryRef
  branch: string
  sha: Sha
  expected: Sha | null
}

/** Throws for every branch that is not a mission's: there is no way to ask for another one. */
export async function pushBranch(parts: { git: Git; mirrors: Mirrors; credential: Credential }, spec: PushSpec, signal?: AbortSignal): Promise<PushResult> {
  const { git, mirrors, credential } = parts
  const { repository, branch, sha, expected } = spec
  if (!/^mission\/./.test(branchName(branch))) throw new Error(`only branches of a mission are pushed, not ${branch}`)
  const access = checkAccess(await credential(repository, 'write'))
  return mirrors.use(
    repository,
    async (dir) => {
      const args = ['push', '--porcelain', '--no-progress', '--no-verify', '--no-follow-tags', `--force-with-lease=refs/heads/${branch}:${expected ?? ''}`]
      const pushed = await attempt(git, { git_dir: dir, args: [...args, access.url, `${sha}:refs/heads/${branch}`], access, timeout_ms: 10 * 60 * 1000, signal })
      if (pushed !== null) {
        // What really stands there decides: a lost answer of an earlier push, or another writer between two of git's steps.
        const at = await remoteHead(git, dir, { access, branch }, signal)
        if (at !== sha && at !== expected) return { ok: false, why: 'moved', at }
        if (at !== sha) {
          const detail = refusal(pushed)
          if (detail === null) throw pushed
          return { ok: false, why: 'refused', detail }
        }
      }
      await git({ git_dir: dir, args: ['update-ref', refs.branch(branch), sha] }).catch(known)
      return { ok: true }
    },
    signal,
  )
}

async function attempt(git: Git, call: Parameters<Git>[0]): Promise<GitFailed | null> {
  try {
    const answer = await git({ ...call, answers: [1] })
    return answer.code === 0 ? null : new GitFailed('push', 1, `${answer.stderr}\n${answer.stdout.toString('utf8')}`)
  } catch (error) {
    if (error instanceof GitFailed) return error
    throw error
  }
}

async function remoteHead(git: Git, dir: string, spec: { access: Access; branch: string }, signal?: AbortSignal): Promise<Sha | null> {
  const ref = `refs/heads/${spec.branch}`
  const listed = await git({ git_dir: dir, args: ['ls-remote', '--quiet', spec.access.url, ref], access: spec.access, signal })
  const line = listed.stdout
    .toString('utf8')
    .split('\n')
    .find((entry) => entry.endsWith(`\t${ref}`))
  return line === undefined ? null : Sha.parse(line.slice(0, 40))
}

/** The host's own words, or null when it was not the host that said no. */
function refusal(failed: GitFailed): string | null {
  const said = failed.stderr
    .split('\n')
    .flatMap((line) => /^remote: ?(.*)$/.exec(line)?.[1] ?? [])
    .map((line) => line.trim())
    .filter(Boolean)
  const reason = /^!\t[^\t]*\t(.*)$/m.exec(failed.stderr)?.[1]
  const forbidden = /returned error: 403|Permission to .* denied/.test(failed.stderr) ? 'no permission to write' : undefined
  const parts = [...said, reason ?? forbidden].filter((part) => part !== undefined)
  return reason === undefined && forbidden === undefined ? null : parts.join('\n').slice(0, 4000)
}

/** The note of where the branch stands is a convenience; the next fetch writes it again. */
function known(error: unknown): void {
  if (!(error instanceof GitFailed)) throw error
}
