import { z } from 'zod'
import { one, say, type Call } from '../program.ts'
import { bodyJson, httpAnswer } from '../seen.ts'
import { blocked, check, decided, quoted, type Place, type Probe } from './probe.ts'

const Booking = z.looseObject({ id: z.string(), room: z.string(), from: z.string(), to: z.string(), holder: z.string() })

/** VAL-API-001 */
export const taken: Probe = function* (place) {
  const results = yield* say(
    'I book Oak, then ask for the same room at overlapping times, then for another room.',
    book(place, 'Oak', '09:00', '11:00', place.first),
    book(place, 'Oak', '10:00', '12:00', place.second),
    book(place, 'Oak', '09:30', '10:00', place.second),
    book(place, 'Elm', '09:00', '11:00', place.second),
    list(place),
  )
  const [made, over, inside, elsewhere, listed] = results.map(httpAnswer)
  const evidence = quoted('http', ...results)
  if (made?.status !== 201) return blocked(`The first booking could not be made (status ${made?.status ?? 'none'}).`, evidence)
  const inOak = ofDay(results[4], place).filter((b) => b.room === 'Oak')
  return decided(
    'An overlapping and an enclosed booking were refused with 409 and a sentence naming holder and end; the other room was booked; the list held the first booking only.',
    [
      check(over?.status === 409, `the overlapping booking was answered ${over?.status ?? 'not at all'}, not 409`),
      check(inside?.status === 409, `a booking inside the first was answered ${inside?.status ?? 'not at all'}, not 409`),
      check(over?.status !== 409 || (over.body.includes(place.first) && over.body.includes('11:00')), 'the refusal does not name the holder and the end of the booking in the way'),
      check(elsewhere?.status === 201, `the same time in another room was answered ${elsewhere?.status ?? 'not at all'}, not 201`),
      check(listed?.status === 200 && inOak.length === 1 && inOak[0]?.holder === place.first, `the list holds ${inOak.length} bookings of the room that day, not the first one only`),
    ],
    evidence,
  )
}

/** VAL-API-002 */
export const touching: Probe = function* (place) {
  const results = yield* say(
    'Three bookings, back to back.',
    book(place, 'Elm', '10:00', '11:00', place.first),
    book(place, 'Elm', '11:00', '12:00', place.second),
    book(place, 'Elm', '09:00', '10:00', place.second),
    list(place),
  )
  const [middle, after, before] = results.map(httpAnswer)
  const evidence = quoted('http', ...results)
  if (middle?.status !== 201) return blocked(`The first booking could not be made (status ${middle?.status ?? 'none'}).`, evidence)
  const count = ofDay(results[3], place).filter((b) => b.room === 'Elm').length
  return decided(
    'A booking from 10:00 to 11:00 stood; the one that begins at 11:00 and the one that ends at 10:00 were both accepted with 201, and all three are listed.',
    [
      check(after?.status === 201, `with 10:00 to 11:00 booked, 11:00 to 12:00 was answered ${after?.status ?? 'not at all'}, not 201`),
      check(before?.status === 201, `with 10:00 to 11:00 booked, 09:00 to 10:00 was answered ${before?.status ?? 'not at all'}, not 201`),
      check(count === 3, `${count} of the three bookings are listed`),
    ],
    evidence,
  )
}

/** VAL-API-003 */
export const impossible: Probe = function* (place) {
  const results = yield* say(
    'A booking that ends before it begins, one that ends when it begins, and one of a room that is not there.',
    book(place, 'Oak', '11:00', '10:00', place.first),
    book(place, 'Oak', '11:00', '11:00', place.first),
    book(place, 'Attic', '10:00', '11:00', place.first),
    list(place),
  )
  const [backwards, empty, nowhere] = results.map(httpAnswer)
  const evidence = quoted('http', ...results)
  const listed = ofDay(results[3], place).filter((b) => b.holder === place.first)
  return decided(
    'A booking that ends before it begins and one of a room that does not exist were refused with 400 and a reason; neither is listed.',
    [
      check(backwards?.status === 400 && reason(results[0]), `an end before the start was answered ${backwards?.status ?? 'not at all'}, not 400 with a reason`),
      check(empty?.status === 400, `an end at the start was answered ${empty?.status ?? 'not at all'}, not 400`),
      check(nowhere?.status === 400 && reason(results[2]), `a room that does not exist was answered ${nowhere?.status ?? 'not at all'}, not 400 with a reason`),
      check(listed.length === 0, `${listed.length} impossible bookings are listed`),
    ],
    evidence,
  )
}

