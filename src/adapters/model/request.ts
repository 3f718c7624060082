import type { Anthropic } from '@anthropic-ai/sdk'
import type { AssistantBlock, Message, TurnRequest, UserBlock } from '../../ports/model.ts'

type Body = Anthropic.MessageCreateParamsStreaming
const mark = { cache_control: { type: 'ephemeral' } } as const
/** The API takes four; the system text, which covers the tools before it, has one. */
const message_marks = 3

/**
 * The request on the wire. Without its cache marks, turn t is a byte prefix of turn t+1.
 *
 * A mark is looked for twenty blocks back at most, and a turn of parallel calls is longer: so the end of the turn before is
 * marked again, exactly where it was written. The marks are of five minutes: one of an hour costs three quarters more for every
 * token of the run, and keeping the prefix warm while a tool runs long (agents/warmth.ts) a tenth of it each time.
 */
export function messageBody(request: TurnRequest): Body {
  const marked = markedMessages(request)
  return {
    model: request.model,
    max_tokens: request.max_output_tokens,
    stream: true,
    metadata: { user_id: request.run },
    output_config: { effort: request.effort },
    tools: request.tools.map((tool) => ({
      name: tool.name,
      description: tool.description,
      // A tool's schema is an object at its root; agents/schema.ts sees to it.
      input_schema: { ...tool.input_schema, type: 'object' as const },
    })),
    system: [{ type: 'text', text: request.system, ...mark }],
    messages: request.messages.map((message, i) => wireMessage(message, marked.has(i))),
  }
}

/** The newest message, then those that stay, then the end of the turn before: what must be read comes before what may be. */
function markedMessages({ messages, anchors }: TurnRequest): Set<number> {
  const users = messages.flatMap((m, i) => (m.role === 'user' ? [i] : []))
  const wanted = [users.at(-1), ...anchors.filter((i) => messages[i]?.role === 'user'), users.at(-2)]
  return new Set([...new Set(wanted.filter((i) => i !== undefined))].slice(0, message_marks))
}

function wireMessage(message: Message, marked: boolean): Anthropic.MessageParam {
  if (message.role === 'assistant') return { role: 'assistant', content: message.content.map(assistantBlock) }
  const last = message.content.length - 1
  return { role: 'user', content: message.content.map((block, i) => ({ ...userBlock(block), ...(marked && i === last ? mark : {}) })) }
}

function assistantBlock(block: AssistantBlock): Anthropic.ContentBlockParam {
  // An opaque block came from this API and goes back as it came; its shape is the API's own business.
  return block.type === 'opaque' ? (block.raw as Anthropic.ContentBlockParam) : block
}

function userBlock(block: UserBlock): Anthropic.TextBlockParam | Anthropic.ImageBlockParam | Anthropic.ToolResultBlockParam {
  return block
}
