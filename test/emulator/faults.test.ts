import { Octokit } from '@octokit/rest'
import { expect, test } from 'vitest'
import type { Fault } from '../../src/emulator/faults.ts'
import { openWorld } from './world.ts'
import type { TestWorld } from './world.ts'

const create = 'POST /repos/{owner}/{repo}/issues'

/** Tries once to open an issue; how it went, and how many issues there are then. */
async function attempt(world: TestWorld, fault: Fault): Promise<{ status: number | string; issues: number; retry_after?: string | null }> {
  world.emulator.faults.add(fault)
  const answer = await fetch(`${world.emulator.url}/repos/mara/shop/issues`, {
    method: 'POST',
    headers: { authorization: 'token user-mara' },
    body: JSON.stringify({ title: 'x' }),
  }).catch(() => null)
  const issues = (await world.emulator.dump()).repositories[0]?.issues.length ?? 0
  const retry_after = answer?.headers.get('retry-after')
  return { status: answer?.status ?? 'cut', issues, ...(retry_after ? { retry_after } : {}) }
}

test('a server error comes before the act or after it', async () => {
  await using world = await openWorld()
  expect(await attempt(world, { do: 'error', match: create, status: 502, when: 'before', times: 1 })).toEqual({ status: 502, issues: 0 })
  expect(await attempt(world, { do: 'error', match: create, status: 502, when: 'after', times: 1 })).toEqual({ status: 502, issues: 1 })
  expect(await attempt(world, { do: 'reset', match: create, when: 'after', times: 1 })).toEqual({ status: 'cut', issues: 2 })
  expect(await attempt(world, { do: 'html', match: 'POST */issues', when: 'before', times: 1 })).toEqual({ status: 200, issues: 2 })
  expect(await attempt(world, { do: 'error', match: create, status: 500, when: 'before', times: 1, after: 1 })).toEqual({ status: 201, issues: 3 })
  expect(await attempt(world, { do: 'latency', match: '*', by_ms: 1, times: 1 })).toEqual({ status: 500, issues: 3 })
  expect(world.emulator.calls()).toMatchObject({ [create]: 6 })
})

test('limits: the secondary one with and without its time, the primary one until it is over', async () => {
  let now = Date.now()
  await using world = await openWorld({ clock: () => now })
  expect(await attempt(world, { do: 'secondary_limit', match: create, retry_after_s: 7, times: 1 })).toEqual({ status: 403, issues: 0, retry_after: '7' })
  expect(await attempt(world, { do: 'secondary_limit', match: create, times: 1 })).toEqual({ status: 403, issues: 0 })
  expect(await attempt(world, { do: 'primary_limit', match: create, reset_in_s: 60, times: 1 })).toEqual({ status: 403, issues: 0 })
  const limited = await fetch(`${world.emulator.url}/rate_limit`)
  expect(await limited.json()).toMatchObject({ rate: { remaining: 0, reset: Math.ceil((now + 60_000) / 1000) } })
  now += 61_000
  const octokit = new Octokit({ auth: 'user-mara', baseUrl: world.emulator.url })
  expect((await octokit.rest.issues.create({ ...world.repo, title: 'after' })).status).toBe(201)
})

test('people who act in the process itself meet no fault', async () => {
  await using world = await openWorld()
  world.emulator.faults.add({ do: 'error', match: '*', status: 500, when: 'before' })
  expect((await world.emulator.as('mara').createIssue('mara/shop', { title: 'x' })).number).toBe(1)
})

