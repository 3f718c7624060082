import { z } from 'zod'
import { Usage } from '../domain/event.ts'
import type { Event } from '../domain/event.ts'
import type { AssistantBlock, ImageBlock, Message, TextBlock, ToolResultBlock, ToolSpec, ToolUseBlock } from '../ports/model.ts'

export type FailReason = Extract<Event, { type: 'RunFailed' }>['reason']
const FailReason = z.enum(['turns', 'tokens', 'wall_time', 'dollars', 'refusal', 'context', 'off_schema', 'no_work', 'push_gate', 'environment'])

const Effort = z.enum(['low', 'medium', 'high'])
const Tokens = z.strictObject({ input_tokens: z.number(), cache_write_tokens: z.number(), cache_read_tokens: z.number(), output_tokens: z.number() })
const Texts = z.array(z.strictObject({ type: z.literal('text'), text: z.string() }))
// Blocks are written by this program in the port's own shapes; the record keeps them whole.
const AssistantBlocks = z.custom<AssistantBlock[]>(Array.isArray)
const ResultContent = z.custom<(TextBlock | ImageBlock)[]>(Array.isArray)
const Tools = z.custom<ToolSpec[]>(Array.isArray)

/** A line of a run's trajectory. What a request is made of stands here once and is never made again: that keeps its prefix. */
export const Line = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('begun'),
    at: z.string(),
    role: z.string(),
    task: z.string(),
    model: z.string(),
    effort: Effort,
    max_output_tokens: z.int(),
    system: z.string(),
    tools: Tools,
    message: z.string(),
  }),
  z.strictObject({
    kind: z.literal('turn'),
    n: z.int(),
    at: z.string(),
    content: AssistantBlocks,
    stop: z.enum(['end_turn', 'tool_use', 'max_tokens', 'refusal', 'pause_turn', 'context_exceeded']),
    usage: Tokens,
    cost_usd: z.number(),
    ms: z.number(),
  }),
  /** A tool with side effects is about to run. */
  z.strictObject({ kind: z.literal('call'), n: z.int(), id: z.string(), name: z.string() }),
  z.strictObject({
    kind: z.literal('result'),
    n: z.int(),
    id: z.string(),
    name: z.string(),
    content: ResultContent,
    ok: z.boolean(),
    exit: z.int().nullish(),
    assertion: z.string().optional(),
    usage: Usage.optional(),
    ms: z.number(),
  }),
  /** What the program says after a turn, besides the results of its calls. Closes the turn. */
  z.strictObject({ kind: z.literal('reply'), n: z.int(), why: z.enum(['results', 'reminder', 'cut', 'pause']), extra: Texts }),
  z.strictObject({
    kind: z.literal('ended'),
    at: z.string(),
    ending: z.discriminatedUnion('is', [z.strictObject({ is: z.literal('submitted'), value: z.unknown() }), z.strictObject({ is: z.literal('failed'), reason: FailReason, detail: z.string() })]),
  }),
])
export type Line = z.infer<typeof Line>
export type LineOf<K extends Line['kind']> = Extract<Line, { kind: K }>

/** A run so far: the fold of its lines. */
export interface RunRecord {
  begun: LineOf<'begun'> | null
  turns: RecordedTurn[]
  ended: LineOf<'ended'> | null
}
export interface RecordedTurn {
  turn: LineOf<'turn'>
  calls: Set<string>
  results: Map<string, LineOf<'result'>>
  reply: LineOf<'reply'> | null
}

export function recordOf(lines: readonly unknown[]): RunRecord {
  const record: RunRecord = { begun: null, turns: [], ended: null }
  for (const line of lines) note(record, Line.parse(line))
  return record
}

export function note(record: RunRecord, line: Line): void {
  switch (line.kind) {
    case 'begun':
      record.begun = line
      return
    case 'turn':
      record.turns.push({ turn: line, calls: new Set(), results: new Map(), reply: null })
      return
    case 'call':
      record.turns[line.n - 1]?.calls.add(line.id)
      return
    case 'result':
      record.turns[line.n - 1]?.results.set(line.id, line)
      return
    case 'reply': {
      const turn = record.turns[line.n - 1]
      if (turn) turn.reply = line
      return
    }
    case 'ended':
      record.ended = line
  }
}

/** The conversation: each turn, then the results of its calls in the order of the calls, then what else was said. */
export function messagesOf(record: RunRecord): Message[] {
  const messages: Message[] = [{ role: 'user', content: [{ type: 'text', text: record.begun?.message ?? '' }] }]
  for (const { turn, results, reply } of record.turns) {
    // The API takes no empty message; two by the user in a row it reads as one.
    if (turn.content.length > 0) messages.push({ role: 'assistant', content: turn.content })
    if (!reply) break
    const blocks = callsOf(turn).map((call) => resultBlock(call, results.get(call.id)))
    const content = [...blocks, ...reply.extra]
    if (content.length > 0) messages.push({ role: 'user', content })
  }
  return messages
}

export function callsOf(turn: LineOf<'turn'>): ToolUseBlock[] {
  return turn.content.filter((block) => block.type === 'tool_use')
}

function resultBlock(call: ToolUseBlock, result: LineOf<'result'> | undefined): ToolResultBlock {
  return { type: 'tool_result', tool_use_id: call.id, content: result?.content ?? [], ...(result?.ok === false ? { is_error: true } : {}) }
}

export function results(record: RunRecord): LineOf<'result'>[] {
  return record.turns.flatMap(({ turn, results: of }) => callsOf(turn).flatMap((call) => of.get(call.id) ?? []))
}

/** What the run and its subagents used. */
export function usageOf(record: RunRecord): Usage {
  const total: Usage = { model: record.begun?.model ?? '', turns: 0, input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, cost_usd: 0, wall_ms: 0 }
  for (const { turn } of record.turns) add(total, { ...turn.usage, turns: 1, cost_usd: turn.cost_usd })
  for (const result of results(record)) if (result.usage) add(total, result.usage)
  const turns_ms = record.turns.reduce((sum, { turn }) => sum + turn.ms, 0)
  total.wall_ms = Math.round(results(record).reduce((sum, result) => sum + result.ms, turns_ms))
  return total
}

function add(total: Usage, part: Omit<Usage, 'model' | 'wall_ms'>): void {
  total.turns += part.turns
  total.input_tokens += part.input_tokens
  total.cache_write_tokens += part.cache_write_tokens
  total.cache_read_tokens += part.cache_read_tokens
  total.output_tokens += part.output_tokens
  total.cost_usd += part.cost_usd
}
