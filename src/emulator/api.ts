import { createHash } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { anonymous } from './actor.ts'
import type { Actor } from './actor.ts'
import { authenticate } from './auth.ts'
import type { Observed } from './exchange.ts'
import { settled } from './machine.ts'
import type { Machine } from './machine.ts'
import { createRateLimits, rateHeaders } from './rate-limit.ts'
import type { RateLimit, RateLimits } from './rate-limit.ts'
import { notFound, Refusal } from './refusal.ts'
import type { Answer, Route } from './route.ts'
import { openRoute } from './route.ts'
import { createRouter } from './router.ts'
import type { Match } from './router.ts'

export interface ApiRequest {
  method: string
  url: URL
  headers: IncomingHttpHeaders
  body: Uint8Array
}

export interface ApiReply {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
  /** What `body` says, before it became text. */
  value: unknown
}

export interface Api {
  handle(request: ApiRequest): Promise<ApiReply>
  /** The operation of GitHub's description that serves an address. */
  operationOf(method: string, path: string): string | null
  limits: RateLimits
}

interface Options {
  machine: Machine
  routes: Route[]
  observe: (observed: Observed) => void
}

export const apiPrefix = '/api/v3'

export function createApi({ machine, routes, observe }: Options): Api {
  const limits = createRateLimits(machine.clock)
  const match = createRouter([...ownRoutes(limits), ...routes])
  let requests = 0

  async function answer(request: ApiRequest): Promise<{ answer: Answer; actor: Actor; found: Match | null; body: unknown; rate: RateLimit | null }> {
    const path = withoutPrefix(request.url.pathname)
    const found = match(request.method, path)
    let actor: Actor = anonymous
    let body: unknown
    let rate: RateLimit | null = null
    try {
      actor = authenticate(machine, request.headers.authorization)
      rate = limits.spend(actor, path === '/rate_limit' ? 0 : 1)
      if (rate.exceeded && path !== '/rate_limit') throw rateExceeded(rate)
      body = parse(request.body)
      if (found === null) throw notFound()
      const { url, headers, method } = request
      const call = { machine, actor, method, url, params: found.params, query: url.searchParams, body, headers }
      return { answer: await found.route.handle(call), actor, found, body, rate }
    } catch (error) {
      return { answer: answerOf(error), actor, found, body, rate }
    }
  }

  return {
    limits,
    operationOf: (method, path) => match(method, withoutPrefix(path))?.route.operation ?? null,
    async handle(request) {
      const done = await answer(request)
      await settled(machine)
      observe({
        kind: 'call',
        operation: done.found?.route.operation ?? null,
        method: request.method,
        path: withoutPrefix(request.url.pathname) + request.url.search,
        actor: done.actor.kind,
        request_body: done.body,
        status: done.answer.status,
        response_body: done.answer.text === undefined ? plain(done.answer.body) : done.answer.text.content.toString(),
      })
      requests += 1
      const headers = {
        'x-github-request-id': `EMUL:${requests.toString(16).toUpperCase().padStart(8, '0')}`,
        'x-github-media-type': 'github.v3; format=json',
        'x-github-api-version-selected': '2022-11-28',
        ...(done.rate === null ? {} : rateHeaders(done.rate)),
      }
      return reply(request, done.answer, headers)
    },
  }
}

function ownRoutes(limits: RateLimits): Route[] {
  return [
    openRoute('GET /rate_limit', ({ actor }) => {
      const { exceeded: _, ...rate } = limits.spend(actor, 0)
      return { status: 200, body: { resources: { core: rate, search: { ...rate, limit: 30, remaining: 30, used: 0 } }, rate } }
    }),
    openRoute('GET /meta', () => ({ status: 200, body: { verifiable_password_authentication: false } })),
  ]
}

export function withoutPrefix(pathname: string): string {
  return pathname === apiPrefix || pathname.startsWith(`${apiPrefix}/`) ? pathname.slice(apiPrefix.length) || '/' : pathname
}

function rateExceeded(rate: RateLimit): Refusal {
  return new Refusal(403, 'API rate limit exceeded for installation. If you reach out to GitHub Support for help, please include the request ID.', { headers: rateHeaders(rate) })
}

function parse(body: Uint8Array): unknown {
  if (body.length === 0) return undefined
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'))
  } catch {
    throw new Refusal(400, 'Problems parsing JSON')
  }
}

function answerOf(error: unknown): Answer {
  if (error instanceof Refusal) return { status: error.status, body: error.body, headers: error.headers }
  process.stderr.write(`the emulator failed: ${error instanceof Error ? error.stack : String(error)}\n`)
  return { status: 500, body: { message: 'Server Error' } }
}

function plain(body: unknown): unknown {
  return body === undefined ? undefined : JSON.parse(JSON.stringify(body))
}

/** Writes the answer down; what the client already has is not sent again. */
function reply(request: ApiRequest, answer: Answer, headers: Record<string, string>): ApiReply {
  const body = answer.text?.content ?? (answer.body === undefined ? '' : JSON.stringify(answer.body))
  const etag = `W/"${createHash('sha256').update(body).digest('hex')}"`
  const cacheable = request.method === 'GET' && answer.status === 200
  const all = {
    ...headers,
    'content-type': answer.text?.type ?? 'application/json; charset=utf-8',
    ...(cacheable ? { etag, 'cache-control': 'private, max-age=60, s-maxage=60', vary: 'Accept, Authorization' } : {}),
    ...answer.headers,
  }
  if (cacheable && request.headers['if-none-match'] === etag) return { status: 304, headers: all, body: '', value: undefined }
  return { status: answer.status, headers: all, body, value: answer.text === undefined ? plain(answer.body) : undefined }
}
