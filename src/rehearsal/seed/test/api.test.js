import assert from 'node:assert/strict'
import { test } from 'node:test'
import { start } from '../support/start.js'

test('says that it is well', async (t) => {
  const app = await start(t)
  const answer = await app.get('/health')
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), { ok: true })
})

test('lists the rooms', async (t) => {
  const app = await start(t)
  const rooms = await (await app.get('/api/rooms')).json()
  assert.deepEqual(
    rooms.map((room) => room.name),
    ['Birch', 'Elm', 'Oak'],
  )
})

test('keeps a booking and lists it, earliest first', async (t) => {
  const app = await start(t)
  const late = await app.post('/api/bookings', { room: 'Oak', from: '2031-05-20 14:00', to: '2031-05-20 15:00', holder: 'Ines' })
  assert.equal(late.status, 201)
  await app.post('/api/bookings', { room: 'Elm', from: '2031-05-20 08:00', to: '2031-05-20 09:00', holder: 'Tom' })

  const bookings = await (await app.get('/api/bookings')).json()
  assert.deepEqual(
    bookings.map((booking) => [booking.room, booking.from, booking.holder]),
    [
      ['Elm', '2031-05-20T08:00', 'Tom'],
      ['Oak', '2031-05-20T14:00', 'Ines'],
    ],
  )
  assert.equal((await (await app.get('/api/bookings?room=Oak')).json()).length, 1)
})

test('refuses what is not JSON, and a booking without a name', async (t) => {
  const app = await start(t)
  const garbage = await fetch(`${app.base}/api/bookings`, { method: 'POST', body: 'room=Oak' })
  assert.equal(garbage.status, 400)
  const nameless = await app.post('/api/bookings', { room: 'Oak', from: '2031-05-20 14:00', to: '2031-05-20 15:00' })
  assert.equal(nameless.status, 400)
  assert.match((await nameless.json()).error, /who/)
})
