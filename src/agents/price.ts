import { z } from 'zod'

/** Dollars per million tokens. */
const Price = z.strictObject({ input: z.number().min(0), output: z.number().min(0), cache_write: z.number().min(0), cache_read: z.number().min(0) })
export const PriceTable = z.strictObject({
  as_of: z.iso.date(),
  source: z.string(),
  /** By model id or its beginning; the longest that fits counts. */
  models: z.record(z.string(), Price).refine((models) => Object.keys(models).length > 0, 'at least one model'),
})
export type PriceTable = z.infer<typeof PriceTable>

export interface Tokens {
  input_tokens: number
  cache_write_tokens: number
  cache_read_tokens: number
  output_tokens: number
}

/** Not verified against a bill: set your own in the configuration. Cache writes 1.25, reads 0.1 of input. */
export const defaultPrices: PriceTable = {
  as_of: '2026-10-21',
  source: 'published documentation, not verified',
  models: {
    'claude-opus-5-5': { input: 4, output: 20, cache_write: 5, cache_read: 0.4 },
    'claude-sonnet-5-5': { input: 2, output: 10, cache_write: 2.5, cache_read: 0.2 },
    'claude-haiku-5-5': { input: 0.1, output: 0.5, cache_write: 0.125, cache_read: 0.01 },
  },
}

export function costUsd(tokens: Tokens, model: string, table: PriceTable): number {
  const price = priceOf(model, table)
  return (tokens.input_tokens * price.input + tokens.cache_write_tokens * price.cache_write + tokens.cache_read_tokens * price.cache_read + tokens.output_tokens * price.output) / 1_000_000
}

/** What a turn costs at most: nothing is read from the cache and the output is used up. */
export function worstUsd(input_tokens: number, max_output_tokens: number, model: string, table: PriceTable): number {
  const price = priceOf(model, table)
  return (input_tokens * Math.max(price.input, price.cache_write) + max_output_tokens * price.output) / 1_000_000
}

/** How many readings of a prefix cost what writing it once does. */
export function readsPerWrite(model: string, table: PriceTable): number {
  const { cache_read, cache_write } = priceOf(model, table)
  return cache_read === 0 ? Infinity : Math.floor(cache_write / cache_read)
}

/** Whether the table names what a model costs. */
export function isPriced(model: string, table: PriceTable): boolean {
  return Object.keys(table.models).some((id) => model.startsWith(id))
}

/** A model the table does not know costs what the dearest one does: a budget may be too careful, never too loose. */
function priceOf(model: string, table: PriceTable): z.infer<typeof Price> {
  const named = Object.entries(table.models)
    .filter(([id]) => model.startsWith(id))
    .sort(([a], [b]) => b.length - a.length)[0]
  if (named) return named[1]
  return Object.values(table.models).reduce((a, b) => ({
    input: Math.max(a.input, b.input),
    output: Math.max(a.output, b.output),
    cache_write: Math.max(a.cache_write, b.cache_write),
    cache_read: Math.max(a.cache_read, b.cache_read),
  }))
}
