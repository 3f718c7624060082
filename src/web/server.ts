import { once } from 'node:events'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createNodeMiddleware, createProbot } from 'probot'
import { missionsApp } from '../app.ts'
import type { AppSpec } from '../app.ts'
import { createBodyReader } from './body.ts'
import { currentSignature } from './signature.ts'

export interface WebSpec {
  /** 0: any free one. */
  port: number
  host?: string
  app_id: number
  private_key: string
  /** As `https://api.github.com` or `http://127.0.0.1:4010/api/v3`. */
  api_url: string
  /** The current webhook secret first; older ones count while they are named. */
  webhook_secrets: readonly [string, ...string[]]
  app: AppSpec
  version: string
  /** True when the store answers. */
  healthy: () => Promise<boolean>
  body_limit_bytes?: number
}

export interface Web {
  port: number
  /** Takes no new request, ends those under way within `grace_ms`. */
  close(grace_ms: number): Promise<void>
}

export const webhookPath = '/api/github/webhooks'

const megabyte = 1024 * 1024
/** GitHub sends no more than this. */
const body_limit_bytes = 25 * megabyte
const health_timeout_ms = 900
const unread_ms = 2_000

/** Webhooks and health over HTTP. Nothing is held in memory that nobody has signed, beyond one bounded body. */
export async function startWeb(spec: WebSpec): Promise<Web> {
  const limit = spec.body_limit_bytes ?? body_limit_bytes
  const readBody = createBodyReader({ body_limit_bytes: limit, total_limit_bytes: 4 * limit })
  const middleware = await probotMiddleware(spec)

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname === '/healthz') return answerHealth(spec, response)
    if (pathname !== webhookPath) return answer(response, 404, { error: 'There is nothing here.' })
    if (request.method !== 'POST') return answer(response, 405, { error: 'Webhooks are posted.' })
    const body = await readBody(request)
    switch (body.is) {
      case 'too_large':
        return refuseUnread(request, response, 413, `A webhook has at most ${limit} bytes.`)
      case 'crowded':
        return refuseUnread(request, response, 503, 'Too much at once.')
      case 'cut':
        response.destroy()
        return
      case 'whole': {
        const header = request.headers['x-hub-signature-256']
        const signature = currentSignature(spec.webhook_secrets, body.bytes, typeof header === 'string' ? header : undefined)
        if (signature === null) return answer(response, 400, { error: 'The signature does not fit.' })
        request.headers['x-hub-signature-256'] = signature
        // The middleware reads the body from here when it is there.
        Object.assign(request, { body: body.bytes.toString('utf8') })
        await middleware(request, response)
      }
    }
  }

  let closing = false
  const server = createServer((request, response) => {
    // A connection that falls idle while we close would keep us waiting for its next request.
    response.on('finish', () => setImmediate(() => closing && server.closeIdleConnections()))
    serve(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else answer(response, 500, { error: 'This was not handled.' })
    })
  })
  server.requestTimeout = 30_000
  server.headersTimeout = 10_000
  server.listen(spec.port, spec.host ?? '0.0.0.0')
  await once(server, 'listening')
  const address = server.address()

  return {
    port: address !== null && typeof address === 'object' ? address.port : spec.port,
    async close(grace_ms) {
      closing = true
      const closed = once(server, 'close')
      server.close()
      server.closeIdleConnections()
      const late = setTimeout(() => server.closeAllConnections(), grace_ms)
      await closed
      clearTimeout(late)
    },
  }
}

async function probotMiddleware(spec: WebSpec): ReturnType<typeof createNodeMiddleware> {
  const [secret] = spec.webhook_secrets
  const probot = createProbot({
    env: {},
    // Its own log would print whole payloads.
    overrides: { appId: spec.app_id, privateKey: spec.private_key, secret, baseUrl: spec.api_url, logLevel: 'fatal' },
  })
  return createNodeMiddleware(missionsApp(spec.app), { probot, webhooksPath: webhookPath })
}

async function answerHealth(spec: WebSpec, response: ServerResponse): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), health_timeout_ms)
  })
  const store = await Promise.race([spec.healthy().catch(() => false), late])
  clearTimeout(timer)
  answer(response, store ? 200 : 503, { ok: store, store: store ? 'reachable' : 'away', version: spec.version })
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(`${JSON.stringify(body)}\n`)
}

/** Says no and lets what still comes fall on the floor, for a moment: who is cut off while writing never reads the answer. */
function refuseUnread(request: IncomingMessage, response: ServerResponse, status: number, error: string): void {
  answer(response, status, { error })
  request.resume()
  const enough = setTimeout(() => request.destroy(), unread_ms).unref()
  request.once('close', () => clearTimeout(enough))
}
