import { Octokit } from '@octokit/rest'
import nock from 'nock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { withRules } from '../../../src/adapters/github/call.ts'
import type { Names } from '../../../src/adapters/github/call.ts'
import { createPace } from '../../../src/adapters/github/pace.ts'
import { refusalOf } from '../../../src/adapters/github/trouble.ts'
import { ForgeAway, ForgeRefused } from '../../../src/ports/forge.ts'

const host = 'https://api.github.test'
const repository = { id: 81234, installation_id: 5, owner: 'acme', name: 'rooms' }
const repo = { owner: 'acme', repo: 'rooms' }
const issues = '/repos/acme/rooms/issues'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

interface World {
  octokit: Octokit
  names: Names
  /** A client of another installation, under the same pace. */
  other: Octokit
  pass: (ms: number) => void
}

function world(options: { spacing_ms?: number; timeout_ms?: number; signal?: AbortSignal } = {}): World {
  let now_ms = Date.parse('2026-03-01T10:00:00Z')
  const clock = { now: () => new Date(now_ms) }
  const pace = createPace({ clock, spacing_ms: options.spacing_ms ?? 0 })
  const names: Names = new Map()
  const client = (installation_id: number): Octokit =>
    withRules(new Octokit({ baseUrl: host, log: silent }), {
      repository: { ...repository, installation_id },
      pace,
      names,
      clock,
      timeout_ms: options.timeout_ms ?? 2_000,
      signal: options.signal ?? new AbortController().signal,
    })
  return { octokit: client(5), other: client(6), names, pass: (ms) => void (now_ms += ms) }
}

const create = (octokit: Octokit) => octokit.rest.issues.create({ ...repo, title: 'x' })
const failing = async (act: Promise<unknown>): Promise<unknown> =>
  act.then(
    () => null,
    (error: unknown) => error,
  )

describe('an unknown outcome', () => {
  test.each([500, 502, 503, 504])('%i is away, and nothing is tried again here', async (status) => {
    const scope = nock(host).post(issues).once().reply(status, { message: 'Server Error' })
    expect(await failing(create(world().octokit))).toBeInstanceOf(ForgeAway)
    expect(scope.isDone()).toBe(true)
  })
  test('a page instead of data, a cut, a silence: away', async () => {
    nock(host).post(issues).reply(200, '<!DOCTYPE html><p>Unicorn!</p>', { 'content-type': 'text/html' })
    expect(await failing(create(world().octokit))).toBeInstanceOf(ForgeAway)
    nock(host).post(issues).reply(403, '<html>proxy</html>', { 'content-type': 'text/html' })
    expect(await failing(create(world().octokit))).toBeInstanceOf(ForgeAway)
    nock(host)
      .post(issues)
      .replyWithError(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }))
    expect(await failing(create(world().octokit))).toBeInstanceOf(ForgeAway)
    nock(host).post(issues).delay(500).reply(201, {})
    expect(await failing(create(world({ timeout_ms: 50 }).octokit))).toBeInstanceOf(ForgeAway)
  })
  test('a stop from above is no trouble of GitHub’s', async () => {
    const stop = new AbortController()
    nock(host).post(issues).delay(500).reply(201, {})
    const act = failing(create(world({ signal: stop.signal }).octokit))
    stop.abort()
    expect(await act).toMatchObject({ name: 'AbortError' })
  })
})

describe('limits', () => {
  test('retry-after comes first; inside the window no call goes out, of this installation only', async () => {
    const { octokit, other, pass } = world()
    const reset = { 'retry-after': '30', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse('2026-03-01T11:00:00Z') / 1000) }
    nock(host).post(issues).once().reply(403, { message: 'You have exceeded a secondary rate limit.' }, reset)
    expect(await failing(create(octokit))).toMatchObject({ retry_after_ms: 30_000 })
    const read = nock(host).get(`${issues}/1`).twice().reply(200, { number: 1 })
    pass(10_000)
    expect(await failing(octokit.rest.issues.get({ ...repo, issue_number: 1 }))).toMatchObject({ retry_after_ms: 20_000 })
    expect((await other.rest.issues.get({ ...repo, issue_number: 1 })).data.number).toBe(1)
    pass(20_001)
    expect((await octokit.rest.issues.get({ ...repo, issue_number: 1 })).data.number).toBe(1)
    expect(read.isDone()).toBe(true)
  })
  test('a used-up primary limit waits for its reset', async () => {
    nock(host)
      .post(issues)
      .reply(403, { message: 'API rate limit exceeded' }, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(Date.parse('2026-03-01T10:05:00Z') / 1000) })
    expect(await failing(create(world().octokit))).toMatchObject({ retry_after_ms: 300_000 })
  })
  test('a secondary limit that names no time waits a minute', async () => {
    nock(host).post(issues).reply(403, { message: 'You have exceeded a secondary rate limit. Please wait.' })
    expect(await failing(create(world().octokit))).toMatchObject({ retry_after_ms: 60_000 })
    nock(host).post(issues).reply(429, { message: 'Too many requests' })
    expect(await failing(create(world().octokit))).toMatchObject({ retry_after_ms: 60_000 })
  })
})

