import type { EffectId } from '../../src/domain/id.ts'
import type { Agents } from '../../src/ports/agents.ts'
import type { AnswerBody } from '../../src/ports/forge.ts'
import { Event } from '../../src/domain/event.ts'
import { aUsage } from './builders.ts'
import { answerEvents, bodyOf, isAnswer } from './told/answer.ts'
import type { Given } from './told/given.ts'
import { readLine } from './told/line.ts'
import type { Names } from './told/names.ts'

export interface MemoryAgents extends Agents {
  /** Runs that began a turn, in order: a run that is resumed begins again. */
  began: string[]
  /** What a run says when it ends, as a told line; by its natural key. Else it does well. */
  says(natural: string, line: string): void
  /** Thrown once instead of an answer. */
  fails(natural: string, error: Error): void
  /** The run stops before its second turn until the returned function is called. */
  pauses(natural: string): { reached: Promise<void>; goOn(): void }
}

/** Agents without a model: they take two turns, look whether they may go on before each, and answer. */
export function memoryAgents(given: Given, names: Names): MemoryAgents {
  const began: string[] = []
  const turns = new Map<EffectId, number>()
  const said = new Map<string, string>()
  const failing = new Map<string, Error>()
  const pausing = new Map<string, { reached(): void; until: Promise<void> }>()
  return {
    began,
    says: (natural, line) => void said.set(natural, line),
    fails: (natural, error) => void failing.set(natural, error),
    pauses(natural) {
      const [reached, reach] = latch()
      const [until, goOn] = latch()
      pausing.set(natural, { reached: reach, until })
      return { reached, goOn }
    },
    async run(effect, mission, mayGoOn, signal) {
      const natural = naturalOf(effect.id)
      for (let turn = 1; turn <= 2; turn++) {
        signal.throwIfAborted()
        if (!(await mayGoOn())) return 'stopped'
        turns.set(effect.id, (turns.get(effect.id) ?? 0) + 1)
        if (turn === 1) began.push(natural)
        const pause = pausing.get(natural)
        if (turn === 1 && pause) {
          pausing.delete(natural)
          pause.reached()
          await pause.until
        }
      }
      const error = failing.get(natural)
      failing.delete(natural)
      if (error) throw error
      const type = answerEvents.find((name) => isAnswer(name, effect)) ?? ''
      const line = readLine(said.get(natural) ?? type)
      return bare(effect.id, { type: line.type, ...bodyOf(effect, line, { given, names, mission }) })
    },
    used: async (run) => aUsage({ turns: turns.get(run) ?? 0 }),
    async integrate(effect, mission) {
      const line = readLine(said.get(naturalOf(effect.id)) ?? 'FeatureIntegrated')
      return bare(effect.id, { type: line.type, ...bodyOf(effect, line, { given, names, mission }) })
    },
    async dryRun(effect, mission) {
      const line = readLine(said.get(naturalOf(effect.id)) ?? 'DryRunDone')
      return bare(effect.id, { type: line.type, ...bodyOf(effect, line, { given, names, mission }) })
    },
  }
}

function latch(): [Promise<void>, () => void] {
  let open = () => {}
  const opened = new Promise<void>((resolve) => (open = resolve))
  return [opened, open]
}

function naturalOf(id: EffectId): string {
  return id.slice(id.indexOf('.') + 1)
}

/** The same schema as the journal's, without what the runner adds. */
function bare(answers: EffectId, body: Record<string, unknown>): AnswerBody {
  const event = Event.parse({ v: 1, id: 'x', at: '2026-01-01T00:00:00Z', answers, ...body })
  if (!('answers' in event)) throw new Error(`${event.type} answers nothing`)
  const { v: _v, id: _id, at: _at, answers: _answers, ...rest } = event
  return rest
}
