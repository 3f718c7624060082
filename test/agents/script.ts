import type { Block, Reply, SentRequest } from '../support/messages-api.ts'
import { says } from '../support/messages-api.ts'

/** What a run has been told so far. */
export interface Heard {
  system: string
  /** The first user message. */
  message: string
  tools: string[]
  /** Text of the newest user message: results and what the program said. */
  last: string
  /** Results of the newest message: text, and whether it was an error. */
  results: { text: string; error: boolean }[]
  turn: number
}

export type Step = Block[] | Reply | ((heard: Heard) => Block[] | Reply)

/** Answers each run's turn n with its step n; a run that has no more steps says so, in plain words. */
export function scripted(steps: Record<string, Step[]>): (request: SentRequest) => Reply {
  return (request) => {
    const run = request.body.metadata.user_id
    const heard = hear(request)
    const own = steps[run.replace(/^[\d-]+\./, '')] ?? []
    const step = own[heard.turn] ?? [says(`the script of ${run} has no turn ${heard.turn + 1}`)]
    const said = typeof step === 'function' ? step(heard) : step
    return Array.isArray(said) ? { say: said } : said
  }
}

export function hear(request: SentRequest | undefined): Heard {
  if (!request) throw new Error('there was no such request')
  const { body } = request
  const { messages } = body
  const newest = messages.at(-1)?.content ?? []
  return {
    system: textOf(body.system),
    message: textOf(messages[0]?.content ?? []),
    tools: body.tools.map((tool) => tool.name),
    last: textOf(newest),
    results: newest.flatMap((block) => (block['type'] === 'tool_result' ? [{ text: textOf([block]), error: block['is_error'] === true }] : [])),
    turn: messages.filter((message) => message.role === 'assistant').length,
  }
}

/** The part of a message between two marks. */
export function part(message: string, name: string): string {
  return new RegExp(`<${name}>\\n([^]*?)\\n</${name}>`).exec(message)?.[1] ?? ''
}

function textOf(blocks: Block[]): string {
  return blocks.map((block) => (block['type'] === 'tool_result' ? textOf(Array.isArray(block['content']) ? block['content'] : []) : typeof block['text'] === 'string' ? block['text'] : '')).join('\n')
}
