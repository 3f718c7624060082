import type { FeatureState, Mission } from '../mission.ts'
import { inline } from './escape.ts'
import { list } from './figures.ts'
import { featureNamed } from './names.ts'
import { page } from './page.ts'

/** On the sub-issue of a feature that was too large for one run, before it is closed: what takes its place, and why. */
export function splitNotice(m: Mission, f: FeatureState): string {
  const parts = f.split_into.map((id) => {
    const part = featureNamed(m, id)
    return `**${id}** ${inline(part?.feature.title ?? '', 100)}${part?.issue ? ` (#${part.issue})` : ''}`
  })
  return page(
    `**Split.** One run was not enough for this feature. In its place come ${list(parts)}.`,
    inline(f.dropped?.replace(/^[^:]*: /, '') ?? '', 700),
    'Every check it was to prove went with one of them; nothing for you to do.',
  )
}
