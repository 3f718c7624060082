import { z } from 'zod'
import { mintToken } from '../auth.ts'
import { bodyOf } from '../body.ts'
import { installationOf, setSuspended } from '../installations.ts'
import { timestamp } from '../machine.ts'
import { paged } from '../paging.ts'
import { notFound, Refusal } from '../refusal.ts'
import { appRoute, idParam, json, noContent, openRoute } from '../route.ts'
import type { Answer, Call, Route } from '../route.ts'
import { showInstallation } from '../show/installation.ts'
import { showRepository } from '../show/repository.ts'
import { showApp } from '../show/user.ts'
import { sameName } from '../world.ts'
import type { AppRecord, InstallationRecord, Permissions } from '../world.ts'

export const appRoutes: Route[] = [
  appRoute('GET /app', (call) => {
    const installations_count = call.machine.world.installations.filter((installation) => installation.app_id === call.app.id).length
    return json({ ...showApp(call.machine, call.app), installations_count })
  }),
  appRoute('GET /app/installations', (call) => {
    const own = call.machine.world.installations.filter((installation) => installation.app_id === call.app.id)
    return paged(call, own, (installation) => showInstallation(call.machine, installation))
  }),
  appRoute('GET /app/installations/{installation_id}', (call) => json(showInstallation(call.machine, installationFor(call)))),
  appRoute('POST /app/installations/{installation_id}/access_tokens', createToken),
  appRoute('PUT /app/installations/{installation_id}/suspended', (call) => {
    setSuspended(call.machine, installationFor(call), call.app.bot)
    return noContent
  }),
  appRoute('DELETE /app/installations/{installation_id}/suspended', (call) => {
    setSuspended(call.machine, installationFor(call), null)
    return noContent
  }),
  openRoute('GET /repos/{owner}/{repo}/installation', (call) => repositoryInstallation(call)),
  openRoute('DELETE /installation/token', (call) => {
    const { actor, machine } = call
    if (actor.kind !== 'installation') throw new Refusal(401, 'Bad credentials')
    machine.world.tokens = machine.world.tokens.filter((token) => token !== actor.token)
    return noContent
  }),
]

function installationFor(call: Call & { app: AppRecord }): InstallationRecord {
  const id = idParam(call, 'installation_id')
  const installation = call.machine.world.installations.find((candidate) => candidate.id === id && candidate.app_id === call.app.id)
  if (installation === undefined) throw notFound()
  return installation
}

function repositoryInstallation(call: Call): Answer {
  const { machine, actor, params } = call
  if (actor.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
  const repository = machine.world.repositories.find((candidate) =>
    params['repository_id'] === undefined ? sameName(candidate.owner, params['owner'] ?? '') && sameName(candidate.name, params['repo'] ?? '') : String(candidate.id) === params['repository_id'],
  )
  const installation = repository === undefined ? null : installationOf(machine, actor.app.id, repository)
  if (installation === null) throw notFound()
  return json(showInstallation(machine, installation))
}

const request = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.int()).optional(),
  permissions: z.record(z.string(), z.enum(['read', 'write', 'admin'])).optional(),
})

function createToken(call: Call & { app: AppRecord }): Answer {
  const { machine } = call
  const installation = installationFor(call)
  const asked = bodyOf(call, request)
  if (installation.suspended_at !== null) throw new Refusal(403, 'This installation has been suspended')
  const permissions = narrowed(installation.permissions, asked.permissions)
  const repository_ids = chosen(call, installation, asked)
  const token = mintToken(machine, installation, permissions, repository_ids)
  const repositories = machine.world.repositories.filter((repository) => repository_ids?.includes(repository.id))
  const body = {
    token: token.token,
    expires_at: timestamp(machine, token.expires_at),
    permissions,
    repository_selection: repository_ids === null && installation.repository_ids === null ? 'all' : 'selected',
    ...(repository_ids === null ? {} : { repositories: repositories.map((repository) => showRepository(machine, repository)) }),
  }
  return json(body, 201)
}

function narrowed(held: Permissions, asked: Record<string, string> | undefined): Permissions {
  if (asked === undefined) return held
  const granted: Permissions = {}
  for (const [name, access] of Object.entries(asked)) {
    const mine = held[name]
    if (mine === undefined || access === 'admin' || (access === 'write' && mine === 'read')) {
      throw new Refusal(422, 'The permissions requested are not granted to this installation.')
    }
    granted[name] = access === 'write' ? 'write' : 'read'
  }
  // GitHub always adds it.
  return { metadata: 'read', ...granted }
}

function chosen(call: Call, installation: InstallationRecord, asked: z.infer<typeof request>): number[] | null {
  if (asked.repositories === undefined && asked.repository_ids === undefined) return null
  const within = call.machine.world.repositories.filter(
    (repository) => sameName(repository.owner, installation.account) && (installation.repository_ids === null || installation.repository_ids.includes(repository.id)),
  )
  const named = (asked.repositories ?? []).map((name) => within.find((repository) => sameName(repository.name, name)))
  const numbered = (asked.repository_ids ?? []).map((id) => within.find((repository) => repository.id === id))
  return [...named, ...numbered].map((repository) => {
    if (repository === undefined) throw new Refusal(422, 'There is at least one repository that does not exist or is not accessible to the parent installation.')
    return repository.id
  })
}
