import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import type { Server } from 'node:http'
import { addApp, addUser, newKey, publicKey } from './accounts.ts'
import { createApi } from './api.ts'
import { attach } from './attachments.ts'
import { mintToken } from './auth.ts'
import { createControl } from './control.ts'
import type { Observed } from './exchange.ts'
import { createFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { readRefs } from './git/refs.ts'
import { repositoryDir } from './git/repository.ts'
import { createHuman, repositoryNamed } from './human.ts'
import type { Human } from './human.ts'
import { install, selectRepositories, setSuspended, uninstall } from './installations.ts'
import { deleteIssue, transferIssue } from './issue-moves.ts'
import { keeper, readKept, rollBack } from './keep.ts'
import { locked, settled } from './machine.ts'
import type { Machine } from './machine.ts'
import { createPages } from './pages/pages.ts'
import { addRepository, renameRepository } from './repositories.ts'
import type { NewRepository } from './repositories.ts'
import { allRoutes } from './routes/all.ts'
import { createHttpServer } from './server.ts'
import type { WebhookFaults } from './webhook-faults.ts'
import { createWebhooks } from './webhooks.ts'
import type { Delivery, Target } from './webhooks.ts'
import { sameName } from './world.ts'
import type { AppRecord, InstallationRecord, IssueRecord, Permissions, RepositoryRecord, Role, UserRecord, World } from './world.ts'

export interface EmulatorOptions {
  /** 0 or nothing: any free one, the same as before where state is kept and nobody else has it. */
  port?: number
  /** Where the bare repositories live. */
  data_dir: string
  /** What happens is on the disk before anybody hears of it, and the next emulator with this folder goes on from there. One at a time. */
  keep?: boolean
  webhook: Target | null
  app: {
    id: number
    slug: string
    private_key_pem?: string
    permissions?: Permissions
    /** Default: everything. */
    events?: string[]
  }
  /** Sees every call and every webhook. */
  observe?: (observed: Observed) => void
  /** Milliseconds since the epoch. */
  clock?: () => number
}

export interface Emulator extends AsyncDisposable {
  /** Origin, without a slash at the end: pages, git, REST; REST also below `/api/v3`. */
  url: string
  app: { id: number; slug: string; client_id: string; private_key: string }
  /** It goes on where an earlier one ended. */
  resumed: boolean
  addUser(login: string, options?: { type?: UserRecord['type'] }): UserRecord
  /** `from` is a folder or a git repository (its HEAD becomes `main`); without it there is a README. The app is installed there. */
  addRepository(repository: NewRepository): Promise<RepositoryRecord>
  addCollaborator(repo: string, login: string, role: Role): void
  /** Merge settings, archived, default branch and the like. */
  setRepository(repo: string, settings: Partial<RepositoryRecord>): void
  protect(repo: string, branch: string, rule?: { required_checks?: string[]; allow_pushes?: boolean }): void
  /** The old name leads to the new one. */
  renameRepository(repo: string, name: string): void
  /** What people do on the site only: a file for a text, given by its address; the end of an issue, and its move. `by` is the repository's owner unless given. */
  attach(repo: string, login: string, file: { name: string; bytes: Uint8Array }): Promise<string>
  deleteIssue(repo: string, number: number, by?: string): void
  transferIssue(repo: string, number: number, to: string, by?: string): IssueRecord
  /** The bare repository, for a fetch by path. */
  repositoryDir(id: number): string
  setWebhook(target: Target | null): void
  /** Suspends (or lifts it), removes, or narrows the app's installation at an account. */
  suspend(account: string, suspended: boolean): void
  uninstall(account: string): void
  selectRepositories(account: string, repos: string[] | null): void
  setPermissions(account: string, permissions: Permissions): void
  as(login: string): Human
  /** Another app, as GitHub Actions is, for the repository's own checks. */
  ci(owner: string): Human
  faults: Faults
  webhook_faults: WebhookFaults
  /** HTTP requests so far by operation. */
  calls(): Record<string, number>
  deliveries(): readonly Delivery[]
  /** When no webhook is under way. */
  idle(): Promise<void>
  /** Everything that can be seen from outside, without tokens, with the refs of each repository. */
  dump(): Promise<Dump>
  /** Keeps what was set up by the methods above. Everything else is kept by itself, as is a repository that is added. */
  save(): Promise<void>
}

export interface Dump {
  users: UserRecord[]
  installations: InstallationRecord[]
  repositories: (RepositoryRecord & { refs: Record<string, string> })[]
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const clock = options.clock ?? Date.now
  const observe = options.observe ?? (() => undefined)
  await mkdir(options.data_dir, { recursive: true })
  const faults = createFaults()
  const kept = options.keep ? await readKept(options.data_dir) : null
  if (kept) await rollBack(options.data_dir, kept)
  const told = (event: string, payload: Record<string, unknown>): void => observe({ kind: 'webhook', event, payload })
  const webhooks = createWebhooks({ target: options.webhook, clock, observe: told, settled: () => settled(machine), kept })
  const world: World = { next_id: 1001, apps: [], users: [], installations: [], tokens: [], repositories: [], attachments: [], ...kept?.world }
  const machine: Machine = { world, url: '', data_dir: options.data_dir, secret: randomUUID(), app_id: options.app.id, webhooks, faults, clock, locks: new Map(), keep: null }
  const private_key = kept?.private_key ?? options.app.private_key_pem ?? newKey()
  const known = (id: number): AppRecord | undefined => world.apps.find((candidate) => candidate.id === id)
  const app = known(options.app.id) ?? addApp(machine, { ...options.app, public_key: publicKey(private_key) })
  const actions = known(actions_id) ?? addApp(machine, { id: actions_id, slug: 'github-actions', public_key: publicKey(newKey()) })

  const api = createApi({ machine, routes: allRoutes, observe })
  const control = createControl(() => emulator)
  const server = createHttpServer({ machine, api, control, pages: createPages(machine, api) })
  const port = await listening(server, options.port ?? kept?.port ?? 0).catch((error: unknown) => {
    if (!kept || options.port) throw error
    return listening(server, 0)
  })
  machine.url = `http://127.0.0.1:${port}`
  if (options.keep) machine.keep = keeper(machine, { private_key, port })

  const installationAt = (account: string): InstallationRecord => {
    const found = machine.world.installations.find((candidate) => candidate.app_id === app.id && sameName(candidate.account, account))
    if (found === undefined) throw new Error(`the app is not installed at ${account}`)
    return found
  }

  const emulator: Emulator = {
    url: machine.url,
    app: { id: app.id, slug: app.slug, client_id: app.client_id, private_key },
    resumed: kept !== null,
    faults,
    webhook_faults: webhooks.faults,
    calls: () => faults.calls(),
    deliveries: () => webhooks.deliveries(),
    idle: () => webhooks.idle(),
    repositoryDir: (id) => repositoryDir(machine.data_dir, id),
    setWebhook: (target) => webhooks.setTarget(target),
    addUser: (login, { type = 'User' } = {}) => addUser(machine, login, type),
    async addRepository(asked) {
      return locked(machine, 0, async () => {
        addUser(machine, asked.owner, 'User')
        const repository = await addRepository(machine, asked)
        install(machine, app, asked.owner)
        return repository
      })
    },
    addCollaborator(repo, login, role) {
      addUser(machine, login, 'User')
      const repository = repositoryNamed(machine, repo)
      repository.collaborators = [...repository.collaborators.filter((other) => !sameName(other.login, login)), { login, role }]
    },
    setRepository: (repo, settings) => void Object.assign(repositoryNamed(machine, repo), settings),
    protect(repo, branch, rule = {}) {
      const repository = repositoryNamed(machine, repo)
      const others = repository.protected_branches.filter((other) => other.name !== branch)
      repository.protected_branches = [...others, { name: branch, required_checks: rule.required_checks ?? [], allow_pushes: rule.allow_pushes ?? false }]
    },
    renameRepository: (repo, name) => renameRepository(repositoryNamed(machine, repo), name),
    attach: (repo, login, file) => attach(machine, { repository: repositoryNamed(machine, repo), login, ...file }),
    deleteIssue(repo, number, by) {
      const repository = repositoryNamed(machine, repo)
      deleteIssue(machine, { repository, number, sender: by ?? repository.owner })
    },
    transferIssue(repo, number, to, by) {
      const repository = repositoryNamed(machine, repo)
      return transferIssue(machine, { repository, number, sender: by ?? repository.owner }, repositoryNamed(machine, to))
    },
    suspend: (account, suspended) => setSuspended(machine, installationAt(account), suspended ? account : null),
    uninstall: (account) => uninstall(machine, installationAt(account)),
    selectRepositories(account, repos) {
      selectRepositories(machine, installationAt(account), repos?.map((repo) => repositoryNamed(machine, repo).id) ?? null)
    },
    setPermissions: (account, permissions) => void (installationAt(account).permissions = permissions),
    as: (login) => createHuman(api, machine, login, `user-${login}`),
    ci(owner) {
      const installation = install(machine, actions, owner)
      const token = mintToken(machine, installation, installation.permissions, null)
      return createHuman(api, machine, actions.bot, token.token)
    },
    async dump() {
      const { users, installations, repositories } = copy(machine.world)
      const withRefs = repositories.map(async (repository) => {
        const refs = await readRefs(repositoryDir(machine.data_dir, repository.id))
        return { ...repository, refs: Object.fromEntries(refs) }
      })
      return { users, installations, repositories: await Promise.all(withRefs) }
    },
    save: () => locked(machine, 0, async () => undefined),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await webhooks[Symbol.asyncDispose]()
      await Promise.all(machine.locks.values())
    },
  }
  return emulator
}

const actions_id = 15_368

async function listening(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return address !== null && typeof address === 'object' ? address.port : 0
}

function copy(world: World): World {
  return JSON.parse(JSON.stringify(world)) as World
}
