import { execFile } from 'node:child_process'
import { createHmac, createSign } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Octokit } from '@octokit/rest'
import { startEmulator } from '../../src/emulator/emulator.ts'
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts'

const run = promisify(execFile)

export interface Received {
  /** `event.action`, or `event`. */
  name: string
  signed: boolean
  delivery: string
  // Whole payloads of every event: tests pick what they compare.
  // oxlint-disable-next-line typescript/no-explicit-any
  payload: Record<string, any>
}

export interface TestWorld extends AsyncDisposable {
  emulator: Emulator
  repo: { owner: string; repo: string }
  /** As the app's installation at `mara`. */
  app: Octokit
  appJwt: Octokit
  received: Received[]
  /** Names of what has arrived, after everything has. */
  arrived(): Promise<string[]>
  dir: string
  token(body?: Record<string, unknown>): Promise<string>
  /** A clone that pushes with the token (or as a person, with `user-<login>`). */
  clone(token: string, name?: string): Promise<Clone>
}

export interface Clone {
  dir: string
  git(...args: string[]): Promise<string>
  commit(files: Record<string, string>, message?: string): Promise<string>
}

const secret = 'a webhook secret'

/** An emulator with the repository mara/shop, the app installed, and somebody who listens to its webhooks. */
export async function openWorld(options: Partial<EmulatorOptions> = {}): Promise<TestWorld> {
  const dir = await mkdtemp(join(tmpdir(), 'emulator-'))
  const received: Received[] = []
  const listen = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    const payload = JSON.parse(body.toString())
    const event = String(request.headers['x-github-event'])
    received.push({
      name: payload.action === undefined ? event : `${event}.${payload.action}`,
      signed: request.headers['x-hub-signature-256'] === `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      delivery: String(request.headers['x-github-delivery']),
      payload,
    })
    response.end('ok')
  }
  const listener = createServer((request, response) => void listen(request, response))
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('no address')
  const webhook = { url: `http://127.0.0.1:${address.port}/`, secret }
  const emulator = await startEmulator({ data_dir: join(dir, 'data'), webhook, app: { id: 7, slug: 'missions' }, ...options })
  emulator.addUser('mara')
  await emulator.addRepository({ owner: 'mara', name: 'shop' })
  emulator.addCollaborator('mara/shop', 'wren', 'write')
  emulator.addCollaborator('mara/shop', 'tess', 'triage')
  emulator.addUser('otto')
  const installationId = (await emulator.dump()).installations[0]?.id ?? 0
  const silent = { debug() {}, info() {}, warn() {}, error() {} }
  const common = { baseUrl: emulator.url, log: silent }
  const now = Math.floor((options.clock ?? Date.now)() / 1000)
  const appJwt = new Octokit({ ...common, auth: jwt({ iss: 7, iat: now - 60, exp: now + 540 }, emulator.app.private_key) })
  const token = async (body: Record<string, unknown> = {}): Promise<string> => {
    const { data } = await appJwt.rest.apps.createInstallationAccessToken({ installation_id: installationId, ...body })
    return data.token
  }
  const app = new Octokit({ ...common, auth: await token() })
  return {
    emulator,
    repo: { owner: 'mara', repo: 'shop' },
    app,
    appJwt,
    received,
    dir,
    async arrived() {
      await emulator.idle()
      return received.map((webhook) => webhook.name)
    },
    token,
    clone: (token, name = 'clone') => clone(emulator.url, join(dir, name), token),
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]()
      listener.closeAllConnections()
      listener.close()
      await rm(dir, { recursive: true, force: true })
    },
  }
}

/** A JSON web token as an app signs it. */
export function jwt(claims: Record<string, unknown>, key: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}`
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`
}

async function clone(url: string, dir: string, token: string): Promise<Clone> {
  const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
  const env = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_COUNT: '3',
    GIT_CONFIG_KEY_0: `http.${url}/.extraheader`,
    GIT_CONFIG_VALUE_0: header,
    GIT_CONFIG_KEY_1: 'user.name',
    GIT_CONFIG_VALUE_1: 'Wren',
    GIT_CONFIG_KEY_2: 'user.email',
    GIT_CONFIG_VALUE_2: 'wren@example.org',
  }
  const git = async (...args: string[]): Promise<string> => (await run('git', ['-C', dir, ...args], { env })).stdout.trim()
  await run('git', ['clone', '--quiet', `${url}/mara/shop.git`, dir], { env })
  return {
    dir,
    git,
    async commit(files, message = 'a change') {
      const { mkdir, writeFile } = await import('node:fs/promises')
      for (const [path, content] of Object.entries(files)) {
        await mkdir(join(dir, path, '..'), { recursive: true })
        await writeFile(join(dir, path), content)
      }
      await git('add', '--all')
      await git('commit', '--quiet', '-m', message)
      return git('rev-parse', 'HEAD')
    },
  }
}

/** The refusal of a call, for whole comparisons. */
export async function refusal(call: Promise<unknown>): Promise<{ status: number; message: string; errors?: unknown }> {
  try {
    await call
  } catch (error) {
    const { status, response } = error as { status: number; response?: { data: { message: string; errors?: unknown } } }
    const data = response?.data
    return { status, message: data?.message ?? '', ...(data?.errors === undefined ? {} : { errors: data.errors }) }
  }
  throw new Error('the call was not refused')
}
