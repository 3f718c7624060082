import { createHash } from 'node:crypto'
import { z } from 'zod'
import { blocksOf, type MessagesRequest } from './request.ts'

export interface InputTokens {
  input_tokens: number
  cache_read_input_tokens: number
  cache_creation_input_tokens: number
}

/** The API's rules: how many marks a request may have, how many blocks each is looked for backwards, and what is too short to keep. */
const most_marks = 4
const look_back_blocks = 20
const least_tokens = 1_024

const Marked = z.looseObject({ cache_control: z.looseObject({ ttl: z.string().optional() }) })
const chars_per_token = 4
const tokens_per_image = 1_500
const five_minutes_ms = 300_000
const hour_ms = 3_600_000

export class TooManyMarks extends Error {}

/** Counts input as prompt caching does: a prefix that an earlier request marked is read, if a mark of this one finds it in time. */
export class PromptCache {
  /** Hash of a prefix to how long it lives after it was last used, and when it is forgotten. */
  readonly #kept = new Map<string, { lives_ms: number; until: number }>()

  count(request: MessagesRequest, now_ms: number): InputTokens {
    const prefixes = prefixesOf(request)
    const marks = prefixes.flatMap(({ lives_ms }, i) => (lives_ms === null ? [] : [i]))
    if (marks.length > most_marks) throw new TooManyMarks(`A maximum of ${most_marks} blocks with cache_control may be provided. Found ${marks.length}.`)
    const read = Math.max(0, ...marks.map((i) => this.#found(prefixes, i, now_ms)))
    for (const i of marks) this.#keep(prefixes[i], now_ms)
    const all = prefixes.at(-1)?.tokens ?? 0
    const last = prefixes[marks.at(-1) ?? -1]?.tokens ?? 0
    const written = last < least_tokens ? 0 : Math.max(0, last - read)
    return { input_tokens: all - read - written, cache_read_input_tokens: read, cache_creation_input_tokens: written }
  }

  /** Tokens of the longest prefix that this mark finds; to find it is to use it. */
  #found(prefixes: Prefix[], mark: number, now_ms: number): number {
    for (let i = mark; i >= 0 && i > mark - look_back_blocks; i--) {
      const prefix = prefixes[i]
      const entry = prefix && this.#kept.get(prefix.hash)
      if (!prefix || !entry || entry.until <= now_ms) continue
      entry.until = now_ms + entry.lives_ms
      return prefix.tokens
    }
    return 0
  }

  #keep(prefix: Prefix | undefined, now_ms: number): void {
    if (!prefix || prefix.lives_ms === null || prefix.tokens < least_tokens) return
    this.#kept.set(prefix.hash, { lives_ms: prefix.lives_ms, until: now_ms + prefix.lives_ms })
  }
}

export interface Prefix {
  hash: string
  /** Of all blocks up to here. */
  tokens: number
  /** Null: its last block has no mark. */
  lives_ms: number | null
}

/** Every prefix of a request, block by block: tools, system, messages. */
export function prefixesOf(request: MessagesRequest): Prefix[] {
  const blocks: Record<string, unknown>[] = [
    ...(request.tools ?? []),
    ...blocksOf(request.system ?? []),
    ...request.messages.flatMap(({ role, content }) => blocksOf(content).map((block) => ({ role, ...block }))),
  ]
  let hash = request.model
  let tokens = 0
  return blocks.map((block) => {
    const { cache_control: _, ...plain } = block
    const text = JSON.stringify(plain)
    hash = createHash('sha256').update(hash).update(text).digest('base64')
    tokens += tokensOf(text)
    const mark = Marked.safeParse(block)
    return { hash, tokens, lives_ms: mark.success ? (mark.data.cache_control.ttl === '1h' ? hour_ms : five_minutes_ms) : null }
  })
}

function tokensOf(json: string): number {
  const pictures = json.match(/"type":"base64"[^}]*"data":"[^"]*"/g) ?? []
  const chars = json.length - pictures.reduce((sum, picture) => sum + picture.length, 0)
  return Math.ceil(chars / chars_per_token) + pictures.length * tokens_per_image
}
