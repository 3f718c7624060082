import type { Risk } from './feature.ts'
import type { FeatureState, Mission } from './mission.ts'

export type Gate = { open: true; because: string } | { open: false; because: string; needs: string }

/** May this reviewed, green feature be merged into the mission's branch? Says why, and what is missing. */
export function mergeGate(m: Mission, f: FeatureState): Gate {
  if (m.policy.trust === 'scoped-autonomy') return { open: true, because: 'scoped-autonomy merges every feature that is reviewed and green' }
  const risk = riskOf(m, f)
  if (risk === 'low') return { open: true, because: 'low risk, and auto-merge-low-risk merges it when reviewed and green' }
  if (f.approved !== null && f.approved.head === f.head) return { open: true, because: `${risk} risk, approved by ${f.approved.by} on ${f.approved.head.slice(0, 7)}` }
  const before = f.approved ? `; the approval by ${f.approved.by} was for ${f.approved.head.slice(0, 7)}, and the branch has moved since` : ''
  return { open: false, because: `${risk} risk under auto-merge-low-risk${before}`, needs: 'an approving review, or a merge by hand, by someone with write permission' }
}

/** The feature's own risk, raised by the fixes that are built on its branch; nothing lowers it. */
export function riskOf(m: Mission, f: FeatureState): Risk {
  const all = [f, ...m.features.filter((other) => other.on === f.feature.id && other.status !== 'dropped')].map((x) => x.feature.risk)
  return all.includes('high') ? 'high' : all.includes('medium') ? 'medium' : 'low'
}
