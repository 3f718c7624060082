import { parse } from 'yaml'
import { z } from 'zod'
import type { ValidationContract } from '../../../src/domain/contract.ts'
import { Plan } from '../../../src/domain/feature.ts'
import { Limits, Policy } from '../../../src/domain/policy.ts'
import { aFeature, anAssertion, ms, val } from '../builders.ts'

// What a story starts from: the plan its orchestrator will write, and the agreed limits. Two milestones unless it says otherwise.

const Override = z.strictObject({
  milestone: z.string(),
  title: z.string(),
  covers: z.array(z.string()),
  after: z.array(z.string()),
  touches: z.array(z.string()),
  risk: z.enum(['low', 'medium', 'high']),
})

const GivenText = z.strictObject({
  trust: Policy.shape.trust,
  limits: Limits.partial().default({}),
  dry_run: Policy.shape.dry_run,
  /** Assertions that are marked as regressions. */
  regressions: z.array(z.string()).default([]),
  manifests: z.array(z.string()).default([]),
  /** Changes to the usual features; null leaves one out. */
  features: z.record(z.string(), Override.partial().nullable()).default({}),
})

export interface Given {
  policy: Policy
  limits: Limits
  contract: ValidationContract
  plan: Plan
}

const usual: Record<string, Partial<z.infer<typeof Override>> | null> = {
  f1: { milestone: 'm1', title: 'A taken room is refused', covers: ['VAL-API-001'], touches: ['src/bookings.js'] },
  f2: { milestone: 'm1', title: 'Cancelling asks first', covers: ['VAL-WEB-001'], touches: ['public/'] },
  f3: { milestone: 'm2', title: 'The list on the command line', covers: ['VAL-CLI-001'], touches: ['bin/'] },
}

export function readGiven(text: string): Given {
  const { trust, dry_run, limits, features, regressions, manifests } = GivenText.parse(parse(text) ?? {})
  const changed = Object.fromEntries(Object.entries({ ...usual, ...features }).map(([id, own]) => [id, own && { ...usual[id], ...own }]))
  const planned = Object.entries(changed).flatMap(([id, own]) => (own ? [{ ...aFeature(Number(id.slice(1))), ...own }] : []))
  const milestones = ['m1', 'm2', 'm3'].filter((id) => planned.some((f) => f.milestone === id)).map((id, i) => ({ id: ms(i + 1), title: `Milestone ${id}`, goal: `What ${id} is for.` }))
  const procedures = { install: null, test: 'npm test', lint: null, types: null, start: 'node server.js', port: 3000, health: '/health', env: {}, entry_points: [['node', 'bin/rooms.js']] }
  return {
    policy: Policy.parse({ trust, dry_run }),
    limits: Limits.parse(limits),
    contract: {
      assertions: planned.flatMap((f) => (f.covers ?? []).map((id) => anAssertion(val(id).slice(4), { regression: regressions.includes(id) }))),
      apart: 'Each shows the one list for itself.',
    },
    plan: Plan.parse({ milestones, features: planned, procedures, manifests }),
  }
}
