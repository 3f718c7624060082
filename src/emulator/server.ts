import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Api, ApiReply } from './api.ts'
import { withoutPrefix } from './api.ts'
import type { Control } from './control.ts'
import type { Fault } from './faults.ts'
import { gitRequest, serveGit } from './git-http.ts'
import type { Machine } from './machine.ts'
import type { Pages } from './pages/pages.ts'

interface Parts {
  machine: Machine
  api: Api
  control: Control
  pages: Pages
}

/** One origin for REST, git, pages and the emulator's own switches. */
export function createHttpServer(parts: Parts): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      process.stderr.write(`the emulator failed: ${error instanceof Error ? error.stack : String(error)}\n`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.keepAliveTimeout = 30_000
  return server
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', parts.machine.url)
  const method = request.method ?? 'GET'
  if (url.pathname.startsWith('/_emulator/')) return send(response, await parts.control.handle({ method, url, body: await readAll(request) }))
  const git = gitRequest(url)
  const operation = git === null ? parts.api.operationOf(method, url.pathname) : `GIT ${git.service}`
  if (git === null && operation === null && !isApi(url.pathname, request)) return servePage(parts, request, response, url)
  const faults = parts.machine.faults.take(operation ?? `${method} (unknown)`, `${method} ${withoutPrefix(url.pathname)}`)
  if (await misbehave(parts, faults, 'before', response)) return
  if (git !== null) return serveGit({ machine: parts.machine, request, response, refuse: refusal(faults) }, git, url)
  const reply = await parts.api.handle({ method, url, headers: request.headers, body: await readAll(request) })
  if (await misbehave(parts, faults, 'after', response)) return
  send(response, reply)
}

const apiRoots = new Set(['api', 'app', 'installation', 'meta', 'rate_limit', 'repos', 'repositories', 'user', 'users', 'graphql', 'search', 'orgs'])

/** The root is a page for a browser and GitHub's list of addresses, which nobody here asks for, for a program. */
function isApi(pathname: string, request: IncomingMessage): boolean {
  if (pathname === '/') return !(request.headers.accept ?? '').includes('text/html')
  return apiRoots.has(pathname.split('/')[1] ?? '')
}

async function servePage({ api, pages }: Parts, request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
  const body = await readAll(request)
  const page = await pages.handle({ method: request.method ?? 'GET', url, headers: request.headers, body })
  send(response, page ?? (await api.handle({ method: request.method ?? 'GET', url, headers: request.headers, body })))
}

/** Does what the faults ask at this moment; `true` when that was the answer. */
async function misbehave({ machine, api }: Parts, faults: Fault[], when: 'before' | 'after', response: ServerResponse): Promise<boolean> {
  for (const fault of faults) {
    switch (fault.do) {
      case 'latency':
        if (when === 'before') await sleep(fault.by_ms)
        break
      case 'error':
        if (fault.when === when) return sendJson(response, fault.status, { message: 'Server Error' })
        break
      case 'html':
        if (fault.when === when) return sendHtml(response)
        break
      case 'reset':
        if (fault.when === when) {
          response.socket?.resetAndDestroy()
          return true
        }
        break
      case 'secondary_limit':
        if (when === 'before') return sendSecondaryLimit(response, fault.retry_after_s)
        break
      case 'primary_limit':
        if (when === 'before') api.limits.exhaust(machine.clock() + fault.reset_in_s * 1000)
        break
      case 'refuse_push':
        break
    }
  }
  return false
}

function refusal(faults: Fault[]): string | null {
  const fault = faults.find((candidate) => candidate.do === 'refuse_push')
  return fault === undefined ? null : fault.message
}

function sendJson(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): true {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
  response.end(JSON.stringify(body))
  return true
}

function sendHtml(response: ServerResponse): true {
  response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
  response.end('<!DOCTYPE html><html><head><title>Unicorn! · GitHub</title></head><body><p>This page is taking too long to load.</p></body></html>')
  return true
}

function sendSecondaryLimit(response: ServerResponse, retry_after_s: number | undefined): true {
  const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.'
  const documentation_url = 'https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits'
  return sendJson(response, 403, { message, documentation_url }, retry_after_s === undefined ? {} : { 'retry-after': String(retry_after_s) })
}

function send(response: ServerResponse, reply: Pick<ApiReply, 'status' | 'headers' | 'body'>): void {
  response.writeHead(reply.status, reply.headers)
  response.end(reply.status === 204 || reply.status === 304 ? undefined : reply.body)
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)))
  return Buffer.concat(chunks)
}
