/** A model behind a Messages protocol, in the protocol's own block shapes. */
export interface Model {
  /** One streamed turn, put together. Throws `ModelAway` when it did not answer, `ModelRefused` when it never will. */
  turn(request: TurnRequest, signal: AbortSignal): Promise<Turn>
}

export type TextBlock = { type: 'text'; text: string }
export type ToolUseBlock = { type: 'tool_use'; id: string; name: string; input: unknown }
/** Thinking and other blocks of the model's own, kept as they came and sent back unchanged. */
export type OpaqueBlock = { type: 'opaque'; raw: unknown }
export type ImageBlock = { type: 'image'; source: { type: 'base64'; media_type: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'; data: string } }
export type ToolResultBlock = { type: 'tool_result'; tool_use_id: string; content: (TextBlock | ImageBlock)[]; is_error?: boolean }
export type AssistantBlock = TextBlock | ToolUseBlock | OpaqueBlock
export type UserBlock = TextBlock | ImageBlock | ToolResultBlock
export type Message = { role: 'user'; content: UserBlock[] } | { role: 'assistant'; content: AssistantBlock[] }

export interface ToolSpec {
  name: string
  description: string
  /** JSON schema of the input. */
  input_schema: Record<string, unknown>
}

export interface TurnRequest {
  /** Sent as metadata.user_id. */
  run: string
  model: string
  effort: 'low' | 'medium' | 'high'
  max_output_tokens: number
  tools: ToolSpec[]
  system: string
  messages: Message[]
  /** Places in `messages` behind which the conversation will stay as it is for long: worth a cache mark of their own. The most important first. */
  anchors: number[]
}

export interface Turn {
  content: AssistantBlock[]
  stop: 'end_turn' | 'tool_use' | 'max_tokens' | 'refusal' | 'pause_turn' | 'context_exceeded'
  usage: { input_tokens: number; cache_write_tokens: number; cache_read_tokens: number; output_tokens: number }
}

/** Overloaded, cut, silent or rate limited, after the adapter's own bounded retries. */
export class ModelAway extends Error {
  readonly retryable = true
}
/** Bad credentials, no credit, a request it will not take. */
export class ModelRefused extends Error {
  readonly retryable = false
}
