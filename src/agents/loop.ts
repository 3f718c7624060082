import type { Usage } from '../domain/event.ts'
import type { EffectId } from '../domain/id.ts'
import type { Clock } from '../ports/clock.ts'
import type { ImageBlock, Model, TextBlock, TurnRequest } from '../ports/model.ts'
import type { Trajectories } from '../ports/trajectories.ts'
import { answerTurn } from './answer.ts'
import type { Purse } from './budget.ts'
import { clearing } from './clearing.ts'
import { anchorsOf } from './conversation.ts'
import type { RoomLimits, RunLimits } from './limits.ts'
import { estimateInput, limitReached } from './limits.ts'
import type { PriceTable } from './price.ts'
import { worstUsd } from './price.ts'
import type { FailReason, Line, LineOf, RecordedTurn, RunRecord } from './record.ts'
import { modelOf, note, paymentOf, recordOf, usageOf } from './record.ts'
import type { Submit } from './submit.ts'
import type { Tool } from './tool.ts'
import { takeTurn } from './turn.ts'
import { keepWarm } from './warmth.ts'

/** One agent, ready to run. What it is told counts at its first start; a resumed run goes on with what its record says. */
export interface Agent<V> {
  run: EffectId
  role: string
  task: string
  model: string
  /** Tried in order while the model is away. */
  fallbacks: readonly string[]
  effort: TurnRequest['effort']
  max_output_tokens: number
  system: string
  message: string
  /** Behind the message. */
  shown?: (TextBlock | ImageBlock)[]
  tools: Tool[]
  submit: Submit<V>
  limits: RunLimits
  room: RoomLimits
}

export interface LoopServices {
  model: Model
  trajectories: Trajectories
  clock: Clock
  prices: PriceTable
  purse: Purse
  /** Throws when the signal ends it. */
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** False: the mission is held or cancelled, or this process lost the job. Asked before every turn. */
  mayGoOn(): Promise<boolean>
}

export type Ending<V> = ({ is: 'submitted'; value: V } | { is: 'failed'; reason: FailReason; detail: string } | { is: 'stopped' }) & { usage: Usage }

/** A subagent met the fence: the run above stops as well, and nothing is recorded of the call. */
export class Stopped extends Error {}

/**
 * Runs an agent from where its record stands to its end. A turn is recorded before anything else is done with it, its
 * results before the next turn. The record is read once and then grows with its lines. Throws `ModelAway`, `ModelRefused`,
 * `OverBudget`, `SandboxLost` and aborts; the same run can then be run again.
 */
export async function runAgent<V>(agent: Agent<V>, services: LoopServices, signal: AbortSignal): Promise<Ending<V>> {
  const record = recordOf(await services.trajectories.read(agent.run))
  const append = async (line: Line) => {
    await services.trajectories.append(agent.run, line)
    note(record, line)
  }
  const begun = beginning(agent, record, services.clock)
  if (begun !== record.begun) await append(begun)
  await settleLast(record, services.purse)

  while (!record.ended) {
    const last = record.turns.at(-1)
    if (last && !last.reply) {
      if (await answer(agent, { begun, record, last }, append, services, signal)) continue
      return { is: 'stopped', usage: usageOf(record) }
    }
    if (!(await services.mayGoOn())) return { is: 'stopped', usage: usageOf(record) }
    const input_tokens = estimateInput(record, begun)
    const cleared = clearing(record, input_tokens, agent.room)
    if (cleared) {
      await append(cleared)
      continue
    }
    const worst_usd = worstUsd(input_tokens, begun.max_output_tokens, modelOf(record), services.prices)
    const limit = limitReached(record, agent.limits, { input_tokens, window_tokens: agent.room.window_tokens, worst_usd })
    if (limit) await append({ kind: 'ended', at: now(services.clock), ending: { is: 'failed', ...limit } })
    else {
      const turn = await takeTurn({ agent, begun, record, input_tokens }, services, signal)
      await append(turn)
      await services.purse.settle(turn)
    }
  }
  return endingOf(record, record.ended, agent.submit)
}

/** Answers the last turn, the model's cache kept warm meanwhile. False: the run stops. */
async function answer<V>(
  agent: Agent<V>,
  at: { begun: LineOf<'begun'>; record: RunRecord; last: RecordedTurn },
  append: (line: Line) => Promise<void>,
  services: LoopServices,
  signal: AbortSignal,
): Promise<boolean> {
  const { record, last } = at
  await using _ = keepWarm(requestOf(agent.run, at.begun, record), last.turn, services, append, signal)
  try {
    for await (const line of answerTurn({ agent, record, last, signal })) await append(line)
    return true
  } catch (error) {
    if (error instanceof Stopped) return false
    throw error
  }
}

/** The request that the last turn answered: what it said itself is not part of it. */
function requestOf(run: EffectId, begun: LineOf<'begun'>, record: RunRecord): TurnRequest {
  const { effort, max_output_tokens, tools, system } = begun
  const upto = record.messages.findLastIndex((message) => message.role === 'user') + 1
  return { run, model: modelOf(record), effort, max_output_tokens, tools, system, messages: record.messages.slice(0, upto), anchors: anchorsOf(record) }
}

/** A run that no model has answered yet may begin with another than it was to, and without the pictures it was to see. */
function beginning<V>(agent: Agent<V>, record: RunRecord, clock: Clock): LineOf<'begun'> {
  const { role, task, model, effort, max_output_tokens, system, message, shown } = agent
  if (!record.begun) {
    const tools = [...agent.tools.map((tool) => tool.spec), agent.submit.spec, ...(agent.submit.amend ? [agent.submit.amend.spec] : [])]
    return { kind: 'begun', at: now(clock), role, task, model, effort, max_output_tokens, system, tools, message, ...(shown === undefined ? {} : { shown }) }
  }
  const same = record.turns.length > 0 || (record.begun.model === model && record.begun.effort === effort && record.begun.shown?.length === shown?.length)
  return same ? record.begun : { ...record.begun, at: now(clock), model, effort, shown }
}

/** What was recorded and perhaps not settled when the process died. */
async function settleLast(record: RunRecord, purse: Purse): Promise<void> {
  const turn = record.turns.at(-1)?.turn
  if (turn) await purse.settle(turn)
  const kept = record.kept.at(-1)
  if (kept) await purse.settle(paymentOf(kept))
}

function endingOf<V>(record: RunRecord, ended: LineOf<'ended'>, submit: Submit<V>): Ending<V> {
  const usage = usageOf(record)
  if (ended.ending.is === 'failed') return { ...ended.ending, usage }
  return { is: 'submitted', value: submit.restore(ended.ending.value), usage }
}

function now(clock: Clock): string {
  return clock.now().toISOString()
}
