import { createServer } from 'node:http'
import { once } from 'node:events'
import nock from 'nock'
import { afterEach, expect, test } from 'vitest'
import { sourceOf } from '../../../src/adapters/github/pictures/source.ts'
import { download } from '../../../src/adapters/github/pictures/download.ts'
import type { PictureOutcome } from '../../../src/domain/pictures.ts'
import { formatOf } from '../../../src/domain/picture-format.ts'
import { heavyPng, jpeg, png, svg } from '../../support/pictures.ts'
import { aClarification, aUsage } from '../../support/builders.ts'
import { openStage, type Stage } from './stage.ts'

/** Shows a text on the labelled issue and has its pictures fetched. */
async function fetched(stage: Stage, text: string): Promise<Record<string, PictureOutcome>> {
  await stage.act('Acknowledge')
  const questions = [{ text: 'Like what?', default: 'As today.' }]
  stage.tell({ type: 'Clarified', answers: stage.pending('StartRun').id, usage: aUsage(), notes: [], clarification: aClarification({ questions }) })
  await stage.act('AskQuestions')
  const comment = await stage.emulator.as('mara').comment(stage.repo, stage.issue, text)
  stage.tell({ type: 'Replied', by: 'mara', comment: comment.id, issue: stage.issue, text })
  const answer = await stage.act('FetchPictures')
  if (answer.type !== 'PicturesFetched') throw new Error(answer.type)
  expect(stage.pending('StartRun').task.task).toBe('clarify')
  return Object.fromEntries(answer.pictures.map(({ address, outcome }) => [address, outcome]))
}

const missing = (trouble: object) => ({ is: 'missing', trouble })

test('attachments and files of a private repository are had, and nothing else', async () => {
  await using stage = await openStage()
  const { emulator, repo } = stage
  emulator.setRepository(repo, { private: true })
  const attach = (name: string, bytes: Buffer) => emulator.attach(repo, 'mara', { name, bytes })
  const plain = await attach('plan.png', png(1280, 800))
  const photo = await attach('photo.png', jpeg)
  const drawing = await attach('drawing.svg', svg)
  const script = await attach('looks-like.png', Buffer.from('<!DOCTYPE html><script>alert(1)</script>'))
  const huge = await attach('huge.png', heavyPng(50_000_000))
  const wide = await attach('wide.png', png(8001, 2))
  const clone = await emulator.as('mara').request<{ content: { sha: string } }>(`PUT /repos/${repo}/contents/docs/new%20form.png`, { message: 'm', content: png(3, 3, 7).toString('base64') })
  expect(clone.content.sha).toMatch(/^[0-9a-f]{40}$/)
  const file = `${emulator.url}/${repo}/blob/main/docs/new%20form.png?raw=true`
  const loopback = createServer(() => expect.fail('nobody may be asked here')).listen(0, '127.0.0.1')
  await once(loopback, 'listening')
  const address = loopback.address()
  const beside = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/x.png`
  const gone = `${emulator.url}/user-attachments/assets/00000000-0000-4000-8000-000000000000`

  // As anybody without a session sees them.
  expect([(await fetch(plain)).status, (await fetch(file, { redirect: 'manual' })).status]).toEqual([404, 200])
  const shown = [plain, photo, drawing, script, huge, wide, file, 'docs/new%20form.png'].map((one) => `![picture](${one})`).join('\n')
  expect(await fetched(stage, `${shown}\n<img src="${beside}"> ![p](${gone})`)).toEqual({
    [plain]: { is: 'kept', sha256: expect.stringMatching(/^[0-9a-f]{64}$/), type: 'image/png', bytes: png(1280, 800).length, size: { width: 1280, height: 800 } },
    [photo]: { is: 'kept', sha256: expect.any(String), type: 'image/jpeg', bytes: jpeg.length, size: { width: 6, height: 4 } },
    [drawing]: missing({ why: 'no_picture', looks: 'SVG' }),
    [script]: missing({ why: 'no_picture', looks: 'a web page' }),
    [huge]: missing({ why: 'too_large', limit_bytes: 3_700_000 }),
    [wide]: missing({ why: 'too_many_pixels', size: { width: 8001, height: 2 }, limit_px: 8000 }),
    [file]: { is: 'kept', sha256: expect.any(String), type: 'image/png', bytes: png(3, 3, 7).length, size: { width: 3, height: 3 } },
    ['docs/new%20form.png']: { is: 'kept', sha256: expect.any(String), type: 'image/png', bytes: png(3, 3, 7).length, size: { width: 3, height: 3 } },
    [beside]: missing({ why: 'foreign', host: '127.0.0.1' }),
    [gone]: missing({ why: 'not_found', status: 404 }),
  })
  loopback.close()
})

test('a second try has the same bytes, also where the attachment is public and its comment is gone', async () => {
  await using stage = await openStage('twice')
  const address = await stage.emulator.attach(stage.repo, 'mara', { name: 'a.png', bytes: png(9, 9) })
  const [outcome] = Object.values(await fetched(stage, `![picture](${address})`))
  expect(outcome).toMatchObject({ is: 'kept', size: { width: 9, height: 9 } })
})

const web = { origin: 'https://github.com', hosts: ['user-images.githubusercontent.com', 'private-user-images.githubusercontent.com'], page: 'https://github.com/acme/rooms/issues/7' }
const uuid = '0bec7adc-52c5-432f-bca7-c9a3186649b4'

test.each([
  [`https://github.com/user-attachments/assets/${uuid}`, 'attachment'],
  [`https://github.com/acme/rooms/assets/12345/${uuid}`, 'attachment'],
  [`/user-attachments/assets/${uuid}`, 'attachment'],
  ['https://user-images.githubusercontent.com/1/2-3.png', 'stored'],
  [`https://private-user-images.githubusercontent.com/1/2-${uuid}.png?jwt=x`, 'stored'],
  ['https://github.com/acme/rooms/blob/main/a/b.png?raw=true', 'file'],
  ['../blob/main/a/b.png?raw=true', 'file'],
  ['https://raw.githubusercontent.com/acme/rooms/refs/heads/main/b.png', 'file'],
  ['docs/mock.png', 'path'],
  ['./docs/mock.png', 'path'],
  ['docs/../../../../etc/passwd', 'path'],
  ['https://example.org/a.png', 'foreign'],
  ['http://user-images.githubusercontent.com/1/2-3.png', 'foreign'],
  ['https://user-images.githubusercontent.com:8443/1/2-3.png', 'foreign'],
  ['https://user-images.githubusercontent.com.example.org/1.png', 'foreign'],
  [`https://github.com@example.org/user-attachments/assets/${uuid}`, 'foreign'],
  [`https://mara:secret@github.com/user-attachments/assets/${uuid}`, 'foreign'],
  [`http://github.com/user-attachments/assets/${uuid}`, 'foreign'],
  ['https://github.com/acme/rooms/settings', 'foreign'],
  ['http://169.254.169.254/latest/meta-data', 'foreign'],
  ['http://[::1]:6379/', 'foreign'],
  ['file:///etc/passwd', 'foreign'],
  ['data:image/png;base64,AAAA', 'foreign'],
  ['//example.org/a.png', 'foreign'],
  ['\\\\example.org\\a.png', 'foreign'],
])('%s is %s', (address, is) => {
  expect(sourceOf(address, web).is).toBe(is)
})

