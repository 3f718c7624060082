import { request as plain, type ClientRequest, type IncomingMessage } from 'node:http'
import { request as secure } from 'node:https'
import { performance } from 'node:perf_hooks'

import type { HttpRequest, HttpResponse } from '../../../ports/sandbox.ts'
import { loopbackProblem } from './loopback.ts'
import { Refusal, messageOf } from './refusal.ts'

const BODY_BYTES = 64 * 1024

/** One request on loopback. A redirect is an answer, not followed. */
export async function http(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const problem = loopbackProblem(request.url)
  if (problem !== null) throw new Refusal('refused', problem)
  const started = performance.now()
  const deadline = AbortSignal.timeout(request.timeout_ms)
  const either = AbortSignal.any([signal, deadline])
  try {
    const response = await send(request, either)
    const { body, truncated } = await capped(response)
    return {
      status: response.statusCode ?? 0,
      headers: flat(response),
      body,
      truncated,
      duration_ms: Math.round(performance.now() - started),
    }
  } catch (error) {
    const why = deadline.aborted ? `no answer within ${request.timeout_ms} ms` : messageOf(error)
    throw new Refusal('refused', `${request.method} ${request.url}: ${why}`)
  }
}

function send(request: HttpRequest, signal: AbortSignal): Promise<IncomingMessage> {
  return new Promise((done, failed) => {
    const options = { method: request.method, headers: request.headers ?? {}, signal, agent: false as const }
    const out: ClientRequest = request.url.startsWith('https:')
      ? // A product on loopback signs its own certificate.
        secure(request.url, { ...options, rejectUnauthorized: false }, done)
      : plain(request.url, options, done)
    out.on('error', failed)
    out.end(request.body)
  })
}

async function capped(response: IncomingMessage): Promise<{ body: string; truncated: boolean }> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    const bytes = Buffer.from(chunk)
    chunks.push(bytes.subarray(0, BODY_BYTES - size))
    size += bytes.length
    // Leaving the loop closes the connection, so an endless body ends here.
    if (size > BODY_BYTES) break
  }
  return { body: Buffer.concat(chunks).toString(), truncated: size > BODY_BYTES }
}

function flat(response: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join('\n') : value
  }
  return headers
}
