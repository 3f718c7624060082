import type { Machine } from '../machine.ts'
import type { InstallationRecord } from '../world.ts'
import { api, findUser, showUser, showUserOrNull } from './user.ts'

export function showInstallation(machine: Machine, installation: InstallationRecord) {
  const app = machine.world.apps.find((candidate) => candidate.id === installation.app_id)
  const account = findUser(machine, installation.account)
  return {
    id: installation.id,
    client_id: app?.client_id ?? '',
    account: showUser(machine, installation.account),
    repository_selection: installation.repository_ids === null ? ('all' as const) : ('selected' as const),
    access_tokens_url: `${api(machine)}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${api(machine)}/installation/repositories`,
    html_url: `${machine.url}/settings/installations/${installation.id}`,
    app_id: installation.app_id,
    app_slug: app?.slug ?? '',
    target_id: account?.id ?? 0,
    target_type: account?.type ?? 'User',
    permissions: installation.permissions,
    events: app?.events ?? [],
    created_at: installation.created_at,
    updated_at: installation.updated_at,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: showUserOrNull(machine, installation.suspended_by),
    suspended_at: installation.suspended_at,
  }
}
