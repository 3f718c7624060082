import { z } from 'zod'
import { Usage } from '../domain/event.ts'
import type { Event } from '../domain/event.ts'
import { Shown } from '../domain/shown.ts'
import type { AssistantBlock, ImageBlock, Message, TextBlock, ToolSpec, ToolUseBlock } from '../ports/model.ts'
import { grow, rebuild } from './conversation.ts'
import { addLine, noUsage } from './usage.ts'

export type FailReason = Extract<Event, { type: 'RunFailed' }>['reason']
const FailReason = z.enum(['turns', 'tokens', 'wall_time', 'dollars', 'refusal', 'context', 'off_schema', 'no_work', 'push_gate', 'claims', 'gates', 'unproven', 'environment'])

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
    /** Shown behind the message: pictures, each with its label. */
    shown: ResultContent.optional(),
  }),
  z.strictObject({
    kind: z.literal('turn'),
    n: z.int(),
    at: z.string(),
    /** The model that answered; the one that began the run unless that was away. */
    model: z.string(),
    fell_back: z.strictObject({ from: z.string(), detail: z.string() }).optional(),
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
    /** Where in the sandbox the whole output is, when the answer holds only its head and tail. */
    file: z.string().optional(),
    shown: Shown.optional(),
    on: z.strictObject({ sha: z.string(), up: z.boolean() }).optional(),
    usage: Usage.optional(),
    ms: z.number(),
  }),
  /** What the program says after a turn, besides the results of its calls. Closes the turn. */
  z.strictObject({ kind: z.literal('reply'), n: z.int(), why: z.enum(['results', 'reminder', 'cut', 'pause', 'cleared']), extra: Texts }),
  /** From here on these old results, and the long strings of these old calls, are sent as short notes. */
  z.strictObject({
    kind: z.literal('cleared'),
    n: z.int(),
    results: z.array(z.strictObject({ id: z.string(), note: z.string() })),
    inputs: z.array(z.strictObject({ id: z.string(), input: z.unknown() })),
    saved_tokens: z.int(),
  }),
  /** The prefix was asked for once more while a tool ran long, so that the model's cache kept it. */
  z.strictObject({ kind: z.literal('kept'), n: z.int(), k: z.int(), at: z.string(), model: z.string(), usage: Tokens, cost_usd: z.number() }),
  z.strictObject({
    kind: z.literal('ended'),
    at: z.string(),
    ending: z.discriminatedUnion('is', [z.strictObject({ is: z.literal('submitted'), value: z.unknown() }), z.strictObject({ is: z.literal('failed'), reason: FailReason, detail: z.string() })]),
  }),
])
export type Line = z.infer<typeof Line>
export type LineOf<K extends Line['kind']> = Extract<Line, { kind: K }>

/** A run so far: the fold of its lines. Each line costs the same, however long the run is; only clearing makes the conversation anew. */
export interface RunRecord {
  begun: LineOf<'begun'> | null
  turns: RecordedTurn[]
  ended: LineOf<'ended'> | null
  /** The conversation: each turn, then the results of its calls in the order of the calls, then what else was said. */
  messages: Message[]
  /** By the id of the call; `end` is the place of the last message that holds a cleared result, `before` that of the clearing before. */
  cleared: { results: Map<string, string>; inputs: Map<string, unknown>; end: number; before: number }
  /** By clearings since the last turn. */
  saved_tokens: number
  kept: LineOf<'kept'>[]
  /** What the run and its subagents used. */
  used: Usage
  /** How often each tool was called. */
  calls: Map<string, number>
}
export interface RecordedTurn {
  turn: LineOf<'turn'>
  calls: Set<string>
  results: Map<string, LineOf<'result'>>
  reply: LineOf<'reply'> | null
  /** The how-manieth call of its tool each one is, from 1. */
  ordinals: Map<string, number>
}

export function recordOf(lines: readonly unknown[]): RunRecord {
  const record: RunRecord = {
    begun: null,
    turns: [],
    ended: null,
    messages: [],
    cleared: { results: new Map(), inputs: new Map(), end: 0, before: 0 },
    saved_tokens: 0,
    kept: [],
    used: noUsage(''),
    calls: new Map(),
  }
  for (const line of lines) note(record, Line.parse(line))
  return record
}

export function note(record: RunRecord, line: Line): void {
  addLine(record.used, line)
  switch (line.kind) {
    case 'begun':
      record.begun = line
      rebuild(record)
      return
    case 'turn': {
      const before = modelOf(record)
      record.turns.push({ turn: line, calls: new Set(), results: new Map(), reply: null, ordinals: ordinalsOf(record, line) })
      record.saved_tokens = 0
      if (line.model === before) grow(record)
      else rebuild(record)
      return
    }
    case 'call':
      record.turns[line.n - 1]?.calls.add(line.id)
      return
    case 'result':
      record.turns[line.n - 1]?.results.set(line.id, line)
      return
    case 'reply': {
      const turn = record.turns[line.n - 1]
      if (turn) turn.reply = line
      grow(record)
      return
    }
    case 'cleared':
      for (const { id, note: text } of line.results) record.cleared.results.set(id, text)
      for (const { id, input } of line.inputs) record.cleared.inputs.set(id, input)
      record.saved_tokens += line.saved_tokens
      rebuild(record)
      return
    case 'kept':
      record.kept.push(line)
      return
    case 'ended':
      record.ended = line
  }
}

/** The model the run is with now. */
export function modelOf(record: RunRecord): string {
  return record.turns.at(-1)?.turn.model ?? record.begun?.model ?? ''
}

export function callsOf(turn: LineOf<'turn'>): ToolUseBlock[] {
  return turn.content.filter((block) => block.type === 'tool_use')
}

export function results(record: RunRecord): LineOf<'result'>[] {
  return record.turns.flatMap(({ turn, results: of }) => callsOf(turn).flatMap((call) => of.get(call.id) ?? []))
}

export function usageOf(record: RunRecord): Usage {
  return structuredClone(record.used)
}

/** What a reading to keep the cache is called among the run's payments. */
export function paymentOf({ n, k, at, cost_usd }: LineOf<'kept'>): { n: string; at: string; cost_usd: number } {
  return { n: `${n}.k${k}`, at, cost_usd }
}

function ordinalsOf(record: RunRecord, turn: LineOf<'turn'>): Map<string, number> {
  const ordinals = new Map<string, number>()
  for (const call of callsOf(turn)) {
    const n = (record.calls.get(call.name) ?? 0) + 1
    record.calls.set(call.name, n)
    ordinals.set(call.id, n)
  }
  return ordinals
}
