import { say, submit, type Program } from '../program.ts'

/** Reads what there is and says how bookings are made today. */
export function* exploreProgram(): Program {
  const [layout] = yield* say('The layout and the words about it.', { name: 'glob', input: { pattern: '**/*.js' } }, { name: 'read', input: { path: 'README.md' } })
  const [places] = yield* say(
    'Where bookings are made and kept.',
    { name: 'grep', input: { pattern: 'function (createBooking|problemOf|openStore|dataFile)', path: 'src' } },
    { name: 'read', input: { path: 'src/bookings.js' } },
  )
  const found = [...(places?.text ?? '').matchAll(/^(?:\.\/)?([^:\n]+):(\d+):(.*)$/gm)].slice(0, 8)
  const files = (layout?.text ?? '').split('\n').filter((line) => line.endsWith('.js'))
  yield* submit('That answers it.', {
    answer:
      found.length === 0
        ? `The repository has ${files.length} JavaScript files; I found no place where bookings are made.`
        : 'A form on / posts to /bookings, and POST /api/bookings takes JSON; both call createBooking, which checks that name, room and times are given and well formed and keeps the booking. Nothing compares it with other bookings. Bookings stand in one JSON file (DATA_FILE, else data/bookings.json), written beside and renamed, one update after another.',
    places: found.map(([, path, line, what]) => ({ path: (path ?? '').slice(0, 300), line: Number(line), what: (what ?? '').trim().slice(0, 200) })),
    unsure: [],
  })
}
