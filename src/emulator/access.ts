import type { Actor } from './actor.ts'
import { movedTo, notFound, Refusal } from './refusal.ts'
import type { Call } from './route.ts'
import { sameName } from './world.ts'
import type { Access, AppRecord, RepositoryRecord, Role } from './world.ts'

/** What a route asks of an app (any one of these permissions) and of a person. */
export interface RepoNeeds {
  app: readonly Need[]
  person: Role
}
export type Need = `${string}:${Access}`

const roles: readonly Role[] = ['none', 'read', 'triage', 'write', 'maintain', 'admin']

export function atLeast(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}

export function roleOf(repository: RepositoryRecord, login: string): Role {
  if (sameName(repository.owner, login)) return 'admin'
  const collaborator = repository.collaborators.find((candidate) => sameName(candidate.login, login))
  if (collaborator !== undefined) return collaborator.role
  return repository.private ? 'none' : 'read'
}

/** The repository of the address, when the actor may do there what the route does. Throws `Refusal` as GitHub would. */
export function repositoryFor(call: Call, needs: RepoNeeds, access: Access): RepositoryRecord {
  const repository = findRepository(call)
  if (repository === undefined) throw formerAddress(call) ?? notFound()
  allow(call.actor, repository, needs, access)
  if (repository.archived && access === 'write' && call.method !== 'PATCH') {
    throw new Refusal(403, 'Repository was archived so is read-only.')
  }
  return repository
}

function findRepository(call: Call): RepositoryRecord | undefined {
  const { owner = '', repo = '', repository_id } = call.params
  return call.machine.world.repositories.find((candidate) =>
    repository_id === undefined ? sameName(candidate.owner, owner) && sameName(candidate.name, repo) : String(candidate.id) === repository_id,
  )
}

/** The address by number, when the repository had this name before. */
function formerAddress(call: Call): Refusal | null {
  const { owner = '', repo = '' } = call.params
  const renamed = call.machine.world.repositories.find((candidate) => sameName(candidate.owner, owner) && candidate.former_names.some((name) => sameName(name, repo)))
  if (renamed === undefined) return null
  const url = new URL(call.url)
  url.pathname = url.pathname.replace(/\/repos\/[^/]+\/[^/]+/, `/repositories/${renamed.id}`)
  return movedTo(url.href, call.method)
}

function allow(actor: Actor, repository: RepositoryRecord, needs: RepoNeeds, access: Access): void {
  switch (actor.kind) {
    case 'anonymous':
      if (repository.private) throw notFound()
      if (access === 'write') throw new Refusal(401, 'Requires authentication')
      return
    case 'person':
      return allowPerson(roleOf(repository, actor.login), needs)
    case 'app':
      throw new Refusal(401, 'Bad credentials')
    case 'installation':
      return allowInstallation(actor, repository, needs, access)
  }
}

function allowPerson(role: Role, needs: RepoNeeds): void {
  if (role === 'none') throw notFound()
  if (!atLeast(role, needs.person)) throw new Refusal(403, `Must have ${needs.person} rights to Repository.`)
}

function allowInstallation(actor: Actor & { kind: 'installation' }, repository: RepositoryRecord, needs: RepoNeeds, access: Access): void {
  if (!reaches(actor, repository)) {
    if (repository.private) throw notFound()
    if (access === 'write') throw notAccessible(needs)
    return
  }
  if (!needs.app.some((need) => holds(actor, need))) throw notAccessible(needs)
}

function notAccessible(needs: RepoNeeds): Refusal {
  const accepted = needs.app.map((need) => need.replace(':', '=')).join('; ')
  return new Refusal(403, 'Resource not accessible by integration', { headers: { 'x-accepted-github-permissions': accepted } })
}

export function reaches(actor: Actor & { kind: 'installation' }, repository: RepositoryRecord): boolean {
  const within = (ids: number[] | null): boolean => ids === null || ids.includes(repository.id)
  return sameName(actor.installation.account, repository.owner) && within(actor.installation.repository_ids) && within(actor.token.repository_ids)
}

export function holds(actor: Actor & { kind: 'installation' }, need: Need): boolean {
  const [name = '', access] = need.split(':')
  if (name === 'metadata') return true
  const held = actor.token.permissions[name]
  return held === 'write' || (held === 'read' && access === 'read')
}

/** Whether the actor may change what belongs to somebody else in this repository. */
export function mayModerate(actor: Actor, repository: RepositoryRecord, need: Need, role: Role): boolean {
  switch (actor.kind) {
    case 'anonymous':
    case 'app':
      return false
    case 'person':
      return atLeast(roleOf(repository, actor.login), role)
    case 'installation':
      return reaches(actor, repository) && holds(actor, need)
  }
}

export function requireApp(call: Call): AppRecord {
  if (call.actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
  return call.actor.app
}
