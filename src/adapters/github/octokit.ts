import { Octokit } from '@octokit/rest'
import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import { ForgeAway, ForgeRefused } from '../../ports/forge.ts'
import type { RepositoryRef } from '../../ports/workspaces.ts'
import type { AppIdentity } from './identity.ts'
import { appToken } from './jwt.ts'
import { redelivery } from './redelivery.ts'
import type { AsApp } from './redelivery.ts'
import { limitOf, message, isHttpError, said } from './trouble.ts'
import { webOrigin } from './web-origin.ts'

export interface ClientsSpec {
  app_id: number
  private_key: string
  /** As `https://api.github.com` or `http://127.0.0.1:4010/api/v3`. */
  api_url: string
  clock: Clock
  timeout_ms?: number
}

/** GitHub clients of the workers: each speaks for one repository, with a token that can do no more than its work. */
export interface Clients {
  /** A new client; its token is minted at the first call, and once more when GitHub has forgotten it. */
  octokitFor(repository: RepositoryRef): Octokit
  /** For git over HTTP. `authorization` is the header's value. */
  gitCredential(repository: RepositoryRef, access: 'read' | 'write'): Promise<{ url: string; authorization: string }>
  /** Asks GitHub who the app is. */
  identity(): Promise<AppIdentity>
  /** Asks for the webhooks that nobody took. Gives how many. */
  redeliver(): Promise<number>
}

/** git cannot say here that its token was forgotten, so it gets a new one often. */
const git_token_ms = 5 * 60_000
const api_token_ms = 55 * 60_000

type Permissions = Record<string, 'read' | 'write'>

/** What the forge's acts need; never workflows, administration or secrets. */
export const forgePermissions: Permissions = { checks: 'write', contents: 'write', issues: 'write', metadata: 'read', pull_requests: 'write', statuses: 'read' }
const gitPermissions = {
  read: { contents: 'read', metadata: 'read' },
  write: { contents: 'write', metadata: 'read' },
} as const satisfies Record<string, Permissions>

const Minted = z.object({ token: z.string().min(1), expires_at: z.string() })
const AppAnswer = z.object({ id: z.int(), slug: z.string().min(1) })

export function createClients(spec: ClientsSpec): Clients {
  const timeout_ms = spec.timeout_ms ?? 20_000
  const minted = new Map<string, { token: string; stale_ms: number }>()
  /** What GitHub's clock is ahead of ours. */
  let skew_ms = 0
  const now = (): number => spec.clock.now().getTime()

  const askAsApp: AsApp = async (route, parameters) => {
    const octokit = new Octokit({ baseUrl: spec.api_url, log: silent })
    const ask = async () => {
      const authorization = `bearer ${appToken(spec, now() + skew_ms)}`
      return octokit.request(route, { ...parameters, headers: { authorization }, request: { signal: AbortSignal.timeout(timeout_ms) } })
    }
    return ask().catch((error: unknown) => {
      const theirs = said(error, 401) ? Date.parse(String(error.response?.headers['date'])) : Number.NaN
      if (Number.isNaN(theirs)) throw error
      skew_ms = theirs - now()
      return ask()
    })
  }

  const redeliverFailed = redelivery(askAsApp)

  async function asApp(route: string, parameters: Record<string, unknown>): Promise<unknown> {
    try {
      return (await askAsApp(route, parameters)).data
    } catch (error) {
      throw notAuthenticated(error, now())
    }
  }

  async function token(repository: RepositoryRef, permissions: Permissions, use_ms: number): Promise<string> {
    const key = cacheKey(repository, permissions)
    const known = minted.get(key)
    if (known !== undefined && known.stale_ms > now()) return known.token
    const answer = Minted.safeParse(
      await asApp('POST /app/installations/{installation_id}/access_tokens', {
        installation_id: repository.installation_id,
        repository_ids: [repository.id],
        permissions,
      }),
    )
    if (!answer.success) throw new ForgeAway('GitHub gave no token.')
    minted.set(key, { token: answer.data.token, stale_ms: Math.min(now() + use_ms, Date.parse(answer.data.expires_at) - skew_ms - 60_000) })
    return answer.data.token
  }

  return {
    octokitFor(repository) {
      const octokit = new Octokit({ baseUrl: spec.api_url, log: silent })
      octokit.hook.wrap('request', async (request, options) => {
        const ask = async () => {
          // Changed in place: hooks below this one see these options, whatever is handed to them.
          options.headers.authorization = `token ${await token(repository, forgePermissions, api_token_ms)}`
          return request(options)
        }
        try {
          return await ask()
        } catch (error) {
          if (!said(error, 401)) throw error
          minted.delete(cacheKey(repository, forgePermissions))
          return ask()
        }
      })
      return octokit
    },
    async gitCredential(repository, access) {
      const secret = await token(repository, gitPermissions[access], git_token_ms)
      const authorization = `basic ${Buffer.from(`x-access-token:${secret}`).toString('base64')}`
      return { url: `${webOrigin(spec.api_url)}/${repository.owner}/${repository.name}.git`, authorization }
    },
    redeliver: () => redeliverFailed(now() + skew_ms),
    async identity() {
      const app = AppAnswer.parse(await asApp('GET /app', {}))
      return { app_id: app.id, slug: app.slug }
    },
  }
}

/** Octokit warns on the console by itself; what went wrong is told by what is thrown. */
const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

function cacheKey(repository: RepositoryRef, permissions: Permissions): string {
  return `${repository.installation_id} ${repository.id} ${JSON.stringify(permissions)}`
}

function notAuthenticated(error: unknown, now_ms: number): Error {
  if (!isHttpError(error)) return error instanceof Error ? error : new ForgeAway(String(error))
  const limit_ms = limitOf(error, now_ms)
  if (limit_ms !== null) return new ForgeAway('GitHub asked the app to wait.', limit_ms)
  switch (error.status) {
    case 401:
      return new ForgeRefused("GitHub does not accept the app's credentials. Check the app id, the private key and this machine's clock.")
    case 403:
    case 404:
    case 422:
      return new ForgeRefused(`GitHub gives the app no access to this repository: ${message(error)}. Check that it is installed there, not suspended, and has the permissions of app.yml.`)
    default:
      return new ForgeAway(`GitHub gave no token (${error.status}).`)
  }
}
