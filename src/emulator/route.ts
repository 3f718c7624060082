import type { IncomingHttpHeaders } from 'node:http'
import { repositoryFor, requireApp } from './access.ts'
import type { RepoNeeds } from './access.ts'
import type { Actor } from './actor.ts'
import { repositoryDir } from './git/repository.ts'
import { locked } from './machine.ts'
import type { Machine } from './machine.ts'
import { Refusal } from './refusal.ts'
import type { AppRecord, RepositoryRecord } from './world.ts'

export interface Answer {
  status: number
  body?: unknown
  /** Sent as it is instead of JSON. */
  text?: { content: string | Uint8Array; type: string }
  headers?: Record<string, string>
}

export interface Call {
  machine: Machine
  actor: Actor
  method: string
  /** As the client wrote it, prefix and query included: links of pages repeat it. */
  url: URL
  params: Record<string, string>
  query: URLSearchParams
  body: unknown
  headers: IncomingHttpHeaders
}

export interface RepoCall extends Call {
  repository: RepositoryRecord
  /** The bare repository. */
  dir: string
  /** Who acts; the empty string for nobody. */
  login: string
}

export interface Route {
  /** `METHOD /template`, as in GitHub's OpenAPI description. */
  operation: string
  handle(call: Call): Promise<Answer>
}

type Handler<C> = (call: C) => Answer | Promise<Answer>

/** A route below a repository; one write at a time for each repository. */
export function repoRoute(operation: string, needs: RepoNeeds, handler: Handler<RepoCall>): Route {
  const reads = operation.startsWith('GET ')
  return {
    operation,
    async handle(call) {
      const repository = repositoryFor(call, needs, reads ? 'read' : 'write')
      const repoCall = { ...call, url: addressById(call.url, repository.id), repository, dir: repositoryDir(call.machine.data_dir, repository.id), login: call.actor.login }
      return reads ? handler(repoCall) : locked(call.machine, repository.id, async () => handler(repoCall))
    },
  }
}

/** GitHub's links to other pages name a repository by its number. */
function addressById(url: URL, id: number): URL {
  const address = new URL(url)
  address.pathname = url.pathname.replace(/\/repos\/[^/]+\/[^/]+/, `/repositories/${id}`)
  return address
}

/** A route for the app itself, by JSON web token. */
export function appRoute(operation: string, handler: Handler<Call & { app: AppRecord }>): Route {
  return { operation, handle: async (call) => handler({ ...call, app: requireApp(call) }) }
}

export function openRoute(operation: string, handler: Handler<Call>): Route {
  return { operation, handle: async (call) => handler(call) }
}

export function json(body: unknown, status: number = 200): Answer {
  return { status, body }
}

export function created(body: unknown, location: string): Answer {
  return { status: 201, body, headers: { location } }
}

export const noContent: Answer = { status: 204 }

/** A parameter that must be a whole number; anything else names nothing. */
export function idParam(call: Call, name: string): number {
  const text = call.params[name] ?? ''
  if (!/^\d{1,15}$/.test(text)) throw new Refusal(404, 'Not Found')
  return Number(text)
}

export function textParam(call: Call, name: string): string {
  return call.params[name] ?? ''
}
