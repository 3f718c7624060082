import { createHash } from 'node:crypto'
import { z } from 'zod'
import { blocksOf, type MessagesRequest } from './request.ts'

export interface InputTokens {
  input_tokens: number
  cache_read_input_tokens: number
  cache_creation_input_tokens: number
}

const Marked = z.looseObject({ cache_control: z.looseObject({ ttl: z.string().optional() }) })
const chars_per_token = 4
const tokens_per_image = 1_500
const five_minutes_ms = 300_000
const hour_ms = 3_600_000

/** Counts input as prompt caching would: a prefix that an earlier request marked, and this one repeats in time, is read. */
export class PromptCache {
  /** Hash of a prefix to when it is forgotten. */
  readonly #kept = new Map<string, number>()

  count(request: MessagesRequest, now_ms: number): InputTokens {
    const blocks: Record<string, unknown>[] = [
      ...(request.tools ?? []),
      ...blocksOf(request.system ?? []),
      ...request.messages.flatMap(({ role, content }) => blocksOf(content).map((block) => ({ role, ...block }))),
    ]
    let hash = request.model
    let total = 0
    let read = 0
    let written = 0
    const marks: [hash: string, until: number][] = []
    for (const block of blocks) {
      const { cache_control: _, ...plain } = block
      const text = JSON.stringify(plain)
      hash = createHash('sha256').update(hash).update(text).digest('base64')
      total += tokensOf(text)
      if ((this.#kept.get(hash) ?? 0) > now_ms) read = total
      const mark = Marked.safeParse(block)
      if (mark.success) {
        marks.push([hash, now_ms + (mark.data.cache_control.ttl === '1h' ? hour_ms : five_minutes_ms)])
        written = total
      }
    }
    for (const [prefix, until] of marks) this.#kept.set(prefix, until)
    return { input_tokens: total - Math.max(read, written), cache_read_input_tokens: read, cache_creation_input_tokens: Math.max(0, written - read) }
  }
}

function tokensOf(json: string): number {
  const pictures = json.match(/"type":"base64"[^}]*"data":"[^"]*"/g) ?? []
  const chars = json.length - pictures.reduce((sum, picture) => sum + picture.length, 0)
  return Math.ceil(chars / chars_per_token) + pictures.length * tokens_per_image
}
