import type { FeatureState, Mission } from '../mission.ts'
import { contractEntries } from './feature-checks.ts'
import { code, inline, prose, title } from './escape.ts'
import { featureNamed, missionName, placeOf } from './names.ts'
import { bullets, dotted, page } from './page.ts'

/** The sub-issue of a feature, or of a fix. */
export function featureIssue(m: Mission, f: FeatureState): { title: string; body: string } {
  const { feature } = f
  const fix = feature.fixes.length > 0
  return {
    title: `${feature.id}: ${fix && !/^fix\b/i.test(feature.title) ? 'Fix: ' : ''}${title(feature.title, 100)}`,
    body: page(
      prose(feature.brief, 4000),
      feature.expected.trim() ? `**When it is done** ${prose(feature.expected, 2000)}` : null,
      fix ? `**Fixes**\n\n${bullets(fixed(m, f))}` : null,
      feature.covers.length > 0 ? `**Proves**\n\n${contractEntries(m, feature.covers)}` : null,
      feature.preconditions.length > 0 ? `**Needs first**\n\n${bullets(feature.preconditions.map((x) => inline(x, 400)))}` : null,
      feature.touches.length > 0
        ? `**Expects to touch** ${feature.touches
            .slice(0, 20)
            .map((path) => code(path, 100))
            .join(', ')}`
        : null,
      facts(m, f),
    ),
  }
}

function facts(m: Mission, f: FeatureState): string {
  const after = f.feature.after.map((id) => {
    const issue = featureNamed(m, id)?.issue
    return issue ? `${id} (#${issue})` : id
  })
  return `<sub>${dotted(
    `${missionName(m)}${m.tracking_issue === null ? '' : `, #${m.tracking_issue}`}`,
    `milestone ${f.feature.milestone}`,
    `risk ${f.feature.risk}`,
    after.length > 0 ? `after ${after.join(', ')}` : null,
    partOf(m, f),
    f.on ? `built on the branch of ${f.on}` : null,
  )}</sub>`
}

function partOf(m: Mission, f: FeatureState): string | null {
  const whole = m.features.find((x) => x.split_into.includes(f.feature.id))
  return whole ? `part of ${whole.feature.id}${whole.issue === null ? '' : ` (#${whole.issue})`}` : null
}

function fixed(m: Mission, f: FeatureState): string[] {
  return f.feature.fixes.map((id) => {
    const found = m.findings.find((x) => x.id === id)
    return found ? `${dotted(found.finding.assertion ?? null, placeOf(m, found.finding, null), code(id))}  \n  ${inline(found.finding.what, 600)}` : code(id)
  })
}
