import { z } from 'zod'

/** The slash commands a person may give. */
export const Command = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('approve-plan'), hash: z.string().nullable(), cap_usd: z.number().positive().nullable() }),
  z.strictObject({ name: z.literal('revise-plan'), text: z.string() }),
  z.strictObject({ name: z.literal('pause') }),
  z.strictObject({ name: z.literal('resume') }),
  z.strictObject({ name: z.literal('retry'), feature: z.string().nullable(), text: z.string() }),
  z.strictObject({ name: z.literal('waive'), what: z.string(), reason: z.string() }),
  z.strictObject({ name: z.literal('budget'), usd: z.number().positive() }),
  z.strictObject({ name: z.literal('cancel') }),
  z.strictObject({ name: z.literal('status') }),
  z.strictObject({ name: z.literal('help') }),
  /** A line that looks like a command and is none; `problem` says why. */
  z.strictObject({ name: z.literal('unknown'), line: z.string(), problem: z.string() }),
])
export type Command = z.infer<typeof Command>
