import { APIError } from '@anthropic-ai/sdk'
import { z } from 'zod'
import type { AssistantBlock, Turn } from '../../ports/model.ts'

/** The stream ended, cleanly or not, before the turn did. */
export class StreamCut extends Error {}

/** Puts the events of one turn together. Unknown events are passed over, unknown blocks kept as they came. */
export async function collectTurn(events: AsyncIterable<{ event: string | null; data: string }>, heard: () => void): Promise<Turn> {
  const blocks = new Map<number, Partial>()
  const usage: Turn['usage'] = { input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0 }
  let stop: string | null = null
  for await (const { data } of events) {
    heard()
    const event = eventOf(data)
    switch (event.type) {
      case 'message_start':
        count(usage, event.message.usage)
        break
      case 'content_block_start':
        blocks.set(event.index, { start: event.content_block, text: '', json: '', thinking: '', signature: '' })
        break
      case 'content_block_delta':
        grow(blocks.get(event.index), event.delta)
        break
      case 'message_delta':
        stop = event.delta.stop_reason
        if (event.usage) count(usage, event.usage)
        break
      case 'message_stop': {
        if (stop === null) throw new StreamCut('the stream ended without a stop reason')
        const mapped = stopOf(stop)
        return { content: [...blocks.values()].flatMap((block) => finish(block)), stop: mapped, usage }
      }
      case 'error':
        throw new APIError(undefined, event, event.error.message, undefined)
      case 'other':
        break
    }
  }
  throw new StreamCut('the stream was cut before the turn ended')
}

interface Partial {
  start: Record<string, unknown> & { type: string }
  text: string
  json: string
  thinking: string
  signature: string
}

const Counts = z.object({
  input_tokens: z.number().nullish(),
  cache_creation_input_tokens: z.number().nullish(),
  cache_read_input_tokens: z.number().nullish(),
  output_tokens: z.number().nullish(),
})

const Known = z.discriminatedUnion('type', [
  z.object({ type: z.literal('message_start'), message: z.object({ usage: Counts }) }),
  z.object({ type: z.literal('content_block_start'), index: z.number(), content_block: z.looseObject({ type: z.string() }) }),
  z.object({ type: z.literal('content_block_delta'), index: z.number(), delta: z.looseObject({ type: z.string() }) }),
  z.object({ type: z.literal('message_delta'), delta: z.object({ stop_reason: z.string().nullable() }), usage: Counts.nullish() }),
  z.object({ type: z.literal('message_stop') }),
  z.object({ type: z.literal('error'), error: z.object({ type: z.string(), message: z.string() }) }),
])
const StreamEvent = z.union([Known, z.looseObject({ type: z.string() }).transform(() => ({ type: 'other' as const }))])

function eventOf(data: string): z.infer<typeof StreamEvent> {
  try {
    return StreamEvent.parse(JSON.parse(data))
  } catch {
    throw new StreamCut('the stream was garbled')
  }
}

function grow(block: Partial | undefined, delta: Record<string, unknown> & { type: string }): void {
  if (!block) throw new StreamCut('the stream skipped the start of a block')
  for (const [key, part] of [
    ['text', delta['text']],
    ['json', delta['partial_json']],
    ['thinking', delta['thinking']],
    ['signature', delta['signature']],
  ] as const) {
    if (typeof part === 'string') block[key] += part
  }
}

function finish(block: Partial): AssistantBlock[] {
  const { start } = block
  if (start.type === 'text') {
    const text = textIn(start, 'text') + block.text
    // The API takes no blank text back.
    return text.trim() === '' ? [] : [{ type: 'text', text }]
  }
  if (start.type === 'tool_use') return [{ type: 'tool_use', id: textIn(start, 'id'), name: textIn(start, 'name'), input: inputOf(block) }]
  if (start.type !== 'thinking') return [{ type: 'opaque', raw: start }]
  const signature = textIn(start, 'signature') + block.signature
  // Thinking that was cut has no signature, and would not be taken back.
  return signature === '' ? [] : [{ type: 'opaque', raw: { ...start, thinking: textIn(start, 'thinking') + block.thinking, signature } }]
}

function textIn(start: Record<string, unknown>, field: string): string {
  const value = start[field]
  return typeof value === 'string' ? value : ''
}

function inputOf(block: Partial): unknown {
  if (block.json === '') return block.start['input'] ?? {}
  try {
    return JSON.parse(block.json)
  } catch {
    // Cut or malformed. The schema refuses it, and the model sees what it wrote.
    return { malformed_json: block.json.slice(0, 2000) }
  }
}

function count(usage: Turn['usage'], said: z.infer<typeof Counts>): void {
  usage.input_tokens = said.input_tokens ?? usage.input_tokens
  usage.cache_write_tokens = said.cache_creation_input_tokens ?? usage.cache_write_tokens
  usage.cache_read_tokens = said.cache_read_input_tokens ?? usage.cache_read_tokens
  usage.output_tokens = said.output_tokens ?? usage.output_tokens
}

function stopOf(reason: string): Turn['stop'] {
  switch (reason) {
    case 'tool_use':
    case 'max_tokens':
    case 'refusal':
    case 'pause_turn':
      return reason
    case 'model_context_window_exceeded':
      return 'context_exceeded'
    default:
      return 'end_turn'
  }
}