test('a push can be refused with GitHub’s reason', async () => {
  await using world = await openWorld()
  const clone = await world.clone(await world.token())
  await clone.commit({ 'a.txt': 'a' })
  world.emulator.faults.add({ do: 'refuse_push', match: 'GIT receive-pack', message: 'GH013: Repository rule violations found', times: 2 })
  await expect(clone.git('push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/GH013/)
  world.emulator.faults.clear()
  await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/x')
})

test('webhooks are lost, doubled, delayed and reordered', async () => {
  await using world = await openWorld()
  const { webhook_faults } = world.emulator
  const mara = world.emulator.as('mara')
  const issue = await mara.createIssue('mara/shop', { title: 'x' })
  await world.arrived()
  world.received.length = 0
  webhook_faults.add({ do: 'lose', match: 'issue_comment.created', times: 1 })
  await mara.comment('mara/shop', issue.number, 'lost')
  webhook_faults.add({ do: 'double', match: 'issue_comment', times: 1 })
  await mara.comment('mara/shop', issue.number, 'doubled')
  webhook_faults.add({ do: 'reorder', match: 'issue_comment.created', by_ms: 60_000, times: 1 })
  await mara.comment('mara/shop', issue.number, 'late')
  await mara.close('mara/shop', issue.number)
  await world.arrived()
  webhook_faults.add({ do: 'delay', match: 'issues.reopened', by_ms: 5, times: 1 })
  await mara.reopen('mara/shop', issue.number)
  await world.arrived()
  expect(world.received.map(({ name, payload }) => [name, payload['comment']?.body])).toEqual([
    ['issue_comment.created', 'doubled'],
    ['issue_comment.created', 'doubled'],
    ['issues.closed', undefined],
    ['issue_comment.created', 'late'],
    ['issues.reopened', undefined],
  ])
})

test('a failed delivery is in the log and can be sent again under its number', async () => {
  await using world = await openWorld()
  const target = world.emulator.deliveries()[0]?.request.headers
  expect(target).toMatchObject({ 'x-github-event': 'installation', 'x-github-hook-installation-target-type': 'integration' })
  await world.emulator.idle()
  world.received.length = 0
  const { data } = await world.appJwt.rest.apps.listWebhookDeliveries()
  const [delivery] = data
  await world.appJwt.rest.apps.redeliverWebhookDelivery({ delivery_id: delivery?.id ?? 0 })
  await world.emulator.idle()
  expect(world.received.map((webhook) => [webhook.name, webhook.delivery, webhook.signed])).toEqual([['installation.created', delivery?.guid, true]])
  world.emulator.setWebhook({ url: 'http://127.0.0.1:9/', secret: 'x' })
  await world.emulator.as('mara').createIssue('mara/shop', { title: 'x' })
  await world.emulator.idle()
  expect(world.emulator.deliveries().at(-1)).toMatchObject({ event: 'issues', status_code: 0, status: 'failed to connect to host' })
})

test('only what the app subscribes to is sent, and nothing of other accounts', async () => {
  await using world = await openWorld({ app: { id: 7, slug: 'missions', events: ['issues'] } })
  const issue = await world.emulator.as('mara').createIssue('mara/shop', { title: 'x' })
  await world.emulator.as('mara').comment('mara/shop', issue.number, 'unheard')
  world.emulator.uninstall('mara')
  await world.emulator.as('mara').createIssue('mara/shop', { title: 'y' })
  expect(await world.arrived()).toEqual(['installation.created', 'issues.opened', 'installation.deleted'])
})

test('the switches work from other processes', async () => {
  await using world = await openWorld()
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${world.emulator.url}/_emulator/${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    return { status: response.status, body: (await response.json()) as { repositories?: unknown[] } }
  }
  expect((await control('POST', 'faults', { do: 'error', match: 'GET /meta', status: 503, when: 'before', times: 1 })).status).toBe(200)
  expect((await fetch(`${world.emulator.url}/meta`)).status).toBe(503)
  expect((await control('POST', 'faults', { do: 'mischief', match: '*' })).status).toBe(422)
  await control('POST', 'repositories', { owner: 'ada', name: 'new' })
  await control('POST', 'collaborators', { repository: 'ada/new', login: 'bob', role: 'write' })
  expect((await control('GET', 'state')).body.repositories?.[1]).toMatchObject({ owner: 'ada', collaborators: [{ login: 'bob', role: 'write' }] })
  expect((await control('GET', 'calls')).body).toMatchObject({ 'GET /meta': 1 })
})
