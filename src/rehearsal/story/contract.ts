export type AssertionText = {
  id: string
  title: string
  starts_from?: string[]
  behaviour: string
  tool: 'browser' | 'http' | 'terminal' | 'command'
  /** In the grammar of evidence: docs/evidence.md. */
  evidence: string[]
  regression: boolean
  proves: number[]
}

/** Written from the request alone, before any feature. */
export const contract: { starting_points: { name: string; text: string }[]; assertions: AssertionText[] } = {
  starting_points: [{ name: 'taken-room', text: 'On a day without other bookings, a room is booked by one person from 09:00 to 11:00.' }],
  assertions: [
    {
      id: 'VAL-API-001',
      title: 'A taken room is refused, naming holder and end',
      starts_from: ['taken-room'],
      behaviour:
        'A request over the API for that room and day from 10:00 to 12:00 by another person is answered with status 409 and a sentence that names the first person and the end of their booking; the list of bookings still holds the first booking only. The same time in another room is accepted.',
      tool: 'http',
      evidence: ['response(POST /api/bookings -> 409, body has "11:00")', 'response(POST /api/bookings -> 201, body has "Elm")', 'response(GET /api/bookings -> 200, body has "Oak")'],
      regression: false,
      proves: [1],
    },
    {
      id: 'VAL-API-002',
      title: 'Bookings may touch',
      behaviour:
        'With a booking of a room from 10:00 to 11:00, both a booking from 11:00 to 12:00 and one from 09:00 to 10:00 of the same room and day are accepted over the API with status 201, and all three are listed.',
      tool: 'http',
      evidence: ['response(POST /api/bookings -> 201, body has "12:00")', 'response(POST /api/bookings -> 201, body has "09:00")', 'response(GET /api/bookings -> 200, body has "09:00")'],
      regression: true,
      proves: [1],
    },
    {
      id: 'VAL-API-003',
      title: 'Impossible bookings are refused with a reason',
      behaviour:
        'Over the API a booking whose end is before its start, and a booking of a room that does not exist, are each answered with status 400 and a sentence that says what is wrong; neither is listed afterwards.',
      tool: 'http',
      evidence: ['response(POST /api/bookings -> 400, body has "error")', 'response(GET /api/bookings -> 200)'],
      regression: false,
      proves: [1],
    },
    {
      id: 'VAL-DATA-001',
      title: 'A confirmed booking survives a restart',
      behaviour: 'A booking that was answered with status 201 is still listed, unchanged, after the product was restarted.',
      tool: 'http',
      evidence: ['response(POST /api/bookings -> 201)', 'response(GET /api/bookings -> 200, body has "holder")'],
      regression: true,
      proves: [6],
    },
    {
      id: 'VAL-CLI-001',
      title: 'The command line adds and lists bookings',
      behaviour:
        'The command `add --room <name> --from <time> --to <time> --holder <name>` books, says so, and ends with exit code 0. `list` then prints one line for each booking with room, start, end and holder, earliest first, whatever the order they were added in, and ends with exit code 0.',
      tool: 'command',
      evidence: ['output(Oak)', 'output(Elm)', 'exit(0)'],
      regression: false,
      proves: [4, 5],
    },
    {
      id: 'VAL-CLI-002',
      title: 'The list can be narrowed to a room and a time',
      behaviour:
        '`list --room <name> --from <time>` prints only bookings of that room that end after that time: one that is running at that time or begins later is printed, one that ended before it and one of another room are not.',
      tool: 'command',
      evidence: ['output(Oak)', 'exit(0)', 'absent("Elm" in output(Oak))'],
      regression: false,
      proves: [4],
    },
    {
      id: 'VAL-CLI-003',
      title: 'Mistakes at the command line are told apart',
      behaviour:
        '`list` with a room that does not exist, such as Attic, or with an option that it does not know, prints nothing on standard output, a sentence that names the mistake on standard error, and ends with exit code 2.',
      tool: 'command',
      evidence: ['exit(2)', 'output(Attic)', 'count("Attic" = 1 in output(Attic))', 'absent("node:internal" in output(Attic))'],
      regression: false,
      proves: [4, 5],
    },
    {
      id: 'VAL-PAGE-001',
      title: 'The page refuses a taken room and keeps the form',
      starts_from: ['taken-room'],
      behaviour:
        'A person who fills in the form of the page for that room and a time when it is taken sees an alert that names the holder and the end of the booking in the way, and finds the times and the name they had typed still in the form.',
      tool: 'browser',
      evidence: ['page(alert)', 'page(taken by * 11:00)', 'screenshot(refused)'],
      regression: false,
      proves: [1, 2],
    },
    {
      id: 'VAL-PAGE-002',
      title: 'Cancelling on the page asks first',
      behaviour:
        'A person who chooses to cancel a booking in the list is asked, with room, time and holder named. "Keep it" leads back to the list with the booking still there; choosing to cancel again and answering "Yes, cancel it" leads back to the list without it.',
      tool: 'browser',
      evidence: ['page("Yes, cancel it")', 'page("Keep it")', 'screenshot(cancel)'],
      regression: false,
      proves: [3],
    },
    {
      id: 'VAL-API-004',
      title: 'A booking can be cancelled over the API',
      behaviour:
        'Deleting a booking over the API by its id is answered with status 204; it is no longer listed, its time can be booked again, and deleting it a second time is answered with status 404.',
      tool: 'http',
      evidence: ['response(DELETE /api/bookings/* -> 204)', 'response(POST /api/bookings -> 201)', 'response(DELETE /api/bookings/* -> 404)', 'response(GET /api/bookings -> 200)'],
      regression: false,
      proves: [3],
    },
    {
      id: 'VAL-CLI-004',
      title: 'A room can be booked in a terminal',
      behaviour:
        'The command `book` asks for room, start, end and name, and confirms the booking. Asked for a time when the room is taken it says who has the room and until when, asks for another time, and books that.',
      tool: 'terminal',
      evidence: ['terminal(booked * 09:00)', 'terminal(taken by * 11:00)', 'exit(0)'],
      regression: false,
      proves: [1, 4],
    },
    {
      id: 'VAL-CROSS-001',
      title: 'What is booked by answering questions is in the one list',
      behaviour:
        'A booking that a person made with `book` in a terminal, while the server is running, is printed by `list` in a terminal right afterwards, together with a booking that was made with `add`.',
      tool: 'terminal',
      evidence: ['terminal(booked)', 'terminal(Birch)', 'exit(0)'],
      regression: false,
      proves: [4, 5],
    },
  ],
}
