import type { AssistantBlock, Message, ToolResultBlock, ToolUseBlock } from '../ports/model.ts'
import type { RecordedTurn, RunRecord } from './record.ts'
import { callsOf, modelOf } from './record.ts'

/** The conversation as a model is sent it. Besides clearing and another model, it only ever grows at its end. */
export function conversationOf(record: RunRecord, model = modelOf(record)): Message[] {
  const first: Message = { role: 'user', content: [{ type: 'text', text: record.begun?.message ?? '' }, ...(record.begun?.shown ?? [])] }
  return [first, ...record.turns.flatMap((turn) => [...said(record, turn, model), ...answered(record, turn)])]
}

/** The newest turn was said, or its reply was. */
export function grow(record: RunRecord): void {
  const last = record.turns.at(-1)
  if (last) record.messages.push(...(last.reply ? answered(record, last) : said(record, last, last.turn.model)))
}

/** Makes it anew, after a clearing or with another model. */
export function rebuild(record: RunRecord): void {
  const { cleared } = record
  record.messages = conversationOf(record)
  const last = record.messages.findLastIndex(({ content }) => content.some((block) => block.type === 'tool_result' && cleared.results.has(block.tool_use_id)))
  cleared.before = cleared.end
  cleared.end = Math.max(0, last)
}

/** Behind what was cleared last, else behind the task, the conversation stays as it is for longest. Just after a clearing it is read up to where the one before ended. */
export function anchorsOf({ cleared, saved_tokens }: RunRecord): number[] {
  return saved_tokens > 0 ? [cleared.before, cleared.end] : [cleared.end]
}

/** The API takes no empty message; two by the user in a row it reads as one. */
function said(record: RunRecord, { turn }: RecordedTurn, model: string): Message[] {
  // What a model thought is taken back by no other.
  const own = turn.model === model
  const content = turn.content.flatMap((block): AssistantBlock[] => {
    if (block.type === 'tool_use' && record.cleared.inputs.has(block.id)) return [{ ...block, input: record.cleared.inputs.get(block.id) }]
    return own || block.type !== 'opaque' ? [block] : []
  })
  return content.length > 0 ? [{ role: 'assistant', content }] : []
}

function answered(record: RunRecord, { turn, results, reply }: RecordedTurn): Message[] {
  if (!reply) return []
  const content = [...callsOf(turn).map((call) => resultBlock(record, call, results)), ...reply.extra]
  return content.length > 0 ? [{ role: 'user', content }] : []
}

function resultBlock(record: RunRecord, call: ToolUseBlock, results: RecordedTurn['results']): ToolResultBlock {
  const result = results.get(call.id)
  const note = record.cleared.results.get(call.id)
  const content = note === undefined ? (result?.content ?? []) : [{ type: 'text' as const, text: note }]
  return { type: 'tool_result', tool_use_id: call.id, content, ...(result?.ok === false ? { is_error: true } : {}) }
}