describe('refusals', () => {
  const refusal = async (status: number, body: object, headers: Record<string, string> = {}) => {
    nock(host).post(issues).reply(status, body, headers)
    nock(host).get('/repositories/81234').reply(404, { message: 'Not Found' })
    return refusalOf(await failing(create(world().octokit)), 'publish the plan')
  }
  test('are sentences for a person', async () => {
    const sentences = [
      await refusal(403, { message: 'Resource not accessible by integration' }, { 'x-accepted-github-permissions': 'issues=write' }),
      await refusal(404, { message: 'Not Found' }),
      await refusal(410, { message: 'Issues are disabled for this repo' }),
      await refusal(422, {
        message: 'Validation Failed',
        errors: [{ resource: 'Issue', field: 'title', code: 'custom', message: 'title is too long' }],
        documentation_url: 'https://docs.github.com/x',
      }),
      await refusal(451, { message: 'Repository access blocked' }),
    ]
    for (const sentence of sentences) expect(sentence).toBeInstanceOf(ForgeRefused)
    expect(sentences.map((sentence) => (sentence instanceof Error ? sentence.message : ''))).toEqual([
      "GitHub refused to publish the plan: Resource not accessible by integration (it asks for issues=write). Check the app's permissions and the repository's settings.",
      'GitHub refused to publish the plan: it is not there any more, or the app may not see it. Check that the app is installed on the repository.',
      'GitHub refused to publish the plan: Issues are disabled for this repo. It was deleted, or issues are switched off in this repository.',
      'GitHub refused to publish the plan: Validation Failed: {"resource":"Issue","field":"title","code":"custom","message":"title is too long"} (422).',
      'GitHub refused to publish the plan: the repository is blocked for legal reasons.',
    ])
  })
})

describe('a repository that moved', () => {
  test('is followed by its id, and its new name is kept', async () => {
    const { octokit, names } = world()
    nock(host)
      .post(issues)
      .reply(301, { message: 'Moved Permanently' }, { location: `${host}/repositories/81234/issues` })
    nock(host)
      .get('/repositories/81234')
      .reply(200, { name: 'halls', owner: { login: 'acme2' } })
    const there = nock(host).post('/repos/acme2/halls/issues').twice().reply(201, { number: 9 })
    expect((await create(octokit)).data.number).toBe(9)
    expect(names.get(81234)).toEqual({ owner: 'acme2', repo: 'halls' })
    expect((await create(octokit)).data.number).toBe(9)
    expect(there.isDone()).toBe(true)
  })
  test('is followed in listings too, whose pages are addresses', async () => {
    const { octokit } = world()
    nock(host)
      .get(`${issues}?per_page=100`)
      .reply(301, { message: 'Moved Permanently' }, { location: `${host}/repositories/81234/issues` })
    nock(host)
      .get('/repositories/81234')
      .reply(200, { name: 'halls', owner: { login: 'acme2' } })
    nock(host)
      .get('/repos/acme2/halls/issues?per_page=100')
      .twice()
      .reply(200, [{ number: 9 }])
    for (let i = 0; i < 2; i++) expect(await octokit.paginate(octokit.rest.issues.listForRepo, { ...repo, per_page: 100 })).toEqual([{ number: 9 }])
  })
  test('is looked for where its name leads nowhere', async () => {
    const { octokit } = world()
    nock(host).get(`${issues}/1`).reply(404, { message: 'Not Found' })
    nock(host)
      .get('/repositories/81234')
      .reply(200, { name: 'halls', owner: { login: 'acme' } })
    nock(host).get('/repos/acme/halls/issues/1').reply(200, { number: 1 })
    expect((await octokit.rest.issues.get({ ...repo, issue_number: 1 })).data.number).toBe(1)
  })
  test('is not followed where only the issue went elsewhere: a person must say', async () => {
    const { octokit } = world()
    nock(host)
      .get(`${issues}/1`)
      .twice()
      .reply(301, { message: 'Moved Permanently' }, { location: `${host}/repositories/9/issues/3` })
    nock(host)
      .get('/repositories/81234')
      .reply(200, { name: 'rooms', owner: { login: 'acme' } })
    expect(await failing(octokit.rest.issues.get({ ...repo, issue_number: 1 }))).toBeInstanceOf(ForgeRefused)
  })
  test('a thing that is gone stays gone: the name is right', async () => {
    const { octokit } = world()
    nock(host).get(`${issues}/1`).reply(404, { message: 'Not Found' })
    nock(host)
      .get('/repositories/81234')
      .reply(200, { name: 'rooms', owner: { login: 'acme' } })
    expect(await failing(octokit.rest.issues.get({ ...repo, issue_number: 1 }))).toMatchObject({ status: 404 })
  })
})

test('changes of one installation keep their distance; reads and others do not wait', async () => {
  const began = performance.now()
  const pace = createPace({ clock: { now: () => new Date() }, spacing_ms: 60 })
  const signal = new AbortController().signal
  const times: number[] = []
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      await pace.turn(5, 'mutation', signal)
      times.push(performance.now() - began)
    }),
  )
  for (const [i, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(i * 60 - 5)
  const order: string[] = []
  await Promise.all([
    pace.turn(5, 'mutation', signal).then(() => order.push('next change')),
    pace.turn(6, 'mutation', signal).then(() => order.push('change elsewhere')),
    pace.turn(5, 'read', signal).then(() => order.push('read')),
  ])
  expect(order).toEqual(['change elsewhere', 'read', 'next change'])
})
