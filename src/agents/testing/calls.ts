import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import type { Look } from '../../domain/borne.ts'
import type { LineOf, RunRecord } from '../record.ts'
import { callsOf } from '../record.ts'
import type { Product } from '../product.ts'
import type { Tool } from '../tool.ts'

/** A call of a user's tool as the record has it. */
export interface TesterCall extends Look {
  input: unknown
  /** All that the tool said, as the model read it. */
  told: string
  /** What the tool said holds only head and tail of what it showed. */
  cut: boolean
}

/**
 * Has each answer of a tool say on which commit it was given, and whether the product was up when the call was made. Commands
 * are the product themselves: they may be run while its server is stopped.
 */
export function witnessed(tool: Tool, product: Product, sha: string): Tool {
  const serves = tool.spec.name === 'http' || tool.spec.name === 'browser'
  return {
    ...tool,
    prepare(input) {
      const prepared = tool.prepare(input)
      if (!prepared.ok) return prepared
      return {
        ok: true,
        async execute(call) {
          const up = !serves || (await product.isUp())
          return { ...(await prepared.execute(call)), on: { sha, up } }
        },
      }
    },
  }
}

/** The calls of a run for an assertion, in order. */
export function callsFor(record: RunRecord, assertion: Pick<Assertion, 'id' | 'tool'>, sha: string): TesterCall[] {
  const failed = failuresIn(record)
  const found = record.turns.flatMap(({ turn, results }) =>
    callsOf(turn).flatMap((call) => {
      const result = results.get(call.id)
      return result?.ok && result.assertion === assertion.id && result.shown ? [{ call, result, shown: result.shown }] : []
    }),
  )
  return found.map(({ call, result, shown }, i) => ({
    n: i + 1,
    input: call.input,
    told: textOf(result),
    shown,
    cut: result.file !== undefined,
    failures: failed.get(call.id) ?? [],
    counts: shown.tool === assertion.tool && result.name === assertion.tool && result.on?.sha === sha && result.on.up,
  }))
}

const opening = z.looseObject({ act: z.literal('open') })

/** By browser call: what had failed on its page since that was opened, for whichever assertion. */
function failuresIn(record: RunRecord): Map<string, string[]> {
  const found = new Map<string, string[]>()
  let failures: string[] = []
  for (const { turn, results } of record.turns)
    for (const call of callsOf(turn)) {
      const shown = results.get(call.id)?.shown
      if (call.name !== 'browser' || !shown) continue
      failures = [...(opening.safeParse(call.input).success ? [] : failures), ...shown.failures]
      found.set(call.id, failures)
    }
  return found
}

function textOf(result: LineOf<'result'>): string {
  return result.content.flatMap((block) => (block.type === 'text' ? [block.text] : [])).join('\n')
}
