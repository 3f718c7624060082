import type { Usage } from '../domain/event.ts'
import type { Line } from './record.ts'

type Counted = Omit<Usage, 'model' | 'wall_ms' | 'by_model' | 'explorers'>

const nothing: Counted = { turns: 0, input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, cost_usd: 0 }

export function noUsage(model: string): Usage {
  return { model, ...nothing, wall_ms: 0, by_model: {} }
}

/** Adds what a line of a trajectory says was used. Time is time at work: turns and tools, not what ran beside them. */
export function addLine(total: Usage, line: Line): void {
  switch (line.kind) {
    case 'begun':
      total.model = line.model
      return
    case 'turn':
      add(total, line.model, { ...line.usage, turns: 1, cost_usd: line.cost_usd })
      total.wall_ms += Math.round(line.ms)
      return
    case 'kept':
      add(total, line.model, { ...line.usage, turns: 0, cost_usd: line.cost_usd })
      return
    case 'result':
      if (line.usage) addUsage(total, line.usage)
      total.wall_ms += Math.round(line.ms)
      return
    case 'call':
    case 'reply':
    case 'cleared':
    case 'ended':
      return
  }
}

/** What a call brought back of what explorers used. */
export function addUsage(total: Usage, part: Usage): void {
  for (const [model, of] of Object.entries(part.by_model ?? { [part.model]: part })) add(total, model, of)
  if (part.explorers) addExplored(total, part.explorers)
}

/** An explorer's, under the models it was with. */
export function addExplorer(total: Usage, part: Usage): void {
  addUsage(total, part)
  addExplored(total, { ...part, runs: 1 })
}

function add(total: Usage, model: string, part: Counted): void {
  const own = ((total.by_model ??= {})[model] ??= { ...nothing })
  for (const sum of [total, own]) plus(sum, part)
}

function addExplored(total: Usage, part: Counted & { runs: number }): void {
  const sum = (total.explorers ??= { runs: 0, ...nothing })
  sum.runs += part.runs
  plus(sum, part)
}

function plus(sum: Counted, part: Counted): void {
  sum.turns += part.turns
  sum.input_tokens += part.input_tokens
  sum.cache_write_tokens += part.cache_write_tokens
  sum.cache_read_tokens += part.cache_read_tokens
  sum.output_tokens += part.output_tokens
  sum.cost_usd += part.cost_usd
}
