import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import type { InputTokens } from './account.ts'
import type { Say } from './program.ts'

export type AnswerBlock = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: Record<string, unknown> }

export interface Answer {
  id: string
  type: 'message'
  role: 'assistant'
  model: string
  content: AnswerBlock[]
  stop_reason: 'tool_use' | 'end_turn' | 'max_tokens' | 'refusal'
  stop_sequence: null
  usage: InputTokens & { output_tokens: number }
}

/** The whole message of a turn. Ids come from run and turn, so that the same request has the same answer. */
export function answerOf(turn: { run: string; n: number; model: string }, said: Say, input: InputTokens): Answer {
  const content: AnswerBlock[] = said.text === '' ? [] : [{ type: 'text', text: said.text }]
  said.calls.forEach((call, i) => content.push({ type: 'tool_use', id: `toolu_${mark(turn.run, turn.n, i)}`, name: call.name, input: call.input }))
  return {
    id: `msg_${mark(turn.run, turn.n)}`,
    type: 'message',
    role: 'assistant',
    model: turn.model,
    content,
    stop_reason: said.calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { ...input, output_tokens: Math.ceil(JSON.stringify(content).length / 4) },
  }
}

export type StreamEnd = 'whole' | 'cut' | 'error' | 'silence'

const piece_chars = 2_000

/** Writes the answer as server-sent events, whole or ending badly after its first half. */
export function stream(response: ServerResponse, answer: Answer, end: StreamEnd): void {
  response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': `req_${answer.id.slice(4)}` })
  const events = eventsOf(answer)
  if (end === 'whole') {
    for (const event of events) send(response, event)
    response.end()
    return
  }
  for (const event of events.slice(0, Math.ceil(events.length / 2))) send(response, event)
  if (end === 'error') {
    send(response, { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })
    response.end()
  } else if (end === 'cut') {
    // After the half is out, the connection dies.
    response.write('', () => response.destroy())
  }
}

type StreamEvent = { type: string } & Record<string, unknown>

function eventsOf(answer: Answer): StreamEvent[] {
  const { content, stop_reason, stop_sequence, usage } = answer
  return [
    { type: 'message_start', message: { ...answer, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } } },
    { type: 'ping' },
    ...content.flatMap((block, index): StreamEvent[] => [
      { type: 'content_block_start', index, content_block: block.type === 'text' ? { type: 'text', text: '' } : { ...block, input: {} } },
      ...deltas(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: { output_tokens: usage.output_tokens } },
    { type: 'message_stop' },
  ]
}

function deltas(block: AnswerBlock): Record<string, unknown>[] {
  if (block.type === 'text') return pieces(block.text).map((text) => ({ type: 'text_delta', text }))
  return pieces(JSON.stringify(block.input)).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
}

function pieces(text: string): string[] {
  return Array.from({ length: Math.max(1, Math.ceil(text.length / piece_chars)) }, (_, i) => text.slice(i * piece_chars, (i + 1) * piece_chars))
}

function send(response: ServerResponse, event: StreamEvent): void {
  response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`)
}

function mark(...parts: (string | number)[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 22)
}
