import { expect, test } from 'vitest'
import { png } from '../support/pictures.ts'
import { openWorld } from './world.ts'

const repo = 'mara/shop'
const full = { mediaType: { format: 'full' } }

test('what people attach is shown by signed addresses, which expire', async () => {
  let now = Date.now()
  await using world = await openWorld({ clock: () => now })
  const { emulator, app } = world
  emulator.setRepository(repo, { private: true })
  const address = await emulator.attach(repo, 'wren', { name: 'mock up.png', bytes: png() })
  const { number } = await emulator.as('wren').createIssue(repo, { title: 'A form', body: `Like ![mock](${address})` })
  expect((await fetch(address)).status).toBe(404)
  const { data } = await app.rest.issues.get({ ...world.repo, issue_number: number, ...full })
  const shown = /src="([^"]+)"/.exec(data.body_html ?? '')?.[1] ?? ''
  expect(data.body).toContain(address)
  const got = await fetch(shown)
  expect([got.status, got.headers.get('content-type'), Buffer.from(await got.arrayBuffer())]).toEqual([200, 'image/png', png()])
  expect((await fetch(shown.replace('jwt=', 'jwt=x'))).status).toBe(404)
  now += 6 * 60_000
  expect((await fetch(shown)).status).toBe(404)
})
