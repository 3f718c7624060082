import { createBooking, listBookings } from '../bookings.js'
import { readJson, sendJson } from '../http.js'
import { rooms } from '../rooms.js'

export function api(store) {
  return [
    { method: 'GET', path: /^\/health$/, handle: ({ response }) => sendJson(response, 200, { ok: true }) },
    { method: 'GET', path: /^\/api\/rooms$/, handle: ({ response }) => sendJson(response, 200, rooms) },
    { method: 'GET', path: /^\/api\/bookings$/, handle: list },
    { method: 'POST', path: /^\/api\/bookings$/, handle: create },
  ]

  async function list({ response, url }) {
    sendJson(response, 200, await listBookings(store, url.searchParams.get('room') ?? undefined))
  }

  async function create({ request, response }) {
    const result = await createBooking(store, (await readJson(request)) ?? {})
    if (result.problem !== undefined) return sendJson(response, 400, { error: result.problem })
    sendJson(response, 201, result.booking)
  }
}
