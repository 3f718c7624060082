import { once } from 'node:events'
import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { webhookPath } from '../../src/web/server.ts'
import { hook, issueOf, mara } from '../adapters/github/people.ts'
import { openWeb, secret } from './web.ts'

const labelled = hook('labeled', mara, { issue: issueOf(mara), label: { name: 'mission' } })

test('a signed webhook becomes a fact in the inbox', async () => {
  await using web = await openWeb()
  expect(await web.post('issues', labelled)).toMatchObject({ status: 200 })
  expect(web.taken.map((fact) => fact.id)).toEqual(['issue/7/labelled@2026-03-01T10:00:00Z'])
})

test('unsigned, wrongly signed, or changed on the way: 400, and nothing is taken in', async () => {
  await using web = await openWeb()
  expect((await web.post('issues', labelled, { secret: null })).status).toBe(400)
  expect((await web.post('issues', labelled, { secret: 'a guess' })).status).toBe(400)
  expect((await web.post('issues', labelled, { secret: null, headers: { 'x-hub-signature-256': 'sha256=' } })).status).toBe(400)
  expect((await web.post('issues', { ...labelled, action: 'x' }, { secret: null, headers: { 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` } })).status).toBe(400)
  expect(web.taken).toEqual([])
})

test('during rotation the old secret counts too', async () => {
  await using web = await openWeb({ webhook_secrets: ['the new secret', secret] })
  expect((await web.post('issues', labelled, { secret })).status).toBe(200)
  expect((await web.post('issues', labelled, { secret: 'the new secret' })).status).toBe(200)
  expect(web.taken).toHaveLength(2)
})

test('what is no fact is thanked for and forgotten', async () => {
  await using web = await openWeb()
  expect((await web.post('ping', { zen: 'Keep it logically awesome.' })).status).toBe(200)
  expect((await web.post('watch', { action: 'started' })).status).toBe(200)
  expect(web.taken).toEqual([])
})

test('an inbox that fails answers 503, so that GitHub keeps the delivery as failed', async () => {
  await using web = await openWeb({ inbox: async () => Promise.reject(new Error('redis://user:password@host is away')) })
  const answer = await web.post('issues', labelled)
  expect(answer.status).toBe(503)
  expect(answer.text).not.toContain('password')
})

test('an inbox that hangs answers 503 soon', async () => {
  await using web = await openWeb({ inbox: () => new Promise(() => undefined) })
  expect((await web.post('issues', labelled)).status).toBe(503)
})

test('health tells whether the store answers, and never hangs', async () => {
  await using well = await openWeb()
  const good = await fetch(`${well.url}/healthz`)
  expect([good.status, await good.json()]).toEqual([200, { ok: true, store: 'reachable', version: '1.2.3' }])
  for (const healthy of [async () => false, () => Promise.reject(new Error('away')), () => new Promise<boolean>(() => undefined)]) {
    await using ill = await openWeb({ healthy })
    const bad = await fetch(`${ill.url}/healthz`)
    expect([bad.status, await bad.json()]).toEqual([503, { ok: false, store: 'away', version: '1.2.3' }])
  }
})

test('other addresses and methods are refused', async () => {
  await using web = await openWeb()
  expect((await fetch(`${web.url}/`)).status).toBe(404)
  expect((await fetch(`${web.url}${webhookPath}`)).status).toBe(405)
  expect((await fetch(`${web.url}${webhookPath}`, { method: 'POST', body: '{}' })).status).toBe(400)
})

test('a body announced too large is refused before it is read', async () => {
  await using web = await openWeb()
  const call = request(`${web.url}${webhookPath}`, { method: 'POST', headers: { 'content-length': String(200 * 1024 * 1024), 'content-type': 'application/json' } })
  call.on('error', () => undefined)
  call.flushHeaders()
  const [response] = await once(call, 'response')
  expect(response.statusCode).toBe(413)
  call.destroy()
})

test('200 MB without an announced length are refused, and never held in memory', async () => {
  await using web = await openWeb()
  const socket = connect(web.web.port, '127.0.0.1')
  let answer = ''
  let gone = false
  socket.on('data', (bytes) => (answer += bytes.toString()))
  socket.on('error', () => (gone = true))
  socket.on('close', () => (gone = true))
  socket.write(`POST ${webhookPath} HTTP/1.1\r\nhost: here\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n`)
  const megabyte = Buffer.concat([Buffer.from('100000\r\n'), Buffer.alloc(1024 * 1024, 'x'), Buffer.from('\r\n')])
  const before = process.memoryUsage().rss
  let peak = before
  for (let sent = 0; sent < 200 && !gone; sent++) {
    await new Promise<void>((done) => socket.write(megabyte, () => done()))
    peak = Math.max(peak, process.memoryUsage().rss)
  }
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(peak - before).toBeLessThan(120 * 1024 * 1024)
  socket.destroy()
})

test('closing ends what is under way first', async () => {
  const gate = deferred()
  const entered = deferred()
  const web = await openWeb({
    inbox: () => {
      entered.resolve()
      return gate.promise
    },
  })
  const posted = web.post('issues', labelled)
  await entered.promise
  const closing = web.web.close(5_000)
  gate.resolve()
  expect((await posted).status).toBe(200)
  await closing
  await expect(fetch(`${web.url}/healthz`)).rejects.toThrow()
})

function deferred() {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((done) => (resolve = done))
  return { promise, resolve: () => resolve() }
}