afterEach(() => nock.cleanAll())

const hosts = ['private-user-images.githubusercontent.com', 'objects.githubusercontent.com']
const from = (url: string) => download({ url: new URL(url), may: (next) => next.protocol === 'https:' && hosts.includes(next.hostname), limit_bytes: 1_000, signal: new AbortController().signal })

test('GitHub leads to where it keeps an attachment, and no further than the hosts that are known', async () => {
  let asked = 0
  const secret = createServer((_, response) => {
    asked += 1
    response.end(png())
  }).listen(0, '127.0.0.1')
  await once(secret, 'listening')
  const address = secret.address()
  const inside = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  nock('https://github.com')
    .get('/a')
    .reply(302, '', { location: 'https://objects.githubusercontent.com/a' })
    .get('/b')
    .reply(302, '', { location: inside })
    .get('/c')
    .reply(301, '', { location: 'http://objects.githubusercontent.com/c' })
  nock('https://objects.githubusercontent.com').get('/a').reply(200, png()).get('/turn').times(9).reply(302, '', { location: '/turn' })
  expect(await from('https://github.com/a')).toEqual({ bytes: png() })
  expect(await from('https://github.com/b')).toEqual({ trouble: { why: 'led_elsewhere', host: '127.0.0.1' } })
  expect(await from('https://github.com/c')).toEqual({ trouble: { why: 'led_elsewhere', host: 'objects.githubusercontent.com' } })
  expect(await from('https://objects.githubusercontent.com/turn')).toEqual({ trouble: { why: 'led_elsewhere', host: 'objects.githubusercontent.com' } })
  expect(asked).toBe(0)
  secret.close()
})

test('a body that never ends, or says that it is small, is cut at the limit', async () => {
  let sent = 0
  let closed = false
  const endless = createServer((_, response) => {
    response.on('close', () => (closed = true))
    const more = () => {
      while (!closed && response.write(Buffer.alloc(64))) sent += 64
      if (!closed) response.once('drain', more)
    }
    more()
  }).listen(0, '127.0.0.1')
  await once(endless, 'listening')
  const address = endless.address()
  const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
  expect(await from(url)).toEqual({ trouble: { why: 'too_large', limit_bytes: 1_000 } })
  await expect.poll(() => closed).toBe(true)
  expect(sent).toBeLessThan(50_000_000)
  endless.close()
})

test('a host that stumbles is asked again, one that does not answer is told', async () => {
  nock('https://objects.githubusercontent.com').get('/a').reply(503).get('/a').replyWithError('socket hang up').get('/a').reply(200, png()).get('/b').times(3).reply(502).get('/c').reply(403)
  const got = await from('https://objects.githubusercontent.com/a')
  expect('bytes' in got && formatOf(got.bytes).is).toBe('picture')
  expect(await from('https://objects.githubusercontent.com/b')).toEqual({ trouble: { why: 'no_answer', detail: 'it answered 502' } })
  expect(await from('https://objects.githubusercontent.com/c')).toEqual({ trouble: { why: 'not_found', status: 403 } })
})
