import { z } from 'zod'
import type { ToolSpec } from '../ports/model.ts'
import { amendSpec } from './amend.ts'
import type { FailReason } from './record.ts'
import { inputSchema } from './schema.ts'

/** How a run ends well: a voluntary tool with the role's schema, and a program that looks at the answer. */
export interface Submit<V> {
  spec: ToolSpec
  /** Offered beside it where answers are large: changes to what was handed in before. */
  amend?: { spec: ToolSpec; previous: unknown }
  /** `tries_left` is how often the answer can still be sent back; at 0 a check may settle for less. */
  receive(input: unknown, tries_left: number): Promise<Received<V>>
  /** What was accepted, read back from the record. */
  restore(value: unknown): V
}
export type Received<V> = { ok: true; value: V } | { ok: false; reason: FailReason; problems: string }

/** `value` is what the check made of the answer, such as a handoff and its commit. */
export function submit<A, V>(made: {
  description: string
  answer: z.core.$ZodType<A>
  value: z.core.$ZodType<V>
  /** What is handed in, in a few words: it may then be amended. `previous` is what an earlier round left, if one did. */
  amends?: { what: string; previous?: unknown }
  check(answer: A, tries_left: number): Promise<{ value: V } | { reason?: FailReason; problems: string[] }>
}): Submit<V> {
  return {
    spec: { name: 'submit', description: made.description, input_schema: inputSchema(made.answer) },
    ...(made.amends ? { amend: { spec: amendSpec(made.amends.what), previous: made.amends.previous } } : {}),
    async receive(input, tries_left) {
      const answer = z.safeParse(made.answer, input)
      if (!answer.success) return { ok: false, reason: 'off_schema', problems: `It does not fit the schema:\n${z.prettifyError(answer.error)}` }
      const checked = await made.check(answer.data, tries_left)
      if ('value' in checked) return { ok: true, value: checked.value }
      return { ok: false, reason: checked.reason ?? 'off_schema', problems: checked.problems.map((problem) => `- ${problem}`).join('\n') }
    },
    restore: (value) => z.parse(made.value, value),
  }
}
