import type { Anthropic } from '@anthropic-ai/sdk'
import type { AssistantBlock, Message, TurnRequest, UserBlock } from '../../ports/model.ts'

type Body = Anthropic.MessageCreateParamsStreaming
const mark = { cache_control: { type: 'ephemeral' } } as const

/**
 * The request on the wire. Four cache marks: tools, system, and the last two user messages, so that each turn reads what
 * the turn before wrote. Without the marks, turn t is a byte prefix of turn t+1.
 */
export function messageBody(request: TurnRequest): Body {
  const users = request.messages.flatMap((m, i) => (m.role === 'user' ? [i] : []))
  const marked = new Set(users.slice(-2))
  return {
    model: request.model,
    max_tokens: request.max_output_tokens,
    stream: true,
    metadata: { user_id: request.run },
    output_config: { effort: request.effort },
    tools: request.tools.map((tool, i) => ({
      name: tool.name,
      description: tool.description,
      // A tool's schema is an object at its root; agents/schema.ts sees to it.
      input_schema: { ...tool.input_schema, type: 'object' as const },
      ...(i === request.tools.length - 1 ? mark : {}),
    })),
    system: [{ type: 'text', text: request.system, ...mark }],
    messages: request.messages.map((message, i) => wireMessage(message, marked.has(i))),
  }
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
