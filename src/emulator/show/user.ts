import { timestamp } from '../machine.ts'
import type { Machine } from '../machine.ts'
import { sameName } from '../world.ts'
import type { AppRecord, UserRecord } from '../world.ts'

export function nodeId(kind: string, id: number): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`
}

export function api(machine: Machine): string {
  return `${machine.url}/api/v3`
}

/** A user by login; somebody unknown appears as GitHub's ghost. */
export function showUser(machine: Machine, login: string) {
  const user = findUser(machine, login) ?? { id: 10137, login: 'ghost', type: 'User' as const, created_at: '' }
  const name = encodeURIComponent(user.login)
  const url = `${api(machine)}/users/${name}`
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('U', user.id),
    avatar_url: `${machine.url}/_emulator/avatars/${user.id}`,
    gravatar_id: '',
    url,
    html_url: user.type === 'Bot' ? `${machine.url}/apps/${name.replace('%5Bbot%5D', '')}` : `${machine.url}/${name}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  }
}

export function showUserOrNull(machine: Machine, login: string | null) {
  return login === null ? null : showUser(machine, login)
}

export function findUser(machine: Machine, login: string): UserRecord | undefined {
  return machine.world.users.find((user) => sameName(user.login, login))
}

export function showProfile(machine: Machine, user: UserRecord) {
  return {
    ...showUser(machine, user.login),
    name: user.login,
    company: null,
    blog: '',
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: machine.world.repositories.filter((repository) => sameName(repository.owner, user.login) && !repository.private).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: user.created_at,
    updated_at: user.created_at,
  }
}

export function showApp(machine: Machine, app: AppRecord) {
  return {
    id: app.id,
    client_id: app.client_id,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    owner: showUser(machine, app.bot),
    name: app.slug,
    description: '',
    external_url: machine.url,
    html_url: `${machine.url}/apps/${app.slug}`,
    created_at: app.created_at,
    updated_at: app.created_at,
    permissions: app.permissions,
    events: app.events,
  }
}

export function showAppById(machine: Machine, id: number | null) {
  const app = machine.world.apps.find((candidate) => candidate.id === id)
  return app === undefined ? null : showApp(machine, app)
}

export function epochSeconds(time: string): number {
  return Math.floor(Date.parse(time) / 1000)
}

export function noreply(machine: Machine, login: string, at: string = timestamp(machine)) {
  const id = findUser(machine, login)?.id ?? 0
  return { name: login, email: `${id}+${login}@users.noreply.github.com`, date: at }
}
