import type { Usage } from '../domain/event.ts'
import type { EffectId } from '../domain/id.ts'
import type { Clock } from '../ports/clock.ts'
import type { Model, TurnRequest } from '../ports/model.ts'
import type { Trajectories } from '../ports/trajectories.ts'
import type { Purse } from './budget.ts'
import { answerTurn } from './answer.ts'
import type { RunLimits } from './limits.ts'
import { estimateInput, limitReached } from './limits.ts'
import type { PriceTable } from './price.ts'
import { costUsd, worstUsd } from './price.ts'
import type { FailReason, Line, LineOf, RunRecord } from './record.ts'
import { messagesOf, note, recordOf, usageOf } from './record.ts'
import type { Submit } from './submit.ts'
import type { Tool } from './tool.ts'

/** One agent, ready to run. What it is told counts at its first start; a resumed run goes on with what its record says. */
export interface Agent<V> {
  run: EffectId
  role: string
  task: string
  model: string
  effort: TurnRequest['effort']
  max_output_tokens: number
  system: string
  message: string
  tools: Tool[]
  submit: Submit<V>
  limits: RunLimits
}

export interface LoopServices {
  model: Model
  trajectories: Trajectories
  clock: Clock
  prices: PriceTable
  purse: Purse
  /** False: the mission is held or cancelled, or this process lost the job. Asked before every turn. */
  mayGoOn(): Promise<boolean>
}

export type Ending<V> = ({ is: 'submitted'; value: V } | { is: 'failed'; reason: FailReason; detail: string } | { is: 'stopped' }) & { usage: Usage }

/** A subagent met the fence: the run above stops as well, and nothing is recorded of the call. */
export class Stopped extends Error {}

/**
 * Runs an agent from where its record stands to its end. A turn is recorded before anything else is done with it, its
 * results before the next turn. Throws `ModelAway`, `ModelRefused`, `OverBudget`, `SandboxLost` and aborts; the same run
 * can then be run again.
 */
export async function runAgent<V>(agent: Agent<V>, services: LoopServices, signal: AbortSignal): Promise<Ending<V>> {
  const record = recordOf(await services.trajectories.read(agent.run))
  const append = async (line: Line) => {
    await services.trajectories.append(agent.run, line)
    note(record, line)
  }
  const begun = record.begun ?? begin(agent, services.clock)
  if (!record.begun) await append(begun)
  const settled = record.turns.at(-1)
  if (settled) await services.purse.settle(settled.turn)

  while (!record.ended) {
    const last = record.turns.at(-1)
    if (last && !last.reply) {
      const lines = answerTurn({ agent, record, last, signal })
      try {
        for await (const line of lines) await append(line)
      } catch (error) {
        if (error instanceof Stopped) return { is: 'stopped', usage: usageOf(record) }
        throw error
      }
      continue
    }
    if (!(await services.mayGoOn())) return { is: 'stopped', usage: usageOf(record) }
    const messages = messagesOf(record)
    const worst = worstUsd(estimateInput(record, messages, begun), begun.max_output_tokens, begun.model, services.prices)
    const limit = limitReached(record, agent.limits, worst)
    if (limit) await append({ kind: 'ended', at: now(services.clock), ending: { is: 'failed', ...limit } })
    else {
      const turn = await takeTurn({ begun, record, messages, worst }, agent.run, services, signal)
      await append(turn)
      await services.purse.settle(turn)
    }
  }
  return endingOf(record, record.ended, agent.submit)
}

function begin<V>(agent: Agent<V>, clock: Clock): LineOf<'begun'> {
  const { role, task, model, effort, max_output_tokens, system, message } = agent
  const tools = [...agent.tools.map((tool) => tool.spec), agent.submit.spec]
  return { kind: 'begun', at: now(clock), role, task, model, effort, max_output_tokens, system, tools, message }
}

async function takeTurn(
  next: { begun: LineOf<'begun'>; record: RunRecord; messages: TurnRequest['messages']; worst: number },
  run: EffectId,
  services: LoopServices,
  signal: AbortSignal,
): Promise<LineOf<'turn'>> {
  const { model, effort, max_output_tokens, tools, system } = next.begun
  await services.purse.reserve(next.worst)
  const began = services.clock.now()
  try {
    const turn = await services.model.turn({ run, model, effort, max_output_tokens, tools, system, messages: next.messages }, signal)
    return {
      kind: 'turn',
      n: next.record.turns.length + 1,
      at: began.toISOString(),
      content: turn.content,
      stop: turn.stop,
      usage: turn.usage,
      cost_usd: costUsd(turn.usage, model, services.prices),
      ms: services.clock.now().getTime() - began.getTime(),
    }
  } catch (error) {
    await services.purse.release()
    throw error
  }
}

function endingOf<V>(record: RunRecord, ended: LineOf<'ended'>, submit: Submit<V>): Ending<V> {
  const usage = usageOf(record)
  if (ended.ending.is === 'failed') return { ...ended.ending, usage }
  return { is: 'submitted', value: submit.restore(ended.ending.value), usage }
}

function now(clock: Clock): string {
  return clock.now().toISOString()
}
