import type { FindingState, Mission } from '../mission.ts'
import { inline } from './escape.ts'
import { byWhom, pullOf } from './names.ts'

/** What became of a finding. */
export function decision(m: Mission, d: FindingState['decision']): string {
  switch (d.is) {
    case 'open':
      return '*Open.*'
    case 'fix': {
      const fix = m.features.find((f) => f.feature.id === d.feature)
      const pull = fix && pullOf(m, fix)
      return `*${fix?.status === 'merged' ? 'Fixed' : 'Being fixed'} by ${d.feature}${pull ? ` in #${pull}` : ''}.*`
    }
    case 'dismissed':
      return `*Dismissed by ${byWhom(d.by)}:* ${inline(d.reason, 400)}`
  }
}
