import { z } from 'zod'

/** What an explorer brings back. */
export const Digest = z.strictObject({
  answer: z.string().min(1).max(4_000),
  places: z.array(z.strictObject({ path: z.string().max(300), line: z.int().min(1), what: z.string().max(200) })).max(20),
  unsure: z.array(z.string().max(400)).max(8),
})
export type Digest = z.infer<typeof Digest>

/** The schemas that a prompt may name. */
export const answerNames = ['Clarification', 'ValidationContract', 'Plan', 'Triage', 'Handoff', 'Report', 'Digest'] as const
