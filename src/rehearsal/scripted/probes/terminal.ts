import { say, type Call } from '../program.ts'
import { screenOf } from '../seen.ts'
import { blocked, check, decided, quoted, type Place, type Probe } from './probe.ts'

/** VAL-CLI-004 */
export const conversed: Probe = function* (place) {
  const first = yield* say('I book Oak by answering its questions.', open(place, 'book'), ...answers(place, 'Oak', `${place.day} 09:00`, `${place.day} 11:00`, place.first))
  const booked = last(first)
  const evidence = quoted('terminal', ...first.slice(-1))
  if (!/\bbooked\b/i.test(booked.screen) || booked.exit === null) {
    return decided('', [check(false, 'answering the four questions does not end with a confirmed booking')], evidence)
  }
  const second = yield* say('Another person asks for an overlapping time.', open(place, 'book'), ...answers(place, 'Oak', `${place.day} 10:00`, `${place.day} 12:00`, place.second))
  const refused = last(second)
  const third = refused.exit === null ? yield* say('It asks for another time.', ...answers(place, `${place.day} 13:00`, `${place.day} 14:00`)) : second
  const moved = last(third)
  return decided(
    'The questions led to a booking; an overlapping one was refused, naming holder and end, another time was asked for and booked.',
    [
      check(booked.exit === 0 && booked.screen.includes(place.first), `the first conversation ended with exit ${booked.exit} and does not name the holder`),
      check(refused.screen.includes(place.first) && refused.screen.includes('11:00'), 'the refusal does not name who has the room, and until when'),
      check(refused.exit === null, 'it ended instead of asking for another time'),
      check(moved.exit === 0 && /\bbooked\b[^]*13:00/i.test(moved.screen), 'the other time was not booked'),
    ],
    [...evidence, ...quoted('terminal', ...second.slice(-1), ...third.slice(-1))],
  )
}

/** VAL-CROSS-001 */
export const shared: Probe = function* (place) {
  const time = (hour: string) => `${place.day} ${hour}:00`
  const added = yield* say('One booking by add.', open(place, 'add', '--room', 'Birch', '--from', time('09'), '--to', time('10'), '--holder', place.first))
  const booked = yield* say('One by answering questions.', open(place, 'book'), ...answers(place, 'Birch', time('11'), time('12'), place.second))
  const listed = yield* say('And the list.', open(place, 'list', '--room', 'Birch', '--from', place.day))
  const evidence = quoted('terminal', ...added.slice(-1), ...booked.slice(-1), ...listed.slice(-1))
  if (last(added).exit !== 0 || last(booked).exit !== 0) return blocked('The two bookings could not be made.', evidence)
  const { screen, exit } = last(listed)
  return decided(
    'A booking made with add and one made by answering questions were both in the list right afterwards.',
    [
      check(exit === 0, `the list ended with exit ${exit ?? 'none'}`),
      check(screen.includes(place.first), 'the booking made with add is not in the list'),
      check(screen.includes(place.second), 'the booking made by answering questions was confirmed, but is not in the list'),
    ],
    evidence,
  )
}

function open(place: Place, ...args: string[]): Call {
  return { name: 'terminal', input: { assertion: place.assertion, act: 'open', argv: [...place.entry, ...args] } }
}

function answers(place: Place, ...lines: string[]): Call[] {
  return lines.map((line) => ({ name: 'terminal', input: { assertion: place.assertion, act: 'type', text: `${line}\r` } }))
}

function last(results: { ok: boolean; text: string }[]): { screen: string; exit: number | null } {
  return screenOf(results.at(-1) ?? { ok: false, text: '' })
}
