import { generateKeyPairSync } from 'node:crypto'
import { Octokit } from '@octokit/rest'
import { expect, test } from 'vitest'
import { jwt, openWorld, refusal } from './world.ts'
import type { TestWorld } from './world.ts'

async function asked(world: TestWorld, path: string, authorization?: string): Promise<{ status: number; message: string }> {
  const response = await fetch(world.emulator.url + path, authorization === undefined ? {} : { headers: { authorization } })
  const body = (await response.json()) as { message?: string }
  return { status: response.status, message: body.message ?? '' }
}

function octokit(world: TestWorld, auth: string): Octokit {
  return new Octokit({ auth, baseUrl: `${world.emulator.url}/api/v3`, log: { debug() {}, info() {}, warn() {}, error() {} } })
}

test('an app is known by a token it signed, within ten minutes', async () => {
  await using world = await openWorld()
  const key = world.emulator.app.private_key
  const now = Math.floor(Date.now() / 1000)
  const tokens = {
    good: jwt({ iss: 7, iat: now - 60, exp: now + 500 }, key),
    by_client_id: jwt({ iss: world.emulator.app.client_id, iat: now - 60, exp: now + 500 }, key),
    expired: jwt({ iss: 7, iat: now - 700, exp: now - 100 }, key),
    too_long: jwt({ iss: 7, iat: now, exp: now + 3600 }, key),
    from_the_future: jwt({ iss: 7, iat: now + 120, exp: now + 500 }, key),
    of_nobody: jwt({ iss: 99, iat: now - 60, exp: now + 500 }, key),
    forged: jwt({ iss: 7, iat: now - 60, exp: now + 500 }, newKey()),
  }
  const answers: Record<string, number> = {}
  for (const [name, token] of Object.entries(tokens)) answers[name] = (await asked(world, '/app', `Bearer ${token}`)).status
  expect(answers).toEqual({ good: 200, by_client_id: 200, expired: 401, too_long: 401, from_the_future: 401, of_nobody: 404, forged: 401 })
})

function newKey(): string {
  return generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey
}

test('an installation token is long, lasts an hour and may do what it was made for', async () => {
  let now = Date.now()
  await using world = await openWorld({ clock: () => now })
  const token = await world.token({ repositories: ['shop'], permissions: { issues: 'write' } })
  expect(token).toMatch(/^ghs_7_.{480,540}$/)
  const narrow = octokit(world, token)
  expect((await narrow.rest.issues.create({ ...world.repo, title: 'may' })).status).toBe(201)
  const sha = '0'.repeat(40)
  expect(await refusal(narrow.rest.git.createRef({ ...world.repo, ref: 'refs/heads/x', sha }))).toEqual({
    status: 403,
    message: expect.stringContaining('Resource not accessible by integration'),
  })
  now += 3_600_001
  expect((await refusal(narrow.rest.issues.get({ ...world.repo, issue_number: 1 }))).status).toBe(401)
})

test('nobody gets more than the installation has', async () => {
  await using world = await openWorld({ app: { id: 7, slug: 'missions', permissions: { issues: 'write', contents: 'read' } } })
  await world.emulator.addRepository({ owner: 'otto', name: 'else' })
  expect((await refusal(world.token({ permissions: { contents: 'write' } }))).status).toBe(422)
  expect((await refusal(world.token({ permissions: { administration: 'read' } }))).status).toBe(422)
  expect((await refusal(world.token({ repositories: ['else'] }))).status).toBe(422)
})

test('what a token may not see is not there', async () => {
  await using world = await openWorld()
  await world.emulator.addRepository({ owner: 'mara', name: 'secret', private: true })
  const elsewhere = octokit(world, await world.token({ repositories: ['shop'] }))
  const hidden = { owner: 'mara', repo: 'secret' }
  expect((await refusal(elsewhere.rest.repos.get(hidden))).status).toBe(404)
  expect((await refusal(octokit(world, 'user-otto').rest.repos.get(hidden))).status).toBe(404)
  expect(await asked(world, '/repos/mara/secret')).toEqual({ status: 404, message: 'Not Found' })
  expect((await octokit(world, 'user-mara').rest.repos.get(hidden)).status).toBe(200)
  const { data } = await elsewhere.rest.apps.listReposAccessibleToInstallation()
  expect(data.repositories.map((repository) => repository.name)).toEqual(['shop'])
})

test('a suspended installation is shut out and hears only of its return', async () => {
  await using world = await openWorld()
  const before = await world.token()
  world.emulator.suspend('mara', true)
  expect(await asked(world, '/repos/mara/shop', `token ${before}`)).toEqual({ status: 403, message: 'This installation has been suspended' })
  expect((await refusal(world.token())).status).toBe(403)
  await world.emulator.as('mara').createIssue('mara/shop', { title: 'unheard' })
  world.emulator.suspend('mara', false)
  expect(await world.arrived()).toEqual(['installation.created', 'installation.suspend', 'installation.unsuspend'])
})

test('people have the rights of their role', async () => {
  await using world = await openWorld()
  const { emulator } = world
  const otto = emulator.as('otto')
  const mine = await otto.createIssue('mara/shop', { title: 'may open', labels: ['bug'] })
  expect(mine.labels).toEqual([])
  await expect(otto.label('mara/shop', mine.number, 'bug')).rejects.toThrow('403')
  expect(await emulator.as('tess').label('mara/shop', mine.number, 'bug')).toMatchObject([{ name: 'bug' }])
  await expect(emulator.as('tess').commitFile('mara/shop', 'main', 'a', 'b')).rejects.toThrow('403')
  const roles: Record<string, unknown> = {}
  for (const username of ['mara', 'wren', 'tess', 'otto']) {
    const { data } = await world.app.rest.repos.getCollaboratorPermissionLevel({ ...world.repo, username })
    roles[username] = [data.permission, data.role_name]
  }
  expect(roles).toEqual({ mara: ['admin', 'admin'], wren: ['write', 'write'], tess: ['read', 'triage'], otto: ['read', 'read'] })
})

test('bad credentials and unknown addresses are refused in GitHub’s words', async () => {
  await using world = await openWorld()
  expect(await asked(world, '/repos/mara/shop', 'token ghp_nonsense')).toEqual({ status: 401, message: 'Bad credentials' })
  const response = await fetch(`${world.emulator.url}/repos/mara/shop/stargazing`)
  expect(await response.json()).toEqual({ message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' })
})
