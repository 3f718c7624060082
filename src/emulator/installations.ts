import { covers, frozen } from './events.ts'
import { nextId, timestamp } from './machine.ts'
import type { Machine } from './machine.ts'
import { showInstallation } from './show/installation.ts'
import { nodeId, showUser } from './show/user.ts'
import { sameName } from './world.ts'
import type { AppRecord, InstallationRecord, RepositoryRecord } from './world.ts'

export function installationOf(machine: Machine, app_id: number, repository: RepositoryRecord): InstallationRecord | null {
  return machine.world.installations.find((candidate) => candidate.app_id === app_id && covers(candidate, repository)) ?? null
}

/** Installs an app on all repositories of an account, now and later. Tells the app when it is new there. */
export function install(machine: Machine, app: AppRecord, account: string): InstallationRecord {
  const known = machine.world.installations.find((candidate) => candidate.app_id === app.id && sameName(candidate.account, account))
  if (known !== undefined) return known
  const at = timestamp(machine)
  const installation: InstallationRecord = {
    id: nextId(machine),
    app_id: app.id,
    account,
    permissions: { ...app.permissions },
    repository_ids: null,
    suspended_at: null,
    suspended_by: null,
    created_at: at,
    updated_at: at,
  }
  machine.world.installations.push(installation)
  announceInstallation(machine, installation, 'created', account)
  return installation
}

export function uninstall(machine: Machine, installation: InstallationRecord): void {
  announceInstallation(machine, installation, 'deleted', installation.account)
  machine.world.installations = machine.world.installations.filter((candidate) => candidate !== installation)
  machine.world.tokens = machine.world.tokens.filter((token) => token.installation_id !== installation.id)
}

/** `by` suspends, `null` lifts it. */
export function setSuspended(machine: Machine, installation: InstallationRecord, by: string | null): void {
  installation.suspended_at = by === null ? null : timestamp(machine)
  installation.suspended_by = by
  announceInstallation(machine, installation, by === null ? 'unsuspend' : 'suspend', by ?? installation.account)
}

/** Picks repositories (`null` for all) and tells which came and went. */
export function selectRepositories(machine: Machine, installation: InstallationRecord, ids: number[] | null): void {
  const before = repositoriesOf(machine, installation)
  installation.repository_ids = ids
  const after = repositoriesOf(machine, installation)
  const repository_selection = ids === null ? 'all' : 'selected'
  const added = after.filter((repository) => !before.includes(repository)).map(brief)
  const removed = before.filter((repository) => !after.includes(repository)).map(brief)
  const common = { repository_selection, requester: null }
  if (added.length > 0) {
    announce(machine, installation, 'installation_repositories', { action: 'added', ...common, repositories_added: added, repositories_removed: [] })
  }
  if (removed.length > 0) {
    announce(machine, installation, 'installation_repositories', { action: 'removed', ...common, repositories_added: [], repositories_removed: removed })
  }
}

function repositoriesOf(machine: Machine, installation: InstallationRecord): RepositoryRecord[] {
  return machine.world.repositories.filter((repository) => covers(installation, repository))
}

function brief(repository: RepositoryRecord) {
  const { id, name, owner } = repository
  return { id, node_id: nodeId('R', id), name, full_name: `${owner}/${name}`, private: repository.private }
}

function announceInstallation(machine: Machine, installation: InstallationRecord, action: string, sender: string): void {
  const repositories = repositoriesOf(machine, installation).map(brief)
  announce(machine, installation, 'installation', { action, repositories, ...(action === 'created' ? { requester: null } : {}) }, sender)
}

/** An app hears of its own installations whatever it subscribed to. */
function announce(machine: Machine, installation: InstallationRecord, event: string, body: Record<string, unknown>, sender = installation.account): void {
  if (installation.app_id !== machine.app_id) return
  const payload = frozen({ ...body, installation: showInstallation(machine, installation), sender: showUser(machine, sender) })
  machine.webhooks.send({ event, app_id: installation.app_id, payload, installation_id: installation.id, repository_id: null })
}
