import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from '../support/start.js'

test('says that every room is free at first', async (t) => {
  const app = await start(t)
  const page = await (await app.get('/')).text()
  assert.match(page, /No bookings yet/)
  assert.match(page, /<label for="room">Room<\/label>/)
})

test('books from the form and shows the booking', async (t) => {
  const app = await start(t)
  const answer = await app.submit('/bookings', { room: 'Birch', from: '2031-05-20 09:00', to: '2031-05-20 10:00', holder: 'Mara & Co' })
  assert.equal(answer.status, 303)
  const page = await (await app.get('/')).text()
  assert.match(page, /Mara &amp; Co/)
  assert.match(page, /2031-05-20 09:00/)
})

test('says what is wrong with a booking', async (t) => {
  const app = await start(t)
  const answer = await app.submit('/bookings', { room: 'Birch', from: 'soon', to: 'later', holder: 'Mara' })
  assert.equal(answer.status, 400)
  assert.match(await answer.text(), /role="alert"/)
})
