import { z } from 'zod'

/** A place in the repository, checked by program when the note was taken. */
export const Place = z.strictObject({ path: z.string().min(1).max(300), line: z.int().min(1), what: z.string().max(200) })
export type Place = z.infer<typeof Place>

/** What an explorer brings back. */
export const Digest = z.strictObject({
  answer: z.string().min(1).max(4_000),
  places: z.array(Place).max(20),
  unsure: z.array(z.string().max(400)).max(8),
})
export type Digest = z.infer<typeof Digest>

/** A research note: a question that was put to an explorer, and its digest. Kept with the mission. */
export const Note = z.strictObject({ question: z.string().min(1).max(2_000), ...Digest.shape })
export type Note = z.infer<typeof Note>