/** VAL-API-004 */
export const cancelled: Probe = function* (place) {
  const made = yield* one('A booking to cancel.', 'http', book(place, 'Birch', '09:00', '10:00', place.first).input)
  const booking = Booking.safeParse(bodyJson(made))
  if (!booking.success) return blocked('The booking to be cancelled could not be made.', quoted('http', made))
  const remove = call(place, 'DELETE', `/api/bookings/${booking.data.id}`)
  const results = yield* say('I cancel it, look, book its time again, and cancel it a second time.', remove, list(place), book(place, 'Birch', '09:00', '10:00', place.second), remove)
  const [gone, , again, twice] = results.map(httpAnswer)
  const left = ofDay(results[1], place).filter((b) => b.id === booking.data.id)
  return decided(
    'The booking was deleted with 204 and left the list, its time was booked again, and a second deletion was answered 404.',
    [
      check(gone?.status === 204, `deleting it was answered ${gone?.status ?? 'not at all'}, not 204`),
      check(httpAnswer(results[1] ?? made).status === 200 && left.length === 0, 'it is still listed after it was deleted'),
      check(again?.status === 201, `its time could not be booked again (status ${again?.status ?? 'none'})`),
      check(twice?.status === 404, `deleting it a second time was answered ${twice?.status ?? 'not at all'}, not 404`),
    ],
    quoted('http', made, ...results),
  )
}

/** VAL-DATA-001 */
export const restarted: Probe = function* (place) {
  const [made, before, restart, after] = yield* say(
    'I book, look, restart the product, and look again.',
    book(place, 'Birch', '15:00', '16:00', place.first),
    list(place),
    { name: 'product', input: { act: 'restart' } },
    list(place),
  )
  if (!made || !before || !restart || !after) return blocked('The calls were not answered.', [])
  const evidence = quoted('http', made, before, after)
  const booking = Booking.safeParse(bodyJson(made))
  if (!booking.success || !restart.ok) return blocked('The booking could not be made, or the product did not come back.', evidence)
  const same = (found: z.infer<typeof Booking>[]) => JSON.stringify(found.find((b) => b.id === booking.data.id)) === JSON.stringify(booking.data)
  return decided(
    'A booking that was confirmed with 201 was listed before the restart and, unchanged, after it.',
    [check(same(ofDay(before, place)), 'the booking is not listed before the restart'), check(same(ofDay(after, place)), 'the booking is gone or changed after the restart')],
    evidence,
  )
}

function book(place: Place, room: string, from: string, to: string, holder: string): Call {
  const body = JSON.stringify({ room, from: `${place.day} ${from}`, to: `${place.day} ${to}`, holder })
  return call(place, 'POST', '/api/bookings', { headers: { 'content-type': 'application/json' }, body })
}

function list(place: Place): Call {
  return call(place, 'GET', '/api/bookings')
}

function call(place: Place, method: string, path: string, more: { headers?: Record<string, string>; body?: string } = {}): Call {
  return { name: 'http', input: { assertion: place.assertion, method, url: `${place.base}${path}`, ...more } }
}

/** The listed bookings of the day that this try uses. */
function ofDay(listed: { ok: boolean; text: string } | undefined, place: Place): z.infer<typeof Booking>[] {
  const bookings = z.array(Booking).safeParse(listed && bodyJson(listed))
  return bookings.success ? bookings.data.filter((b) => b.from.startsWith(place.day)) : []
}

function reason(refused: { ok: boolean; text: string } | undefined): boolean {
  const body = z.looseObject({ error: z.string().min(5) }).safeParse(refused && bodyJson(refused))
  return body.success
}
