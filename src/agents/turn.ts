import type { Message, Turn } from '../ports/model.ts'
import { ModelAway } from '../ports/model.ts'
import { anchorsOf, conversationOf } from './conversation.ts'
import type { Agent, LoopServices } from './loop.ts'
import { costUsd, worstUsd } from './price.ts'
import type { LineOf, RunRecord } from './record.ts'
import { modelOf } from './record.ts'

interface Next<V> {
  agent: Agent<V>
  begun: LineOf<'begun'>
  record: RunRecord
  input_tokens: number
}

/**
 * One turn, of the model the run is with; while that is away, of the next that the configuration names, and the line says so. The
 * run stays with whoever answered: going back would write the whole prefix again.
 */
export async function takeTurn<V>(next: Next<V>, services: LoopServices, signal: AbortSignal): Promise<LineOf<'turn'>> {
  const { agent, record } = next
  const own = modelOf(record)
  const models = [...new Set([own, agent.model, ...agent.fallbacks])]
  const away: string[] = []
  for (const model of models) {
    const began = services.clock.now()
    try {
      const turn = await ask(next, model, services, signal)
      const ms = services.clock.now().getTime() - began.getTime()
      const cost_usd = costUsd(turn.usage, model, services.prices)
      const fell_back = model === own ? {} : { fell_back: { from: own, detail: away.join(' ') } }
      return { kind: 'turn', n: record.turns.length + 1, at: began.toISOString(), model, ...fell_back, ...turn, cost_usd, ms }
    } catch (error) {
      await services.purse.release()
      if (!(error instanceof ModelAway)) throw error
      away.push(models.length > 1 ? `${model}: ${error.message}` : error.message)
    }
  }
  throw new ModelAway(away.join(' '))
}

async function ask<V>({ agent, begun, record, input_tokens }: Next<V>, model: string, services: LoopServices, signal: AbortSignal): Promise<Turn> {
  const { effort, max_output_tokens, tools, system } = begun
  await services.purse.reserve(worstUsd(input_tokens, max_output_tokens, model, services.prices))
  const messages: Message[] = model === modelOf(record) ? record.messages : conversationOf(record, model)
  return services.model.turn({ run: agent.run, model, effort, max_output_tokens, tools, system, messages, anchors: anchorsOf(record) }, signal)
}
