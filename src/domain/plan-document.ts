import { whatWasTried } from './dry-run.ts'
import type { Mission } from './mission.ts'

/** What a person approves, and nothing else: the plan's hash is taken over the canonical JSON of this. */
export function planDocument(m: Mission): object {
  const { repository, issue } = m.request
  const { procedures, ...plan } = m.plan ?? { procedures: null }
  return {
    request: { repository: { id: repository.id, owner: repository.owner, name: repository.name, default_branch: repository.default_branch }, issue },
    understanding: m.understanding,
    contract: m.contract,
    plan: m.plan ? plan : null,
    procedures,
    limits: m.limits,
    policy: m.policy,
    base_sha: m.base_sha,
    tried: whatWasTried(m),
  }
}

/** JSON with sorted keys and no spaces: equal values give equal text. Takes what JSON can hold. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, v]) => v !== undefined)
    const sorted = entries.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${sorted.map(([key, v]) => `${JSON.stringify(key)}:${canonicalJson(v)}`).join(',')}}`
  }
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`JSON has no ${String(value)}`)
  return JSON.stringify(value) ?? 'null'
}
