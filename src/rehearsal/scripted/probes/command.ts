import { say, type Call } from '../program.ts'
import { commandAnswer } from '../seen.ts'
import { blocked, check, decided, quoted, type Place, type Probe } from './probe.ts'

/** VAL-CLI-001 */
export const listed: Probe = function* (place) {
  const results = yield* say(
    'I add two bookings, the later one first, and list.',
    add(place, 'Oak', '14:00', '15:00', place.first),
    add(place, 'Elm', '08:00', '09:30', place.second),
    run(place, 'list'),
  )
  const [late, early, list] = results.map(commandAnswer)
  const evidence = quoted('command', ...results)
  const lines = (list?.stdout ?? '').split('\n').filter((line) => line.includes(place.day))
  const [top = '', bottom = ''] = lines
  return decided(
    'Both bookings were added with exit code 0; the list has a line for each with room, times and holder, the earlier one first.',
    [
      check(late?.exit === 0 && early?.exit === 0, `adding ended with exit ${late?.exit ?? 'none'} and ${early?.exit ?? 'none'}, not 0`),
      check(late?.stdout.includes(place.first) === true, 'adding does not say what was booked'),
      check(list?.exit === 0 && lines.length === 2, `the list ended with exit ${list?.exit ?? 'none'} and has ${lines.length} lines of the two bookings`),
      check(
        ['Elm', '08:00', '09:30', place.second].every((part) => top.includes(part)),
        'the earlier booking is not on the first line, with room, times and holder',
      ),
      check(
        ['Oak', '14:00', '15:00', place.first].every((part) => bottom.includes(part)),
        'the later booking is not on the second line, with room, times and holder',
      ),
    ],
    evidence,
  )
}

/** VAL-CLI-002 */
export const narrowed: Probe = function* (place) {
  const results = yield* say(
    'A finished, a running and a later booking at 11:00, and one of another room.',
    add(place, 'Oak', '08:00', '09:00', `${place.first} finished`),
    add(place, 'Oak', '10:00', '12:00', `${place.first} running`),
    add(place, 'Oak', '14:00', '15:00', `${place.first} later`),
    add(place, 'Elm', '10:00', '12:00', `${place.first} elsewhere`),
    run(place, 'list', '--room', 'Oak', '--from', `${place.day} 11:00`),
  )
  const answers = results.map(commandAnswer)
  const evidence = quoted('command', ...results.slice(3))
  if (answers.slice(0, 4).some((a) => a.exit !== 0)) return blocked('The bookings to be listed could not be added.', quoted('command', ...results))
  const list = answers[4]
  const shows = (which: string) => list?.stdout.includes(`${place.first} ${which}`) === true
  return decided(
    'At 11:00, the list of Oak had the running and the later booking, and neither the finished one nor that of another room.',
    [
      check(list?.exit === 0, `the command ended with exit ${list?.exit ?? 'none'}`),
      check(shows('running'), 'a booking from 10:00 to 12:00 is missing from the list from 11:00 on'),
      check(shows('later'), 'a booking from 14:00 to 15:00 is missing from the list from 11:00 on'),
      check(!shows('finished'), 'a booking that ended at 09:00 is in the list from 11:00 on'),
      check(!shows('elsewhere'), 'a booking of Elm is in the list of Oak'),
    ],
    evidence,
  )
}

/** VAL-CLI-003 */
export const mistaken: Probe = function* (place) {
  const results = yield* say('A room that is not there, and an option that is not there.', run(place, 'list', '--room', 'Attic'), run(place, 'list', '--colour', 'red'))
  const [room, option] = results.map(commandAnswer)
  return decided(
    'Both mistakes ended with exit code 2, nothing on standard output and a sentence on standard error that names the mistake.',
    [
      check(room?.exit === 2 && option?.exit === 2, `the exit codes are ${room?.exit ?? 'none'} and ${option?.exit ?? 'none'}, not 2`),
      check(room?.stdout === '' && option?.stdout === '', 'something was printed on standard output'),
      check(room?.stderr.includes('Attic') === true, 'standard error does not name the room'),
      check(option?.stderr.includes('colour') === true, 'standard error does not name the option'),
    ],
    quoted('command', ...results),
  )
}

function add(place: Place, room: string, from: string, to: string, holder: string): Call {
  return run(place, 'add', '--room', room, '--from', `${place.day} ${from}`, '--to', `${place.day} ${to}`, '--holder', holder)
}

function run(place: Place, ...args: string[]): Call {
  return { name: 'command', input: { assertion: place.assertion, argv: [...place.entry, ...args] } }
}
