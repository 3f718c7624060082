import { blocksOf, textOf, type Content, type MessagesRequest } from './request.ts'
import { z } from 'zod'

export interface Call {
  name: string
  input: Record<string, unknown>
}
/** One turn: a word on what is done, and the tools to run. */
export interface Say {
  text: string
  calls: Call[]
}
export interface Result {
  ok: boolean
  text: string
}

/** A role at work: says a turn, is given the results of its calls, says the next. */
export type Program<T = void> = Generator<Say, T, Result[]>

/** Several calls in one turn; their results in the same order. What the machine interrupted is done once more. */
export function* say(text: string, ...calls: Call[]): Program<Result[]> {
  const results = calls.map((_, i) => i).map((): Result => ({ ok: false, text: 'no result' }))
  let open = calls.map((_, i) => i)
  for (let tries = 0; open.length > 0 && tries < 12; tries += 1) {
    const given = yield { text: tries === 0 ? text : 'That was interrupted. Once more.', calls: open.flatMap((i) => calls[i] ?? []) }
    open.forEach((index, i) => (results[index] = given[i] ?? { ok: false, text: 'no result' }))
    open = open.filter((index) => results[index]?.text.startsWith('Interrupted') === true)
  }
  return results
}

export function* one(text: string, name: string, input: Record<string, unknown>): Program<Result> {
  const [result] = yield* say(text, { name, input })
  return result ?? { ok: false, text: 'no result' }
}

/** The end of every run. Where it comes back, something was wrong with it on the way: said again, unchanged. */
export function* submit(text: string, input: Record<string, unknown>): Program {
  for (;;) yield { text, calls: [{ name: 'submit', input }] }
}

/**
 * The next turn of a program after the conversation so far: the program is run from its start, and what it said then is
 * taken from the messages. A turn that made no call, or whose calls were not run, is said again.
 */
export function nextSay(program: Program, messages: MessagesRequest['messages']): Say {
  let step = program.next()
  for (const [i, message] of messages.entries()) {
    if (message.role !== 'assistant' || step.done === true) continue
    const results = resultsOf(message.content, messages[i + 1]?.content ?? [])
    if (results.length > 0 && !results.every(wasNotRun)) step = program.next(results)
  }
  return step.done === true ? { text: 'There is nothing left to do.', calls: [] } : step.value
}

/** Cut before it was whole, or garbled: nothing has happened. */
function wasNotRun(result: Result): boolean {
  return !result.ok && /^(Not run|The input of \w+ does not fit)/.test(result.text)
}

const Use = z.looseObject({ type: z.literal('tool_use'), id: z.string() })
const Answer = z.looseObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string(),
  is_error: z.boolean().nullish(),
  content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
})

function resultsOf(said: Content, answered: Content): Result[] {
  const answers = blocksOf(answered).flatMap((block) => Answer.safeParse(block).data ?? [])
  return blocksOf(said)
    .flatMap((block) => Use.safeParse(block).data ?? [])
    .map(({ id }) => {
      const answer = answers.find((a) => a.tool_use_id === id)
      return answer === undefined ? { ok: false, text: 'no result' } : { ok: answer.is_error !== true, text: textOf(answer.content ?? '') }
    })
}
