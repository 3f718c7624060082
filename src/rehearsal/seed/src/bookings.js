import { randomUUID } from 'node:crypto'

/** All bookings, earliest first; of one room if one is named. */
export async function listBookings(store, room) {
  const bookings = await store.list()
  return bookings.filter((booking) => room === undefined || booking.room === room).sort(byStart)
}

/** Answers `{ booking }`, or `{ problem }` with a sentence for the person who asked. */
export async function createBooking(store, input) {
  const wanted = clean(input)
  const problem = problemOf(wanted)
  if (problem !== undefined) return { problem }

  const booking = { id: randomUUID().slice(0, 8), ...wanted }
  await store.update((bookings) => [...bookings, booking])
  return { booking }
}

/** `2031-05-20T09:00` as people write it. */
export function spoken(time) {
  return time.replace('T', ' ')
}

function clean(input) {
  return {
    room: text(input.room),
    from: text(input.from).replace(' ', 'T'),
    to: text(input.to).replace(' ', 'T'),
    holder: text(input.holder),
  }
}

function problemOf(wanted) {
  if (wanted.holder === '') return 'Please say who the booking is for.'
  if (wanted.holder.length > 80) return 'That name is too long.'
  if (wanted.room === '') return 'Please choose a room.'
  if (!isTime(wanted.from) || !isTime(wanted.to)) return 'Please write times like 2031-05-20 09:00.'
  return undefined
}

function isTime(value) {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
}

function text(value) {
  return typeof value === 'string' ? value.trim() : ''
}

function byStart(a, b) {
  return a.from.localeCompare(b.from) || a.room.localeCompare(b.room)
}
