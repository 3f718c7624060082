import { submit, type Program } from '../program.ts'

/** No feature of the story is too large: a worker that ran into a limit had lost its way. */
export function* splitProgram(): Program {
  yield* submit('It would have fitted.', { decision: 'again', lesson: 'Go straight through the steps of the brief, one after the other, and hand off.' })
}
