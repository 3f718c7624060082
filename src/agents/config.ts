import { z } from 'zod'
import type { RunLimits } from './limits.ts'
import { defaultPrices, PriceTable } from './price.ts'

export const roles = ['orchestrator', 'worker', 'scrutiny', 'user-testing', 'explorer'] as const
export type Role = (typeof roles)[number]
export const tiers = ['strong', 'standard', 'fast'] as const

const minute = 60_000
const RunLimitsSchema = z.strictObject({ turns: z.int().min(1), tokens: z.int().min(1), wall_ms: z.int().min(1), usd: z.number().positive() })

/** How much one run of a role may use. */
const limitsOf: Record<Role, RunLimits> = {
  orchestrator: { turns: 40, tokens: 4_000_000, wall_ms: 30 * minute, usd: 2 },
  worker: { turns: 150, tokens: 25_000_000, wall_ms: 90 * minute, usd: 12 },
  scrutiny: { turns: 60, tokens: 8_000_000, wall_ms: 40 * minute, usd: 6 },
  'user-testing': { turns: 150, tokens: 15_000_000, wall_ms: 60 * minute, usd: 8 },
  explorer: { turns: 30, tokens: 2_000_000, wall_ms: 10 * minute, usd: 0.5 },
}

/** Models, limits and prices. A prompt names a tier and an effort; a role's own entry overrides both. */
export const AgentsConfig = z.strictObject({
  tiers: z.record(z.enum(tiers), z.string()).default({ strong: 'claude-opus-5-5', standard: 'claude-sonnet-5-5', fast: 'claude-haiku-5-5' }),
  roles: z.partialRecord(z.enum(roles), z.strictObject({ model: z.string().optional(), effort: z.enum(['low', 'medium', 'high']).optional() })).default({}),
  limits: z.record(z.enum(roles), RunLimitsSchema).default(limitsOf),
  max_output_tokens: z.int().min(256).default(16_000),
  prices: PriceTable.default(defaultPrices),
})
export type AgentsConfig = z.infer<typeof AgentsConfig>
