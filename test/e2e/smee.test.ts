import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { redisJournal } from '../../src/adapters/redis/journal.ts'
import { freePort, until } from '../../src/stage/processes.ts'
import { openStage, place } from '../../src/rehearsal/stage.ts'
import { testRedis } from '../support/redis.ts'
import { missions } from './missions.ts'

const Labelled = z.object({ action: z.literal('labeled'), issue: z.object({ number: z.int() }) })

/** One delivery as it came to the channel. */
interface Post {
  headers: IncomingHttpHeaders
  body: unknown
}

interface Relay extends AsyncDisposable {
  channel: string
  /** All that was posted to the channel, oldest first. */
  posted: readonly Post[]
  /** While true nothing goes out by itself. */
  held: boolean
  forward(post: Post): void
  listeners(): number
}

/** A channel as smee.io has them: what is posted there goes out, body and headers in one object, to whoever listens. */
async function startRelay(): Promise<Relay> {
  const listening = new Set<ServerResponse>()
  const posted: Post[] = []
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' })
      response.write('event: ready\ndata: {}\n\n')
      listening.add(response)
      response.on('close', () => listening.delete(response))
      return
    }
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const post = { headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown }
      posted.push(post)
      if (!relay.held) relay.forward(post)
      response.writeHead(200).end()
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const relay: Relay = {
    channel: `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}/channel`,
    posted,
    held: false,
    forward({ headers, body }) {
      for (const one of listening) one.write(`data: ${JSON.stringify({ ...headers, body, query: {}, timestamp: Date.now() })}\n\n`)
    },
    listeners: () => listening.size,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return relay
}

test('webhooks reach an app behind a relay, and only signed ones count', { timeout: 180_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'missions-smee-'))
  using _swept = { [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
  await using redis = await testRedis()
  const journal = redisJournal(await redis.ready())
  await using relay = await startRelay()
  await using stage = await openStage({ dir, redis_url: redis.url, defects: [], chromium: process.env['CHROME_PATH'] })
  stage.emulator.setWebhook({ url: relay.channel, secret: stage.env['WEBHOOK_SECRET'] ?? '' })
  await using app = missions(['start', '--smee'], { ...stage.env, WEBHOOK_PROXY_URL: relay.channel })
  await until('the app to listen at the relay', async () => relay.listeners() === 1, 60_000)

  const mara = stage.emulator.as(place.person)
  const first = await mara.createIssue(place.full, { title: 'No double bookings', body: 'A room is given away twice.' })
  const second = await mara.createIssue(place.full, { title: 'No empty names', body: 'A booking has a holder.' })
  const labelOf = (number: number) => until('the label to be posted', async () => relay.posted.find((post) => Labelled.safeParse(post.body).data?.issue.number === number))
  const missionOf = async (number: number) => (await journal.all()).find((key) => key.endsWith(`-${number}`))

  relay.held = true
  await mara.label(place.full, first.number, 'mission')
  const post = await labelOf(first.number)
  const { 'x-hub-signature-256': _signature, ...unsigned } = post.headers
  relay.forward({ headers: unsigned, body: post.body })
  relay.forward({ headers: { ...unsigned, 'x-hub-signature-256': `sha256=${'0'.repeat(64)}` }, body: post.body })
  relay.held = false

  // Behind the two in the same channel: when this one has arrived, they have as well.
  await mara.label(place.full, second.number, 'mission')
  await until('the signed label to become a mission', () => missionOf(second.number), 60_000)
  await until('the app to have answered on the issue', async () => (await mara.comments(place.full, second.number)).length > 0, 60_000)
  expect(await missionOf(first.number)).toBeUndefined()

  relay.forward(post)
  await until('the delivery that was forged before to become a mission with its own signature', () => missionOf(first.number), 60_000)

  app.tell('SIGTERM')
  expect(await app.ended()).toMatchObject({ code: 0 })
  expect(relay.listeners()).toBe(0)
})

test('a relay that is not there is named, and the app ends', { timeout: 120_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'missions-smee-'))
  using _swept = { [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
  await using redis = await testRedis()
  await using stage = await openStage({ dir, redis_url: redis.url, defects: [] })
  const nowhere = `http://127.0.0.1:${await freePort()}/channel`
  await using app = missions(['start', '--web', '--smee'], { ...stage.env, WEBHOOK_PROXY_URL: nowhere })
  const { code, said } = await app.ended()
  expect(said).toContain(`There is no relay at ${nowhere}`)
  expect(code).toBe(1)
})
