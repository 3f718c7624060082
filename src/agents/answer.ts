import type { ToolUseBlock } from '../ports/model.ts'
import { amended, handedIn, handsIn } from './amend.ts'
import type { Agent } from './loop.ts'
import { clearing } from './clearing.ts'
import { warningFor } from './limits.ts'
import type { FailReason, Line, LineOf, RecordedTurn, RunRecord } from './record.ts'
import { callsOf, results } from './record.ts'
import type { ToolAnswer } from './tool.ts'
import { failed } from './tool.ts'

const calls_per_turn = 16
const submits = 4
const reminders = 2
const cuts = 3

interface Answering<V> {
  agent: Agent<V>
  record: RunRecord
  last: RecordedTurn
  signal: AbortSignal
}

/**
 * The lines that answer a turn: a result for every call, then the reply that closes it, or the end of the run. Each line
 * is recorded before the next is asked for, so that a run that dies here goes on behind the last one.
 */
export async function* answerTurn<V>(here: Answering<V>): AsyncGenerator<Line> {
  const { turn } = here.last
  const calls = callsOf(turn)
  if (turn.stop === 'refusal') return yield fail(here, 'refusal', 'The model declined to go on.')
  if (turn.stop === 'context_exceeded') return yield* makeRoom(here)
  if (turn.stop === 'pause_turn' && calls.length === 0) return yield* again(here, 'pause', cuts, 'tokens', '')
  if (turn.stop === 'max_tokens') {
    for (const call of open(here, calls)) yield result(here, call, failed('Not run: your turn was cut at its output limit before this call was whole.'), 0)
    return yield* again(here, 'cut', cuts, 'tokens', 'Your turn was cut at its output limit. Do it in smaller steps: one shorter call, a large file in several writes.')
  }
  if (calls.length === 0)
    return yield* again(here, 'reminder', reminders, 'off_schema', 'Your turn ended without a tool call. Go on with the work, or call submit when it is done. Only submit ends your task.')

  for (const call of open(here, calls)) {
    const ended = yield* answerCall(here, call, calls.indexOf(call))
    if (ended) return
  }
  yield reply(here, 'results', [])
}

/** Runs one call, unless its result stands in the record already. True: the run has ended. */
async function* answerCall<V>(here: Answering<V>, call: ToolUseBlock, index: number): AsyncGenerator<Line, boolean> {
  const { agent, last, signal } = here
  signal.throwIfAborted()
  const began = performance.now()
  const ms = () => Math.round(performance.now() - began)
  if (index >= calls_per_turn) {
    yield result(here, call, failed(`Not run: at most ${calls_per_turn} calls a turn. Ask again for what you still need.`), 0)
    return false
  }
  const { submit } = agent
  if (call.name === submit.spec.name || (submit.amend && handsIn(call.name))) {
    const tries_left = submits - 1 - results(here.record).filter((r) => handsIn(r.name) && !r.ok).length
    const answer = call.name === submit.spec.name ? ({ ok: true, value: call.input } as const) : amended(handedIn(here.record, submit.spec.name, submit.amend?.previous), call.input)
    const received = answer.ok ? await submit.receive(answer.value, tries_left) : ({ ok: false, reason: 'off_schema', problems: answer.problem } as const)
    if (received.ok) {
      yield { kind: 'ended', at: endOf(last), ending: { is: 'submitted', value: received.value } }
      return true
    }
    yield result(
      here,
      call,
      failed(`Not accepted.\n${received.problems}\n${tries_left > 0 ? `Mend this and ${submit.amend ? 'amend it or submit again' : 'submit again'} (${tries_left} left).` : ''}`.trim()),
      ms(),
    )
    if (tries_left > 0) return false
    yield fail(here, received.reason, received.problems)
    return true
  }
  const tool = agent.tools.find((t) => t.spec.name === call.name)
  if (!tool) {
    yield result(here, call, failed(`There is no tool ${call.name}. You have: ${[...agent.tools.map((t) => t.spec.name), 'submit'].join(', ')}.`), 0)
    return false
  }
  const prepared = tool.prepare(call.input)
  if (!prepared.ok) {
    yield result(here, call, failed(prepared.problem), 0)
    return false
  }
  if (tool.effects === 'some') {
    if (last.calls.has(call.id)) {
      yield result(
        here,
        call,
        failed('Interrupted: the machine stopped while this ran, and processes it had started are gone. It may have done its work or part of it; check the state before you repeat it.'),
        0,
      )
      return false
    }
    yield { kind: 'call', n: last.turn.n, id: call.id, name: call.name }
  }
  yield result(here, call, await prepared.execute({ id: call.id, ordinal: last.ordinals.get(call.id) ?? 1, signal }), ms())
  return false
}

/** The model says that it is too long, whatever we had counted: all that can be cleared is, once. */
function* makeRoom<V>(here: Answering<V>): Generator<Line> {
  const { agent, record } = here
  const cleared = record.saved_tokens > 0 ? null : clearing(record, Infinity, agent.room)
  if (!cleared && record.saved_tokens === 0) return yield fail(here, 'context', 'The conversation is longer than the model can read, and nothing more of it can be cleared.')
  if (cleared) yield cleared
  yield reply(here, 'cleared', [])
}

function open<V>(here: Answering<V>, calls: ToolUseBlock[]): ToolUseBlock[] {
  return calls.filter((call) => !here.last.results.has(call.id))
}

function* again<V>(here: Answering<V>, why: 'reminder' | 'cut' | 'pause', limit: number, reason: FailReason, text: string): Generator<Line> {
  const before = here.record.turns.filter((t) => t.reply?.why === why).length
  if (before >= limit) return yield fail(here, reason, why === 'reminder' ? `The agent stopped ${limit + 1} times without submitting.` : `The agent's output was cut ${limit + 1} times.`)
  yield reply(here, why, text === '' ? [] : [text])
}

function reply<V>(here: Answering<V>, why: LineOf<'reply'>['why'], extra: string[]): Line {
  const warning = why === 'pause' || why === 'cleared' ? null : warningFor(here.agent.limits.turns - here.record.turns.length)
  const texts = warning === null ? extra : [...extra, warning]
  return { kind: 'reply', n: here.last.turn.n, why, extra: texts.map((text) => ({ type: 'text', text })) }
}

function result<V>(here: Answering<V>, call: ToolUseBlock, answer: ToolAnswer, ms: number): Line {
  return { kind: 'result', n: here.last.turn.n, id: call.id, name: call.name, ...answer, ms }
}

function fail<V>(here: Answering<V>, reason: FailReason, detail: string): Line {
  return { kind: 'ended', at: endOf(here.last), ending: { is: 'failed', reason, detail } }
}

function endOf({ turn }: RecordedTurn): string {
  return new Date(Date.parse(turn.at) + turn.ms).toISOString()
}
