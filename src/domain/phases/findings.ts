import type { Draft } from '../draft.ts'
import { FindingId, type EffectId } from '../id.ts'
import type { FindingState, Mission } from '../mission.ts'
import type { Finding } from '../verdict.ts'

/** Writes findings into the mission under ids of the program's making: the natural key of their source and a number. */
export function record(d: Draft, source: EffectId | string, from: Pick<FindingState, 'validator' | 'scope'>, findings: Finding[]): void {
  const natural = source.startsWith(`${d.m.key}.`) ? source.slice(d.m.key.length + 1) : source
  const sofar = d.m.findings.filter((f) => f.source === source).length
  findings.forEach((finding, i) => {
    d.m.findings.push({ id: FindingId.parse(`${natural}-${sofar + i + 1}`), finding, source, ...from, decision: { is: 'open' } })
  })
}

export function openFindings(m: Mission, scope: string): FindingState[] {
  return m.findings.filter((f) => f.scope === scope && f.decision.is === 'open')
}

export function dismiss(d: Draft, which: (f: FindingState) => boolean, by: string, reason: string): void {
  for (const f of d.m.findings) if (f.decision.is === 'open' && which(f)) f.decision = { is: 'dismissed', by, reason }
}
