import { z } from 'zod'
import { reaches, roleOf } from '../access.ts'
import { bodyOf } from '../body.ts'
import { readCommit } from '../git/commits.ts'
import { readRefs, resolveBranch } from '../git/refs.ts'
import { timestamp } from '../machine.ts'
import { paged, pagedUnder } from '../paging.ts'
import { Refusal } from '../refusal.ts'
import { renameRepository } from '../repositories.ts'
import { json, openRoute, repoRoute, textParam } from '../route.ts'
import type { Answer, RepoCall, Route } from '../route.ts'
import { showFullCommit } from '../show/commit.ts'
import { repositoryHtml, repositoryUrl, showFullRepository, showRepository } from '../show/repository.ts'
import { findUser, showUser } from '../show/user.ts'
import type { Role } from '../world.ts'

const reads = { app: ['metadata:read'], person: 'read' } as const
const readsContents = { app: ['contents:read'], person: 'read' } as const

export const repositoryRoutes: Route[] = [
  repoRoute('GET /repos/{owner}/{repo}', reads, (call) => json(showFullRepository(call.machine, call.repository, call.login))),
  repoRoute('PATCH /repos/{owner}/{repo}', { app: ['administration:write'], person: 'admin' }, updateRepository),
  repoRoute('GET /repos/{owner}/{repo}/branches', readsContents, listBranches),
  repoRoute('GET /repos/{owner}/{repo}/branches/{branch}', readsContents, getBranch),
  repoRoute('GET /repos/{owner}/{repo}/collaborators', reads, (call) => {
    const logins = [call.repository.owner, ...call.repository.collaborators.map((collaborator) => collaborator.login)]
    return paged(call, logins, (login) => showCollaborator(call, login))
  }),
  repoRoute('GET /repos/{owner}/{repo}/collaborators/{username}/permission', reads, (call) => {
    const user = findUser(call.machine, textParam(call, 'username'))
    if (user === undefined) throw new Refusal(404, `${textParam(call, 'username')} is not a user`)
    const role = roleOf(call.repository, user.login)
    return json({ permission: legacy(role), role_name: role, user: showCollaborator(call, user.login) })
  }),
  openRoute('GET /installation/repositories', (call) => {
    const { actor, machine } = call
    if (actor.kind !== 'installation') throw new Refusal(403, 'You must authenticate with an installation access token in order to list repositories for an installation.')
    const within = machine.world.repositories.filter((repository) => reaches(actor, repository))
    const page = pagedUnder(call, 'repositories', within, (repository) => showRepository(machine, repository))
    const repository_selection = actor.installation.repository_ids === null ? 'all' : 'selected'
    return { ...page, body: { repository_selection, ...(page.body as object) } }
  }),
]

/** The older field knows four levels: triage reads, maintain writes. */
function legacy(role: Role): string {
  return role === 'triage' ? 'read' : role === 'maintain' ? 'write' : role
}

function showCollaborator(call: RepoCall, login: string) {
  const role = roleOf(call.repository, login)
  const { permissions } = showFullRepository(call.machine, call.repository, login)
  return { ...showUser(call.machine, login), permissions, role_name: role }
}

const settings = z.object({
  name: z
    .string()
    .regex(/^[\w.-]+$/)
    .optional(),
  description: z.string().nullish(),
  private: z.boolean().optional(),
  default_branch: z.string().optional(),
  allow_merge_commit: z.boolean().optional(),
  allow_squash_merge: z.boolean().optional(),
  allow_rebase_merge: z.boolean().optional(),
  delete_branch_on_merge: z.boolean().optional(),
  archived: z.boolean().optional(),
})

async function updateRepository(call: RepoCall): Promise<Answer> {
  const { repository } = call
  const { default_branch, name, ...asked } = bodyOf(call, settings)
  if (name !== undefined && name !== repository.name) renameRepository(repository, name)
  if (default_branch !== undefined) {
    if ((await resolveBranch(call.dir, default_branch)) === null) throw new Refusal(422, `The branch ${default_branch} was not found.`)
    repository.default_branch = default_branch
  }
  const given = Object.entries(asked).filter(([, value]) => value !== undefined)
  Object.assign(repository, Object.fromEntries(given))
  repository.updated_at = timestamp(call.machine)
  return json(showFullRepository(call.machine, repository, call.login))
}

async function listBranches(call: RepoCall): Promise<Answer> {
  const refs = [...(await readRefs(call.dir))].filter(([name]) => name.startsWith('refs/heads/'))
  return paged(call, refs, ([name, sha]) => {
    const branch = name.slice('refs/heads/'.length)
    return { name: branch, commit: { sha, url: `${repositoryUrl(call.machine, call.repository)}/commits/${sha}` }, protected: isProtected(call, branch) }
  })
}

function isProtected(call: RepoCall, branch: string): boolean {
  return call.repository.protected_branches.some((rule) => rule.name === branch)
}

async function getBranch(call: RepoCall): Promise<Answer> {
  const name = textParam(call, 'branch')
  const sha = await resolveBranch(call.dir, name)
  if (sha === null) throw new Refusal(404, 'Branch not found')
  const url = `${repositoryUrl(call.machine, call.repository)}/branches/${name}`
  const rule = call.repository.protected_branches.find((candidate) => candidate.name === name)
  return json({
    name,
    commit: await showFullCommit(call.machine, call.repository, await readCommit(call.dir, sha)),
    _links: { self: url, html: `${repositoryHtml(call.machine, call.repository)}/tree/${name}` },
    protected: rule !== undefined,
    protection: {
      enabled: rule !== undefined,
      required_status_checks: {
        enforcement_level: rule !== undefined && rule.required_checks.length > 0 ? 'non_admins' : 'off',
        contexts: rule?.required_checks ?? [],
        checks: (rule?.required_checks ?? []).map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${url}/protection`,
  })
}
