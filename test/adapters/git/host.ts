import { spawn } from 'node:child_process'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import path from 'node:path'

/** What the host does with the next request that asks for git: serve it, or answer so. */
export type Mood = 'serve' | { status: number; body: string; location?: string }

/** A git host over real HTTP, as far as a git client sees one. */
export interface Host extends AsyncDisposable {
  url: string
  /** Authorization headers that came, in order. */
  seen: string[]
  mood: Mood
  /** Called while a request is being answered. */
  during: (() => Promise<void>) | null
}

export async function createHost(bare: string, authorization: string): Promise<Host> {
  const server = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const host: Host = {
    url: `http://127.0.0.1:${address.port}/octo/shop.git`,
    seen: [],
    mood: 'serve',
    during: null,
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    host.seen.push(request.headers.authorization ?? '')
    await host.during?.()
    if (request.headers.authorization !== authorization) return void response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('who are you')
    if (host.mood !== 'serve') {
      const { status, body, location } = host.mood
      return void response.writeHead(status, { 'content-type': 'text/plain', ...(location === undefined ? {} : { location }) }).end(body)
    }
    backend(request, response)
  }

  function backend(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', 'http://host')
    const env = {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: path.dirname(bare),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathname.replace('/octo/shop.git', `/${path.basename(bare)}`),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      ...(request.headers['content-encoding'] === undefined ? {} : { HTTP_CONTENT_ENCODING: request.headers['content-encoding'] }),
      ...(request.headers['git-protocol'] === undefined ? {} : { GIT_PROTOCOL: String(request.headers['git-protocol']) }),
      REMOTE_USER: 'app',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'http.receivepack',
      GIT_CONFIG_VALUE_0: 'true',
    }
    const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] })
    request.pipe(child.stdin)
    child.stdin.on('error', () => {})
    const out: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.on('close', () => {
      const whole = Buffer.concat(out)
      const end = whole.indexOf('\r\n\r\n')
      const headers = Object.fromEntries(
        whole
          .subarray(0, end)
          .toString()
          .split('\r\n')
          .map((line) => line.split(': ')),
      )
      response.writeHead(Number.parseInt(headers['Status'] ?? '200', 10), headers).end(whole.subarray(end + 4))
    })
  }

  return host
}
