import { z } from 'zod'
import { clarifications as whole } from '../../story/request.ts'
import { shortened } from '../../story/short.ts'
import { one, submit, type Program } from '../program.ts'
import { sectionAs, type Brief } from '../request.ts'

const Rounds = z.array(z.looseObject({ replies: z.array(z.looseObject({ text: z.string() })) }))

/** Looks once and asks one question; when that is answered, declares the request understood. */
export function* clarifyProgram(brief: Brief, short: boolean): Program {
  const clarifications = short ? shortened.clarifications : whole
  const rounds = sectionAs(brief, 'rounds', Rounds)
  const answered = rounds === undefined ? /\.r([2-9]|\d\d)\b/.test(brief.run) : rounds.some((round) => round.replies.length > 0)
  if (answered) return yield* submit('The question is answered; nothing else is open.', clarifications.understood)
  yield* one('First, what the product does today.', 'explore', {
    question: 'How is a booking made today, over the page and the API, and what is checked before it is kept? Where and how are bookings stored?',
  })
  yield* submit('One thing could be meant either way.', clarifications.questions)
}
