import type { ImageBlock, Message, TextBlock, ToolSpec } from '../ports/model.ts'
import type { FailReason, RunRecord } from './record.ts'

/** What one run may use at most. */
export interface RunLimits {
  turns: number
  /** All tokens of all turns, cache reads too. */
  tokens: number
  /** Time at work: turns and tools, not the time a held mission waits. */
  wall_ms: number
  usd: number
}

/** How long a conversation may be. Input tokens. */
export interface RoomLimits {
  /** What the model reads at most, less what it may answer. */
  window_tokens: number
  /** High-water mark: old results are cleared … */
  clear_at_tokens: number
  /** … down to here. */
  clear_to_tokens: number
}

export function limitReached(record: RunRecord, limits: RunLimits, next: { input_tokens: number; window_tokens: number; worst_usd: number }): { reason: FailReason; detail: string } | null {
  const { used } = record
  const tokens = used.input_tokens + used.cache_write_tokens + used.cache_read_tokens + used.output_tokens
  if (record.turns.length >= limits.turns) return { reason: 'turns', detail: `All ${limits.turns} turns are used and nothing was submitted.` }
  if (tokens >= limits.tokens) return { reason: 'tokens', detail: `${tokens} tokens are used, of ${limits.tokens}.` }
  if (used.wall_ms >= limits.wall_ms) return { reason: 'wall_time', detail: `${Math.round(used.wall_ms / 60_000)} minutes are used, of ${Math.round(limits.wall_ms / 60_000)}.` }
  if (next.input_tokens >= next.window_tokens)
    return { reason: 'context', detail: `The conversation is about ${next.input_tokens} tokens long and nothing more of it can be cleared; the model reads ${next.window_tokens}.` }
  if (used.cost_usd + next.worst_usd > limits.usd)
    return { reason: 'dollars', detail: `$${used.cost_usd.toFixed(2)} are used, and another turn may pass the run's limit of $${limits.usd.toFixed(2)}.` }
  return null
}

/** Said while there is still time to end well. */
export function warningFor(turns_left: number): string | null {
  if (turns_left === 5) return 'You have 5 turns left. Bring your work to an end that can stand, and submit.'
  if (turns_left === 1) return 'This is your last turn. Call submit now with what you have, and say plainly what is missing.'
  return null
}

const chars_per_token = 3
const tokens_per_image = 2_000

/** Input tokens of the next turn, rather too many than too few: what the last one counted, and what came since. */
export function estimateInput(record: RunRecord, fixed: { system: string; tools: ToolSpec[] }): number {
  const { messages, saved_tokens } = record
  const last = record.turns.at(-1)
  const counted = last ? total(last.turn.usage) : 0
  if (counted > 0) return Math.max(0, counted + messages.slice(-1).reduce(plusSize, 0) - saved_tokens)
  return messages.reduce(plusSize, Math.ceil((fixed.system.length + JSON.stringify(fixed.tools).length) / chars_per_token))
}

/** Of a block, rather too many than too few. */
export function tokensOf(block: TextBlock | ImageBlock): number {
  return block.type === 'image' ? tokens_per_image : Math.ceil(block.text.length / chars_per_token)
}

function total(usage: { input_tokens: number; cache_write_tokens: number; cache_read_tokens: number; output_tokens: number }): number {
  return usage.input_tokens + usage.cache_write_tokens + usage.cache_read_tokens + usage.output_tokens
}

function plusSize(before: number, message: Message): number {
  return message.content.reduce((sum, block) => {
    if (block.type === 'image') return sum + tokens_per_image
    if (block.type !== 'tool_result') return sum + Math.ceil(JSON.stringify(block).length / chars_per_token)
    return sum + block.content.reduce((inner, part) => inner + tokensOf(part), 20)
  }, before)
}
