import { createBooking, listBookings } from '../bookings.js'
import { readForm, redirect, sendHtml } from '../http.js'
import { listPage } from '../pages/list.js'
import { messagePage } from '../pages/message.js'
import { rooms } from '../rooms.js'

export function pages(store) {
  return [
    { method: 'GET', path: /^\/$/, handle: show },
    { method: 'POST', path: /^\/bookings$/, handle: book },
  ]

  async function show({ response }) {
    sendHtml(response, 200, listPage({ rooms, bookings: await listBookings(store) }))
  }

  async function book({ request, response }) {
    const form = await readForm(request)
    const result = await createBooking(store, form)
    if (result.problem !== undefined) return sendHtml(response, 400, messagePage('Not booked', result.problem))
    redirect(response, '/')
  }
}
