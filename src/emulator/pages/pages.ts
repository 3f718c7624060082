import type { Api, ApiRequest } from '../api.ts'
import { repositoryDir } from '../git/repository.ts'
import { serveAttachment } from '../attachments.ts'
import type { Machine } from '../machine.ts'
import { notFound, Refusal } from '../refusal.ts'
import { findUser } from '../show/user.ts'
import { sameName } from '../world.ts'
import { perform } from './acts.ts'
import { branchesPage, blobPage, rawFile, treePage } from './code-pages.ts'
import { commitPage, commitsPage, comparePage } from './commit-pages.ts'
import { postedBy } from './form.ts'
import { html } from './html.ts'
import { issuePage } from './issue-page.ts'
import { layout } from './layout.ts'
import { homePage, issuesPage, newIssuePage, pullsPage } from './list-pages.ts'
import { checkRun, pullPage } from './pull-page.ts'
import type { RepositoryScene, Scene } from './scene.ts'

export interface PageReply {
  status: number
  headers: Record<string, string>
  body: string | Uint8Array
}

export interface Pages {
  /** `null` when no page lives at the address. */
  handle(request: ApiRequest): Promise<PageReply | null>
}

type Draw = (scene: RepositoryScene) => Promise<string> | string

/** Below `/owner/name`; what a group catches goes into `scene.parts`. */
const drawn: [pattern: RegExp, draw: Draw][] = [
  [/^$/, treePage],
  [/^\/issues$/, issuesPage],
  [/^\/issues\/new$/, newIssuePage],
  [/^\/issues\/(\d+)$/, issuePage],
  [/^\/pulls$/, pullsPage],
  [/^\/pull\/(\d+)$/, (scene) => pullPage(scene, 'conversation')],
  [/^\/pull\/(\d+)\/commits$/, (scene) => pullPage(scene, 'commits')],
  [/^\/pull\/(\d+)\/(?:files|changes)$/, (scene) => pullPage(scene, 'files')],
  [/^\/commit\/([0-9a-f]+)$/, commitPage],
  [/^\/commits\/?(.*)$/, commitsPage],
  [/^\/compare\/(.+)$/, comparePage],
  [/^\/branches$/, branchesPage],
  [/^\/tree\/(.+)$/, treePage],
  [/^\/blob\/(.+)$/, blobPage],
  [/^\/runs\/(\d+)$/, runPage],
]

/** The same state as the API's, for people. Everything is open to whoever reaches this machine's loopback. */
export function createPages(machine: Machine, api: Api): Pages {
  return {
    async handle(request) {
      const file = await serveAttachment(machine, request.url, viewerOf(machine, request))
      if (file !== null) return file
      const scene = sceneOf(machine, api, request)
      if (scene === null) return null
      try {
        return await reply(scene, request)
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        return page(
          layout(
            scene,
            'Not found',
            null,
            html`<h1>Nothing here</h1>
              <p class="quiet">${error.message}</p>`,
          ),
          error.status,
        )
      }
    },
  }
}

function sceneOf(machine: Machine, api: Api, request: ApiRequest): (Scene & { rest: string }) | null {
  const { url } = request
  const [, owner, name, rest = ''] = /^\/([^/]+)(?:\/([^/]+)(\/.*)?)?$/.exec(decoded(url.pathname).replace(/(?<=.)\/$/, '')) ?? []
  const found = machine.world.repositories.find((candidate) => sameName(candidate.owner, owner ?? '') && sameName(candidate.name, name ?? ''))
  const known = owner === undefined || found !== undefined || (name === undefined && findUser(machine, owner) !== undefined)
  if (!known) return null
  const dir = found === undefined ? '' : repositoryDir(machine.data_dir, found.id)
  const people = machine.world.users.filter((user) => user.type === 'User')
  const viewer = viewerOf(machine, request) || (people[0]?.login ?? '')
  return { machine, api, repository: found ?? null, dir, viewer, url, parts: owner === undefined ? [] : [owner], rest }
}

/** Whom the cookie names; empty for nobody. */
function viewerOf(machine: Machine, { headers }: ApiRequest): string {
  return findUser(machine, /(?:^|; )as=([^;]+)/.exec(headers.cookie ?? '')?.[1] ?? '')?.login ?? ''
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

async function reply(scene: Scene & { rest: string }, request: ApiRequest): Promise<PageReply> {
  const { repository, rest, url } = scene
  if (repository === null) return page(homePage(scene))
  const raw = /^\/(?:raw|blob)\/(.+)$/.exec(rest)
  if (raw !== null && (rest.startsWith('/raw/') || url.searchParams.has('raw'))) {
    const { content, type } = await rawFile({ ...scene, repository, parts: [raw[1] ?? ''] })
    return { status: 200, headers: { 'content-type': type, 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }, body: content }
  }
  for (const [pattern, draw] of drawn) {
    const match = pattern.exec(rest)
    if (match === null) continue
    const view = { ...scene, repository, parts: match.slice(1).filter((part) => part !== undefined) }
    return request.method === 'POST' ? submit(view, request) : page(await draw(view))
  }
  throw notFound()
}

/** Forms of other sites must not act here: a browser names the origin of a form. */
async function submit(scene: RepositoryScene, request: ApiRequest): Promise<PageReply> {
  const { origin } = request.headers
  if (origin !== undefined && origin !== `http://${request.headers.host ?? ''}`) throw new Refusal(403, 'This form comes from another site.')
  const posted = await postedBy(request)
  const { fields } = posted
  const location = await perform(scene, posted)
  return { status: 303, headers: { location, 'set-cookie': `as=${fields.get('as') ?? scene.viewer}; Path=/; SameSite=Strict` }, body: '' }
}

function page(body: string, status: number = 200): PageReply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; form-action 'self'" },
    body,
  }
}

function runPage(scene: RepositoryScene): string {
  const run = scene.repository.check_runs.find((candidate) => String(candidate.id) === scene.parts[0])
  if (run === undefined) throw notFound()
  return layout(
    scene,
    run.name,
    'code',
    html`<h1>${run.name}</h1>
      <p class="meta">at <a class="mono" href="/${scene.repository.owner}/${scene.repository.name}/commit/${run.head_sha}">${run.head_sha.slice(0, 7)}</a></p>
      <div class="box"><div>${checkRun(scene, run)}</div></div>`,
  )
}
