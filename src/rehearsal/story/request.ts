/** What the person wrote, as people write. */
export const issue = {
  title: 'double bookings in Oak again + a few other things about the bookings page',
  body: `ok so this is the third time this month that two teams stood in front of Oak at the same time. The page just takes whatever you type!! Please make it so a room that is taken is refused, and tell me WHO has it and until when so I can go and talk to them.

also the page throws away everything you typed when something is wrong, that's annoying, keep it

- cancelling: right now I have to ask Tom to edit the json file. I want a Cancel on the page, but it has to ask first (Jo will click it by accident, guaranteed). And for the kiosk in the hall we need it over the api too. would be good to know afterwards what was cancelled, a line in a file is enough
- the people at reception live in a terminal. they want to see what's booked (one room, from some day on) and to book from there, it should just ask them the questions. Sven also wants to book from his script, so one plain command for that
- what is booked must not get lost when the machine reboots, that works today I think, pls don't break it

no logins please, we trust each other. And no emails!

Thanks
Mara`,
} as const

export const question = {
  text: 'May one booking begin at the very minute when another one in the same room ends (10:00 to 11:00, then 11:00 to 12:00)?',
  default: 'Yes, bookings may touch.',
} as const

export const reply = `1. yes of course, back to back is fine, only real overlaps are the problem`

const settled = {
  title: 'No more double bookings',
  goal: 'A room that is taken cannot be booked a second time, and whoever asks learns who has it and until when. Bookings can be cancelled, on the page after a question and over the API. Reception can list and book from a terminal. Nothing that is booked gets lost.',
  users: ['everybody who books a room', 'the people at reception', 'the kiosk in the hall and Sven, by program'],
  understood: [
    'a taken room is refused, naming holder and end',
    'the page keeps what was typed when it refuses',
    'cancelling on the page asks first; also over the API',
    'what was cancelled is noted in a file',
    'reception can list and book in a terminal, scripts with a plain command',
    'bookings survive a restart, as today',
  ],
  constraints: ['what is booked today stays booked and survives a restart', 'no accounts: everybody is trusted'],
  not_planned: ['logins or permissions', 'e-mail', 'repeated bookings', 'changing a booking in place'],
  done: [
    'Whoever asks for a room that is taken, on the page, over the API or in a terminal, is refused and told who has it and until when',
    'The page keeps what was typed when it refuses',
    'A booking can be cancelled on the page, after a question, and over the API',
    'Reception lists the bookings of a room from some time on, and books by answering questions in a terminal',
    'A script books with one plain command',
    'What was booked is still there after a restart',
  ],
} as const

const tentative = { text: 'Bookings may touch: one may begin at the minute when another ends.', matters: true }
const cancelling = { text: 'Anybody may cancel any booking ("we trust each other").', matters: false }

/** The two answers of the task `clarify`: before the reply and after it. */
export const clarifications = {
  questions: { outcome: 'questions', understanding: { ...settled, assumptions: [tentative, cancelling] }, questions: [question] },
  understood: { outcome: 'understood', understanding: { ...settled, understood: [...settled.understood, 'back-to-back bookings are fine'], assumptions: [cancelling] } },
} as const
