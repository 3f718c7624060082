export type FeatureText = {
  id: string
  milestone: string
  title: string
  brief: string
  covers: string[]
  after: string[]
  touches: string[]
  risk: 'low' | 'medium' | 'high'
  preconditions: string[]
  expected: string
  fixes: string[]
}

const low = { risk: 'low' as const, fixes: [] }

export const features: FeatureText[] = [
  {
    ...low,
    id: 'f1',
    milestone: 'm1',
    title: 'Refuse overlapping bookings',
    brief:
      'Let createBooking refuse a booking that overlaps another one of the same room, and one whose end is not after its start or whose room does not exist. Look for the conflict inside store.update(), so that of two people who ask at once only one gets the room. The API answers a conflict with 409, a sentence naming holder and end, and the booking in the way; other problems with 400 as before. Bookings that touch are fine.',
    covers: ['VAL-API-001', 'VAL-API-002', 'VAL-API-003', 'VAL-DATA-001'],
    after: [],
    touches: ['src/bookings.js', 'src/routes/api.js', 'test/conflicts.test.js'],
    preconditions: [],
    expected: 'POST /api/bookings answers 409 with {error, conflict} for an overlap, 400 for an impossible booking, 201 otherwise.',
  },
  {
    ...low,
    id: 'f2',
    milestone: 'm1',
    title: 'Add and list bookings from the command line',
    brief:
      'Add bin/bookings.js with the command list: one line for each booking (room, start, end, holder), earliest first, narrowed by --room and by --from (a day or a time; bookings that end after it); and the command add with --room, --from, --to and --holder, which ends with exit code 1 and the reason on stderr where the booking is refused. Mistakes of the person at the keyboard end with exit code 2 and a sentence on stderr; anything else that goes wrong must be seen. Describe it in the README.',
    covers: ['VAL-CLI-001', 'VAL-CLI-002', 'VAL-CLI-003'],
    after: [],
    touches: ['bin/bookings.js', 'src/cli/', 'test/cli-list.test.js', 'README.md'],
    preconditions: [],
    expected: 'node bin/bookings.js list and add use the same data file as the server.',
  },
  {
    ...low,
    id: 'f3',
    milestone: 'm1',
    title: 'Show a refusal on the page and keep the form',
    brief:
      'When a booking from the form is refused, show the list page again with an alert (role alert) that carries the sentence, and with the form filled in as it was. Status 409 for a conflict, 400 for other problems. What people typed is escaped.',
    covers: ['VAL-PAGE-001'],
    after: ['f1'],
    touches: ['src/pages/list.js', 'src/routes/pages.js', 'test/refusal-page.test.js'],
    preconditions: ['createBooking answers {problem, conflict}'],
    expected: 'Nobody has to type a booking twice.',
  },
  {
    ...low,
    id: 'f4',
    milestone: 'm2',
    title: 'Cancel a booking on the page and over the API',
    brief:
      'DELETE /api/bookings/<id> cancels a booking (204, or 404 when there is none). On the page each row has a link to cancel, named after the booking; it leads to a question with "Yes, cancel it" and "Keep it", and only yes cancels. Add a line with time and booking to cancelled.log beside the data file before the answer goes out.',
    covers: ['VAL-PAGE-002', 'VAL-API-004'],
    after: ['f3'],
    touches: ['src/bookings.js', 'src/cancelled.js', 'src/pages/', 'src/routes/', 'test/cancel.test.js', 'README.md'],
    preconditions: [],
    expected: 'A cancelled booking is gone from the list, its time is free, and cancelled.log has one line more.',
  },
  {
    ...low,
    id: 'f5',
    milestone: 'm2',
    title: 'Book a room in a terminal',
    brief:
      'Add the command book to bin/bookings.js: it asks for room, start, end and name, books, and confirms. When the room is taken it says by whom and until when and asks for another time; for other problems it asks everything again. Exit code 1 when the answers end before a booking is made.',
    covers: ['VAL-CLI-004', 'VAL-CROSS-001'],
    after: ['f1', 'f2'],
    touches: ['bin/bookings.js', 'src/cli/', 'test/cli-book.test.js'],
    preconditions: ['bin/bookings.js exists'],
    expected: 'Reception books without a browser, into the same data file as the server.',
  },
]

export const plan = {
  milestones: [
    { id: 'm1', title: 'No room is given away twice', goal: 'Overlaps are refused everywhere with a useful answer, and reception can see what is booked.' },
    { id: 'm2', title: 'Cancel, and book at reception', goal: 'Bookings can be cancelled on the page and over the API, and made in a terminal.' },
  ],
  features,
  procedures: {
    install: null,
    test: 'node --test',
    lint: 'node scripts/lint.js',
    types: null,
    start: 'node server.js',
    port: 3000,
    health: '/health',
    env: { PORT: '3000' },
    entry_points: [['node', 'bin/bookings.js']],
  },
  procedures_from: 'package.json',
  boundaries: ['The format of the bookings in the data file stays as it is'],
  decisions: [
    { decision: 'Anybody may cancel any booking.', document: 'issue', section: '', quote: 'no logins please, we trust each other' },
    { decision: 'A booking may begin at the minute when another one ends.', document: 'answers', section: '', quote: 'back to back is fine, only real overlaps are the problem' },
  ],
}
