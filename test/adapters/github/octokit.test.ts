import { generateKeyPairSync } from 'node:crypto'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClients, forgePermissions } from '../../../src/adapters/github/octokit.ts'
import { ForgeAway, ForgeRefused } from '../../../src/ports/forge.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const host = 'https://github.test'
const repository = { id: 81234, installation_id: 5, owner: 'acme', name: 'rooms' }
const noon = Date.parse('2026-03-01T12:00:00Z')
const minting = '/api/v3/app/installations/5/access_tokens'

function world(api_url = `${host}/api/v3`) {
  let now_ms = noon
  const clients = createClients({ app_id: 77, private_key: privateKey, api_url, clock: { now: () => new Date(now_ms) } })
  return { clients, pass: (ms: number) => void (now_ms += ms) }
}

const minted = (token: string) => ({ token, expires_at: '2026-03-01T13:00:00Z' })
const branch = { owner: 'acme', repo: 'rooms', branch: 'main' }
const failing = async (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => null,
    (error: unknown) => error,
  )

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

describe('a token', () => {
  test('is for one repository, with no more than the forge needs, and used again', async () => {
    const mint = nock(host)
      .post(minting, { repository_ids: [81234], permissions: forgePermissions })
      .once()
      .reply(201, minted('ghs_one'))
    nock(host, { reqheaders: { authorization: 'token ghs_one' } })
      .get('/api/v3/repos/acme/rooms/branches/main')
      .twice()
      .reply(200, { name: 'main' })
    const { clients } = world()
    expect((await clients.octokitFor(repository).rest.repos.getBranch(branch)).data.name).toBe('main')
    expect((await clients.octokitFor(repository).rest.repos.getBranch(branch)).data.name).toBe('main')
    expect(mint.isDone()).toBe(true)
  })

  test('that GitHub has forgotten is minted once more, and only once', async () => {
    nock(host).post(minting).reply(201, minted('ghs_old'))
    nock(host).post(minting).reply(201, minted('ghs_new'))
    nock(host, { reqheaders: { authorization: 'token ghs_old' } })
      .get('/api/v3/repos/acme/rooms/branches/main')
      .reply(401, { message: 'Bad credentials' })
    nock(host, { reqheaders: { authorization: 'token ghs_new' } })
      .get('/api/v3/repos/acme/rooms/branches/main')
      .reply(200, { name: 'main' })
    nock(host, { reqheaders: { authorization: 'token ghs_new' } })
      .get('/api/v3/repos/acme/rooms/branches/dev')
      .twice()
      .reply(401, { message: 'Bad credentials' })
    nock(host).post(minting).reply(201, minted('ghs_new'))
    const octokit = world().clients.octokitFor(repository)
    expect((await octokit.rest.repos.getBranch(branch)).data.name).toBe('main')
    expect(await failing(octokit.rest.repos.getBranch({ ...branch, branch: 'dev' }))).toMatchObject({ status: 401 })
    expect(nock.isDone()).toBe(true)
  })

  test('is asked for with a clock that may be ten minutes off', async () => {
    const claims: { iat: number; exp: number }[] = []
    const claimed = (header: string) => JSON.parse(Buffer.from(header.split(' ')[1]?.split('.')[1] ?? '', 'base64url').toString())
    nock(host)
      .post(minting)
      .twice()
      .reply(function () {
        claims.push(claimed(String(Object(this.req.headers)['authorization'])))
        return claims.length === 1 ? [401, { message: "'Expiration time' claim ('exp') is too far in the future" }, { date: new Date(noon - 600_000).toUTCString() }] : [201, minted('ghs_one')]
      })
    nock(host).get('/api/v3/repos/acme/rooms/branches/main').reply(200, { name: 'main' })
    expect((await world().clients.octokitFor(repository).rest.repos.getBranch(branch)).status).toBe(200)
    // A minute back from the start; after the answer, on GitHub's own clock.
    expect(claims.map(({ iat }) => iat - noon / 1000)).toEqual([-60, -660])
    expect(claims.every(({ iat, exp }) => exp - iat === 600)).toBe(true)
  })

  test('that is not given says why to a person, or comes later', async () => {
    const refused = async (status: number, body: object) => {
      nock(host).post(minting).twice().reply(status, body)
      const error = await failing(world().clients.octokitFor(repository).rest.repos.getBranch(branch))
      nock.cleanAll()
      return error
    }
    expect(await refused(401, { message: 'A JSON web token could not be decoded' })).toBeInstanceOf(ForgeRefused)
    expect(await refused(403, { message: 'This installation has been suspended' })).toMatchObject({ message: expect.stringContaining('This installation has been suspended') })
    expect(await refused(404, { message: 'Not Found' })).toBeInstanceOf(ForgeRefused)
    expect(await refused(502, {})).toBeInstanceOf(ForgeAway)
  })
})

test('git gets a token of its own: less may be done with it, and it is new every few minutes', async () => {
  nock(host)
    .post(minting, { repository_ids: [81234], permissions: { contents: 'read', metadata: 'read' } })
    .reply(201, minted('ghs_read'))
  nock(host)
    .post(minting, { repository_ids: [81234], permissions: { contents: 'write', metadata: 'read' } })
    .reply(201, minted('ghs_write'))
  nock(host)
    .post(minting, { repository_ids: [81234], permissions: { contents: 'write', metadata: 'read' } })
    .reply(201, minted('ghs_later'))
  const { clients, pass } = world()
  const basic = (token: string) => ({ url: `${host}/acme/rooms.git`, authorization: `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}` })
  expect(await clients.gitCredential(repository, 'read')).toEqual(basic('ghs_read'))
  expect(await clients.gitCredential(repository, 'write')).toEqual(basic('ghs_write'))
  expect(await clients.gitCredential(repository, 'write')).toEqual(basic('ghs_write'))
  pass(6 * 60_000)
  expect(await clients.gitCredential(repository, 'write')).toEqual(basic('ghs_later'))
})

test('on GitHub itself git has a host of its own', async () => {
  nock('https://api.github.com').post('/app/installations/5/access_tokens').reply(201, minted('ghs_one'))
  expect((await world('https://api.github.com').clients.gitCredential(repository, 'read')).url).toBe('https://github.com/acme/rooms.git')
})

test('the app asks who it is', async () => {
  nock(host).get('/api/v3/app').reply(200, { id: 77, slug: 'missions-test', name: 'Missions' })
  expect(await world().clients.identity()).toEqual({ app_id: 77, slug: 'missions-test' })
})
