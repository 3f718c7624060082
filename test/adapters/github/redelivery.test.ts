import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import nock from 'nock'
import { afterEach, describe, expect, test } from 'vitest'
import { createClients } from '../../../src/adapters/github/octokit.ts'
import { dueAgain } from '../../../src/adapters/github/redelivery.ts'
import type { Delivery } from '../../../src/adapters/github/redelivery.ts'
import { openStage } from './stage.ts'

const second_ms = 1_000
const minute_ms = 60 * second_ms
const noon = Date.parse('2026-03-01T12:00:00Z')
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs1', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } })
const nobody = { url: 'http://127.0.0.1:9/', secret: 'unheard' }

/** Attempts of webhooks, `<guid> <minutes ago> <answer>`, newest first as GitHub lists them; their ids count from 1. */
function listed(...attempts: string[]): Delivery[] {
  return attempts.map((attempt, i) => {
    const [guid = '', minutes, status_code] = attempt.split(' ')
    return { id: i + 1, guid, delivered_at: new Date(noon - Number(minutes) * minute_ms).toISOString(), status_code: Number(status_code) }
  })
}

test('a webhook that nobody took is due, the oldest first', () => {
  expect(dueAgain(listed('b 1 0', 'a 2 503'), noon)).toEqual([2, 1])
})

test('one that may still be under way is not', () => {
  const [young = 0, settled = 0] = [4.9 * second_ms, 5 * second_ms].map((ms) => ms / minute_ms)
  expect(dueAgain(listed(`b ${young} 0`, `a ${settled} 0`), noon)).toEqual([2])
})

test('one that was taken at last is not', () => {
  expect(dueAgain(listed('a 1 202', 'b 2 200', 'a 3 502'), noon)).toEqual([])
})

test('the longer nobody takes it, the longer the pauses; the latest attempt is the one to repeat', () => {
  expect(dueAgain(listed('a 3 0', 'a 7 0'), noon)).toEqual([])
  expect(dueAgain(listed('a 4 0', 'a 6 0', 'a 8 0'), noon)).toEqual([1])
})

describe('what is asked of GitHub', () => {
  afterEach(() => nock.cleanAll())

  /** A GitHub that lists these attempts and never sends one again; it has forgotten those named. */
  function github(deliveries: string, forgotten: readonly string[] = []) {
    const asked: string[] = []
    const json = { 'content-type': 'application/json; charset=utf-8' }
    const path = /^\/api\/v3\/app\/hook\/deliveries\/(\d+)\/attempts$/
    nock('https://github.test').persist().get('/api/v3/app/hook/deliveries').query(true).reply(200, deliveries, json)
    nock('https://github.test')
      .persist()
      .post(path)
      .reply((uri) => {
        const id = path.exec(uri)?.[1] ?? ''
        asked.push(id)
        return forgotten.includes(id) ? [404, '{"message":"Not Found"}', json] : [202, '{}', json]
      })
    const clients = createClients({ app_id: 77, private_key: privateKey, api_url: 'https://github.test/api/v3', clock: { now: () => new Date(noon) } })
    return { clients, asked }
  }

  test('no more than fifty at a look; the others have their turn later, and none is asked for a fourth time', async () => {
    const { clients, asked } = github(JSON.stringify(listed(...Array.from({ length: 60 }, (_, i) => `${i} 5 0`))))
    const sent: number[] = []
    for (let looks = 0; looks < 5; looks++) sent.push(await clients.redeliver())
    expect(sent).toEqual([50, 50, 50, 30, 0])
    expect([...new Set(asked)].map((id) => asked.filter((other) => other === id).length)).toEqual(Array(60).fill(3))
  })

  test('one that GitHub has forgotten holds up nobody and is not counted', async () => {
    const { clients, asked } = github(JSON.stringify(listed('b 1 0', 'a 2 0')), ['2'])
    expect(await clients.redeliver()).toBe(1)
    expect(asked).toEqual(['2', '1'])
  })

  test('an id beyond what a number holds exactly is asked for as it was told', async () => {
    const { clients, asked } = github(JSON.stringify(listed('a 1 0')).replace('"id":1,', '"id":3804004623172239366,'))
    expect(await clients.redeliver()).toBe(1)
    expect(asked).toEqual(['3804004623172239366'])
  })
})

/** A server of ours that answers webhooks with what it is told to, and keeps their guids. */
async function openServer(status: () => number) {
  const heard: string[] = []
  const server = createServer((request, response) => {
    heard.push(String(request.headers['x-github-delivery']))
    request.resume()
    response.writeHead(status()).end()
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    heard,
    target: { url: `http://127.0.0.1:${port}/`, secret: 'heard' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** GitHub's clock is a little behind ours: what has just happened has settled. */
const clock = () => Date.now() - 10 * second_ms

describe('against a GitHub with webhooks', () => {
  test('what nobody heard or took is heard again, each once; what was taken is left alone', async () => {
    let status = 200
    await using server = await openServer(() => status)
    await using stage = await openStage('once', { webhook: server.target, clock })
    const { emulator, clients } = stage
    const say = async (body: string) => {
      await emulator.as('mara').comment(stage.repo, stage.issue, body)
      await emulator.idle()
      return emulator.deliveries().at(-1)?.guid ?? ''
    }
    await emulator.idle()
    await say('taken')
    status = 503
    const refused = await say('refused')
    emulator.setWebhook(nobody)
    const unheard = await say('unheard')

    status = 200
    emulator.setWebhook(server.target)
    const before = server.heard.length
    expect(await clients.redeliver()).toBe(2)
    await emulator.idle()
    expect(server.heard.slice(before)).toEqual([refused, unheard])

    expect(await clients.redeliver()).toBe(0)
    await emulator.idle()
    expect(server.heard.length).toBe(before + 2)
  })

  test('while GitHub itself is away nothing is lost: the next look asks', async () => {
    await using stage = await openStage('once', { webhook: nobody, clock })
    const { emulator, clients } = stage
    await emulator.idle()
    const failed = emulator.deliveries().length
    emulator.faults.add({ do: 'error', status: 502, match: 'POST /app/hook/deliveries/{delivery_id}/attempts', when: 'before', times: 1 })
    await expect(clients.redeliver()).rejects.toMatchObject({ status: 502 })
    expect(emulator.deliveries().length).toBe(failed)
    expect(await clients.redeliver()).toBe(failed)
  })
})
