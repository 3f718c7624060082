import { handsIn } from './amend.ts'
import type { ToolUseBlock } from '../ports/model.ts'
import { tokensOf, type RoomLimits } from './limits.ts'
import type { LineOf, RunRecord } from './record.ts'
import { callsOf } from './record.ts'
import { callTarget } from './skeleton.ts'

/** The newest turns are what the agent works on: they stay whole. */
const turns_kept = 4
const long_string = 1_500
/** Less than this is not worth a note. */
const least_tokens = 150

/**
 * What to clear before the next turn: nothing below the high-water mark; above it old results, oldest first, down to the
 * low-water mark in one step, so that the cached prefix breaks rarely. A step that would win little waits until it wins more,
 * unless the conversation does not fit any more: then everything goes that can go.
 *
 * There is no summary behind it. What an agent has done stands in its tree and commits, which it can read again; a summary would
 * be one more claim that nobody checked. A run whose own words fill the window ends as `context`, and its feature is split.
 */
export function clearing(record: RunRecord, input_tokens: number, room: RoomLimits): LineOf<'cleared'> | null {
  if (input_tokens < room.clear_at_tokens) return null
  const full = input_tokens >= room.window_tokens
  const line: LineOf<'cleared'> = { kind: 'cleared', n: record.turns.length, results: [], inputs: [], saved_tokens: 0 }
  const old = record.turns.slice(0, full ? -1 : -turns_kept)
  for (const { turn, results } of old) {
    if (!full && input_tokens - line.saved_tokens <= room.clear_to_tokens) break
    // A turn goes whole: the next clearing finds its end as it was, in the model's cache.
    for (const call of callsOf(turn)) {
      clearResult(line, record, call, results.get(call.id))
      clearInput(line, record, call)
    }
  }
  const wanted = full ? 1 : (room.clear_at_tokens - room.clear_to_tokens) / 3
  return line.saved_tokens >= wanted ? line : null
}

function clearResult(line: LineOf<'cleared'>, record: RunRecord, call: ToolUseBlock, result: LineOf<'result'> | undefined): void {
  // What was wrong with an answer is short, and the agent still needs it.
  if (!result || record.cleared.results.has(call.id) || handsIn(call.name)) return
  const note = noteOn(call, result)
  const saved = result.content.reduce((sum, block) => sum + tokensOf(block), 0) - tokensOf({ type: 'text', text: note })
  if (saved < least_tokens) return
  line.results.push({ id: call.id, note })
  line.saved_tokens += saved
}

function noteOn(call: ToolUseBlock, { content, exit, file }: LineOf<'result'>): string {
  const chars = content.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0)
  const what = `${call.name} ${callTarget(call.name, call.input)}`.trim()
  const ended = exit === undefined ? '' : `, exit ${exit ?? 'killed'}`
  const where = file === undefined ? 'Call it again if you need it.' : `It is in ${file}.`
  return `[Cleared to save room: what ${what} showed${ended}, ${chars} characters. ${where}]`
}

/** The long strings of a call, such as a file that was written: it can be read where it was written to. */
function clearInput(line: LineOf<'cleared'>, record: RunRecord, call: ToolUseBlock): void {
  const { input } = call
  if (typeof input !== 'object' || input === null || record.cleared.inputs.has(call.id) || handsIn(call.name)) return
  const fields = Object.entries(input)
  const long = fields.filter(([, value]) => typeof value === 'string' && value.length > long_string)
  if (long.length === 0) return
  const shortened = fields.map(([key, value]) => [key, typeof value === 'string' && value.length > long_string ? `[${value.length} characters, cleared to save room]` : value])
  line.inputs.push({ id: call.id, input: Object.fromEntries(shortened) })
  line.saved_tokens += long.reduce((sum, [, value]) => sum + tokensOf({ type: 'text', text: String(value) }), 0)
}
