import { z } from 'zod'
import { Effort, Role } from '../domain/role.ts'
import type { RoomLimits, RunLimits } from './limits.ts'
import { defaultPrices, PriceTable } from './price.ts'

export const roles = Role.options
export const tiers = ['strong', 'standard', 'fast'] as const

const minute = 60_000
const RunLimitsSchema = z.strictObject({ turns: z.int().min(1), tokens: z.int().min(1), wall_ms: z.int().min(1), usd: z.number().positive() })

/** How much one run of a role may use. */
export const limitsOf: Record<Role, RunLimits> = {
  orchestrator: { turns: 40, tokens: 4_000_000, wall_ms: 30 * minute, usd: 2 },
  worker: { turns: 150, tokens: 25_000_000, wall_ms: 90 * minute, usd: 12 },
  scrutiny: { turns: 60, tokens: 8_000_000, wall_ms: 40 * minute, usd: 6 },
  'user-testing': { turns: 150, tokens: 15_000_000, wall_ms: 60 * minute, usd: 8 },
  explorer: { turns: 30, tokens: 2_000_000, wall_ms: 10 * minute, usd: 0.5 },
}

/**
 * What a model reads at most, by model id or its beginning (the longest that fits counts), and how much of it a run uses: clearing
 * begins long before the window is full, since every turn reads all that stands, and agents think better with less.
 */
const Context = z.strictObject({
  windows: z.record(z.string(), z.int().min(1_000)).default({ 'claude-': 1_000_000, 'claude-haiku': 200_000 }),
  /** Of a model that is not named. */
  window_tokens: z.int().min(1_000).default(200_000),
  clear_at_tokens: z.int().min(500).default(110_000),
  clear_to_tokens: z.int().min(0).default(40_000),
})

/** Models, limits and prices. A prompt names a tier and an effort; a role's own entry overrides both. */
export const AgentsConfig = z.strictObject({
  tiers: z.record(z.enum(tiers), z.string()).default({ strong: 'claude-opus-5-5', standard: 'claude-sonnet-5-5', fast: 'claude-haiku-5-5' }),
  /** Models that are tried, in order, while a role's own is away: by role, else by the tier its prompt names. */
  fallbacks: z.partialRecord(z.enum(tiers), z.array(z.string())).default({}),
  roles: z.partialRecord(z.enum(roles), z.strictObject({ model: z.string().optional(), fallbacks: z.array(z.string()).optional(), effort: Effort.optional() })).default({}),
  limits: z.record(z.enum(roles), RunLimitsSchema).default(limitsOf),
  max_output_tokens: z.int().min(256).default(16_000),
  context: Context.default(Context.parse({})),
  /** How long a product and each of its services may take until they answer. */
  start_ms: z.int().min(1_000).default(minute),
  prices: PriceTable.default(defaultPrices),
})
export type AgentsConfig = z.infer<typeof AgentsConfig>

/** What a conversation with this model may hold, when the answer has its room. */
export function roomFor(model: string, { context, max_output_tokens }: AgentsConfig): RoomLimits {
  const named = Object.entries(context.windows)
    .filter(([id]) => model.startsWith(id))
    .sort(([a], [b]) => b.length - a.length)[0]
  const window_tokens = Math.floor((named?.[1] ?? context.window_tokens) * 0.95) - max_output_tokens
  const clear_at_tokens = Math.min(context.clear_at_tokens, Math.floor(window_tokens * 0.8))
  return { window_tokens, clear_at_tokens, clear_to_tokens: Math.min(context.clear_to_tokens, Math.floor(clear_at_tokens * 0.5)) }
}
