import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { createApi } from './api.ts'
import { mintToken } from './auth.ts'
import { createControl } from './control.ts'
import type { Observed } from './exchange.ts'
import { createFaults } from './faults.ts'
import type { Faults } from './faults.ts'
import { writeCommit } from './git/commits.ts'
import { readRefs, writeRef } from './git/refs.ts'
import { createBare, repositoryDir } from './git/repository.ts'
import { treeWith, writeBlob } from './git/trees.ts'
import { createHuman, repositoryNamed } from './human.ts'
import type { Human } from './human.ts'
import { install, selectRepositories, setSuspended, uninstall } from './installations.ts'
import { defaultLabels } from './label-record.ts'
import { nextId, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { createPages } from './pages/pages.ts'
import { allRoutes } from './routes/all.ts'
import { createHttpServer } from './server.ts'
import { noreply } from './show/user.ts'
import type { WebhookFaults } from './webhook-faults.ts'
import { createWebhooks } from './webhooks.ts'
import type { Delivery, Target } from './webhooks.ts'
import { sameName } from './world.ts'
import type { AppRecord, InstallationRecord, Permissions, RepositoryRecord, Role, UserRecord, World } from './world.ts'

export interface EmulatorOptions {
  /** 0 or nothing: any free one. */
  port?: number
  /** Where the bare repositories live. */
  data_dir: string
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
  addUser(login: string, options?: { type?: UserRecord['type'] }): UserRecord
  /** `from` is a folder or a git repository (its HEAD becomes `main`); without it there is a README. The app is installed there. */
  addRepository(repository: NewRepository): Promise<RepositoryRecord>
  addCollaborator(repo: string, login: string, role: Role): void
  /** Merge settings, archived, default branch and the like. */
  setRepository(repo: string, settings: Partial<RepositoryRecord>): void
  protect(repo: string, branch: string, rule?: { required_checks?: string[]; allow_pushes?: boolean }): void
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
  /** Writes the records to a file; the repositories stay where they are. */
  snapshot(file: string): Promise<void>
  restore(file: string): Promise<void>
}

export interface NewRepository {
  owner: string
  name: string
  from?: string | undefined
  /** Without a commit. */
  empty?: boolean | undefined
  private?: boolean | undefined
}

export interface Dump {
  users: UserRecord[]
  installations: InstallationRecord[]
  repositories: (RepositoryRecord & { refs: Record<string, string> })[]
}

const allPermissions: Permissions = {
  actions: 'read',
  checks: 'write',
  contents: 'write',
  issues: 'write',
  metadata: 'read',
  pull_requests: 'write',
  statuses: 'write',
}

const allEvents = [
  ...['check_run', 'check_suite', 'create', 'delete', 'issue_comment', 'issue_dependencies', 'issues', 'label', 'pull_request'],
  ...['pull_request_review', 'pull_request_review_comment', 'push', 'status', 'sub_issues'],
]

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const clock = options.clock ?? Date.now
  const observe = options.observe ?? (() => undefined)
  await mkdir(options.data_dir, { recursive: true })
  const faults = createFaults()
  const webhooks = createWebhooks({ target: options.webhook, clock, observe: (event, payload) => observe({ kind: 'webhook', event, payload }) })
  const world: World = { next_id: 1001, apps: [], users: [], installations: [], tokens: [], repositories: [] }
  const machine: Machine = { world, url: '', data_dir: options.data_dir, app_id: options.app.id, webhooks, faults, clock, locks: new Map() }
  const private_key = options.app.private_key_pem ?? newKey()
  const app = addApp(machine, { ...options.app, public_key: publicKey(private_key) })
  const actions = addApp(machine, { id: 15_368, slug: 'github-actions', public_key: publicKey(newKey()) })

  const api = createApi({ machine, routes: allRoutes, observe })
  const control = createControl(() => emulator)
  const server = createHttpServer({ machine, api, control, pages: createPages(machine, api) })
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  machine.url = `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`

  const installationAt = (account: string): InstallationRecord => {
    const found = machine.world.installations.find((candidate) => candidate.app_id === app.id && sameName(candidate.account, account))
    if (found === undefined) throw new Error(`the app is not installed at ${account}`)
    return found
  }

  const emulator: Emulator = {
    url: machine.url,
    app: { id: app.id, slug: app.slug, client_id: app.client_id, private_key },
    faults,
    webhook_faults: webhooks.faults,
    calls: faults.calls,
    deliveries: webhooks.deliveries,
    idle: webhooks.idle,
    setWebhook: webhooks.setTarget,
    addUser: (login, { type = 'User' } = {}) => addUser(machine, login, type),
    async addRepository(asked) {
      addUser(machine, asked.owner, 'User')
      const repository = await addRepository(machine, asked)
      install(machine, app, asked.owner)
      return repository
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
    snapshot: (file) => writeFile(file, JSON.stringify(machine.world)),
    async restore(file) {
      machine.world = JSON.parse(await readFile(file, 'utf8')) as World
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await webhooks[Symbol.asyncDispose]()
      await Promise.all(machine.locks.values())
    },
  }
  return emulator
}

function copy(world: World): World {
  return JSON.parse(JSON.stringify(world)) as World
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
  return privateKey
}

function publicKey(private_key: string): string {
  return createPublicKey(createPrivateKey(private_key)).export({ type: 'spki', format: 'pem' }).toString()
}

interface NewApp {
  id: number
  slug: string
  public_key: string
  permissions?: Permissions
  events?: string[]
}

function addApp(machine: Machine, asked: NewApp): AppRecord {
  const bot = `${asked.slug}[bot]`
  addUser(machine, bot, 'Bot')
  const app: AppRecord = {
    id: asked.id,
    slug: asked.slug,
    client_id: `Iv23li${String(asked.id).padStart(14, '0')}`,
    public_key: asked.public_key,
    bot,
    permissions: { metadata: 'read', ...(asked.permissions ?? allPermissions) },
    events: asked.events ?? allEvents,
    created_at: timestamp(machine),
  }
  machine.world.apps.push(app)
  return app
}

function addUser(machine: Machine, login: string, type: UserRecord['type']): UserRecord {
  const known = machine.world.users.find((user) => sameName(user.login, login))
  if (known !== undefined) return known
  const user = { id: nextId(machine), login, type, created_at: timestamp(machine) }
  machine.world.users.push(user)
  return user
}

async function addRepository(machine: Machine, asked: NewRepository): Promise<RepositoryRecord> {
  const id = nextId(machine)
  const dir = await createBare(machine.data_dir, id, asked.empty === true ? null : (asked.from ?? null))
  if (asked.empty !== true && asked.from === undefined) await firstCommit(machine, dir, asked)
  const at = timestamp(machine)
  const repository: RepositoryRecord = {
    id,
    owner: asked.owner,
    name: asked.name,
    private: asked.private ?? false,
    description: null,
    default_branch: 'main',
    archived: false,
    allow_merge_commit: true,
    allow_squash_merge: true,
    allow_rebase_merge: true,
    delete_branch_on_merge: false,
    collaborators: [],
    protected_branches: [],
    next_number: 1,
    labels: defaultLabels(machine),
    issues: [],
    comments: [],
    issue_events: [],
    reactions: [],
    reviews: [],
    review_comments: [],
    check_suites: [],
    check_runs: [],
    statuses: [],
    created_at: at,
    updated_at: at,
    pushed_at: at,
  }
  machine.world.repositories.push(repository)
  return repository
}

async function firstCommit(machine: Machine, dir: string, { owner, name }: NewRepository): Promise<void> {
  const tree = await treeWith(dir, null, [{ path: 'README.md', mode: '100644', sha: await writeBlob(dir, Buffer.from(`# ${name}\n`)) }])
  const author = noreply(machine, owner)
  await writeRef(dir, 'refs/heads/main', await writeCommit(dir, { tree, parents: [], message: 'Initial commit', author, committer: author }))
}
