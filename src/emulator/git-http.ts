import type { IncomingMessage, ServerResponse } from 'node:http'
import { atLeast, holds, reaches, roleOf } from './access.ts'
import type { Actor } from './actor.ts'
import { authenticate } from './auth.ts'
import { readRefs } from './git/refs.ts'
import { repositoryDir, spawnBackend } from './git/repository.ts'
import { locked, settled } from './machine.ts'
import type { Machine } from './machine.ts'
import { changesBetween, refsChanged } from './ref-changes.ts'
import { Refusal } from './refusal.ts'
import { sameName } from './world.ts'
import type { RepositoryRecord } from './world.ts'

export interface GitRequest {
  owner: string
  name: string
  /** `/info/refs`, `/git-upload-pack` or `/git-receive-pack`. */
  rest: string
  service: 'upload-pack' | 'receive-pack'
}

/** Whether an address is git's smart protocol. */
export function gitRequest(url: URL): GitRequest | null {
  const [, owner = '', name = '', rest = ''] = /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/.exec(url.pathname) ?? []
  if (owner === '') return null
  const asked = rest === '/info/refs' ? (url.searchParams.get('service') ?? 'git-upload-pack') : rest.slice(1)
  return { owner, name, rest, service: asked === 'git-receive-pack' ? 'receive-pack' : 'upload-pack' }
}

interface Served {
  machine: Machine
  request: IncomingMessage
  response: ServerResponse
  /** Message of a fault that refuses the push. */
  refuse: string | null
}

export async function serveGit(served: Served, asked: GitRequest, url: URL): Promise<void> {
  const { machine, request, response } = served
  try {
    const actor = authenticate(machine, request.headers.authorization)
    const repository = allowed(machine, actor, asked)
    const run = (): Promise<void> => backend(served, { asked, url, actor, repository })
    await (asked.rest === '/git-receive-pack' ? locked(machine, repository.id, () => pushed(machine, repository, actor.login, run)) : run())
    await settled(machine)
    // Only now has the client's push returned: what follows from it can be seen at once.
    response.end()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    response.writeHead(error.status, { 'content-type': 'text/plain', ...error.headers })
    response.end(`${error.message}\n`)
  }
}

function allowed(machine: Machine, actor: Actor, { owner, name, service }: GitRequest): RepositoryRecord {
  const repository = machine.world.repositories.find((candidate) => sameName(candidate.owner, owner) && [candidate.name, ...candidate.former_names].some((known) => sameName(known, name)))
  const writes = service === 'receive-pack'
  if (actor.kind === 'anonymous' && (writes || repository === undefined || repository.private)) {
    throw new Refusal(401, 'Authentication required', { headers: { 'www-authenticate': 'Basic realm="GitHub"' } })
  }
  if (repository === undefined || !mayRead(actor, repository)) throw new Refusal(404, 'Repository not found.')
  if (writes && repository.archived) throw new Refusal(403, 'This repository was archived so it is read-only.')
  if (writes && !mayWrite(actor, repository)) throw new Refusal(403, 'Write access to repository not granted.')
  return repository
}

function mayRead(actor: Actor, repository: RepositoryRecord): boolean {
  if (!repository.private) return true
  if (actor.kind === 'person') return roleOf(repository, actor.login) !== 'none'
  return actor.kind === 'installation' && reaches(actor, repository) && holds(actor, 'contents:read')
}

function mayWrite(actor: Actor, repository: RepositoryRecord): boolean {
  if (actor.kind === 'person') return atLeast(roleOf(repository, actor.login), 'write')
  return actor.kind === 'installation' && reaches(actor, repository) && holds(actor, 'contents:write')
}

async function pushed(machine: Machine, repository: RepositoryRecord, sender: string, run: () => Promise<void>): Promise<void> {
  const dir = repositoryDir(machine.data_dir, repository.id)
  const before = await readRefs(dir)
  await run()
  const changes = changesBetween(before, await readRefs(dir))
  if (changes.length > 0) await refsChanged({ machine, repository, sender }, changes)
}

interface Session {
  asked: GitRequest
  url: URL
  actor: Actor
  repository: RepositoryRecord
}

function backend({ machine, request, response, refuse }: Served, { asked, url, actor, repository }: Session): Promise<void> {
  const child = spawnBackend(machine.data_dir, {
    PATH_INFO: `/${repository.id}.git${asked.rest}`,
    QUERY_STRING: url.search.slice(1),
    REQUEST_METHOD: request.method ?? 'GET',
    REMOTE_USER: actor.login,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: header(request, 'git-protocol'),
    ...(request.headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: request.headers['content-length'] }),
    ...pushRules(actor, repository, refuse),
  })
  return new Promise((resolve, reject) => {
    const { stdin, stdout } = child
    if (stdin === null || stdout === null) return reject(new Error('git http-backend has no pipes'))
    // A client that goes away ends the push; the refs tell what became of it.
    stdin.on('error', () => undefined)
    request.pipe(stdin)
    request.on('aborted', () => child.kill())
    let head: Buffer | null = Buffer.alloc(0)
    stdout.on('data', (chunk: Buffer) => {
      if (head === null) return void response.write(chunk)
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end === -1) return
      startAnswer(response, head.subarray(0, end).toString('utf8'))
      response.write(head.subarray(end + 4))
      head = null
    })
    child.on('error', reject)
    child.on('close', () => {
      if (head !== null) response.writeHead(500)
      resolve()
    })
  })
}

function header(request: IncomingMessage, name: string): string {
  const value = request.headers[name]
  return typeof value === 'string' ? value : ''
}

function pushRules(actor: Actor, repository: RepositoryRecord, refuse: string | null): Record<string, string> {
  const guarded = repository.protected_branches.filter((branch) => !branch.allow_pushes).map((branch) => `refs/heads/${branch.name}`)
  const mayEditWorkflows = actor.kind !== 'installation' || holds(actor, 'workflows:write')
  return {
    EMULATOR_PROTECTED: guarded.join(' '),
    ...(mayEditWorkflows ? {} : { EMULATOR_NO_WORKFLOWS: '1' }),
    ...(refuse === null ? {} : { EMULATOR_REFUSE_PUSH: refuse }),
  }
}

/** The backend speaks CGI: headers, among them `Status`. */
function startAnswer(response: ServerResponse, head: string): void {
  let status = 200
  for (const line of head.split('\r\n')) {
    const at = line.indexOf(':')
    const [name, value] = [line.slice(0, at), line.slice(at + 1).trim()]
    if (sameName(name, 'status')) status = Number.parseInt(value, 10)
    else response.setHeader(name, value)
  }
  response.writeHead(status)
}
