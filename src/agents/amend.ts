import { applyPatch } from 'rfc6902'
import { z } from 'zod'
import type { ToolSpec } from '../ports/model.ts'
import type { RunRecord } from './record.ts'
import { callsOf } from './record.ts'
import { inputSchema } from './schema.ts'

const Path = z
  .string()
  .max(300)
  .regex(/^(?!.*\/(?:__proto__|constructor|prototype)(?:\/|$))/, 'names no field of an answer')

/** RFC 6902, as far as an answer needs it. */
const Change = z.discriminatedUnion('op', [z.strictObject({ op: z.enum(['add', 'replace', 'test']), path: Path, value: z.json() }), z.strictObject({ op: z.literal('remove'), path: Path })])
const Amendment = z.strictObject({ patch: z.array(Change).min(1).max(60) })

/** Large answers come back for a word; to write all of them anew costs a minute and a few cents, and spoils what was right. */
export function amendSpec(of: string): ToolSpec {
  return {
    name: 'amend',
    description: `Hands in ${of} again with these changes and nothing else different: a JSON Patch (RFC 6902), such as [{"op": "replace", "path": "/features/1/brief", "value": "…"}]. Cheaper and safer than submitting the whole anew. Where nothing was handed in yet, there is nothing to amend.`,
    input_schema: inputSchema(Amendment),
  }
}

/** The calls that a program looks at and that may end a run. */
export function handsIn(name: string): boolean {
  return name === 'submit' || name === 'amend'
}

export type Amended = { ok: true; value: unknown } | { ok: false; problem: string }

export function amended(base: unknown, input: unknown): Amended {
  if (base === undefined) return { ok: false, problem: 'Nothing was handed in before; submit the whole.' }
  const asked = Amendment.safeParse(input)
  if (!asked.success) return { ok: false, problem: `The patch cannot be read:\n${z.prettifyError(asked.error)}` }
  const value: unknown = structuredClone(base)
  const failures = applyPatch(value, asked.data.patch).flatMap((error, i) => (error === null ? [] : [`${asked.data.patch[i]?.op} ${asked.data.patch[i]?.path}: ${error.message || error.name}`]))
  return failures.length === 0 ? { ok: true, value } : { ok: false, problem: `Nothing was changed, since this does not fit what was handed in:\n${failures.map((f) => `- ${f}`).join('\n')}` }
}

/** What the calls of a run handed in last and was not accepted; `previous` where there is none: what a round before this one left. Undefined: nothing. */
export function handedIn(record: RunRecord, submit: string, previous: unknown): unknown {
  let last = previous
  for (const { turn, results } of record.turns)
    for (const call of callsOf(turn).filter((c) => results.has(c.id))) {
      if (call.name === submit) last = call.input
      const changed = call.name === 'amend' ? amended(last, call.input) : null
      if (changed?.ok) last = changed.value
    }
  return last
}
