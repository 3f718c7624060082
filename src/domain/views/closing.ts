import type { Mission } from '../mission.ts'
import { mention } from './escape.ts'
import { dollars, list, original, plural, spentUsd } from './figures.ts'
import { pullOf } from './names.ts'
import { dotted, page } from './page.ts'
import { figuresLine, verdictLine } from './report.ts'

/** The last comment on the labelled issue. */
export function closing(m: Mission): string {
  switch (m.outcome) {
    case 'validated':
      return page(
        `### ${verdictLine(m)}`,
        `${mention(m.request.by)}, your request is on \`${m.request.repository.default_branch}\`${m.delivery.pull ? ` since the merge of #${m.delivery.pull}` : ''}. Nothing is left to do here.`,
        figuresLine(m),
        links(m),
      )
    case 'not_validated':
      return page(
        `### ${verdictLine(m)}`,
        `${mention(m.request.by)}, the mission’s branch was merged while its checks were not all settled; what is not proved stands in ${m.delivery.pull ? `#${m.delivery.pull}` : 'the tracking issue'}. **Next:** look at those by hand, or label a new issue \`mission\` for what is missing.`,
        figuresLine(m),
        links(m),
      )
    case 'cancelled':
    case null:
      return page('### Cancelled', `Nothing runs any more; ${dollars(spentUsd(m))} was spent. ${kept(m)} To start anew, set the label \`mission\` again.`, links(m))
  }
}

function kept(m: Mission): string {
  const merged = original(m).filter((f) => f.status === 'merged').length
  const pulls = m.features.filter((f) => !f.on && f.status !== 'merged' && pullOf(m, f) !== null).map((f) => `#${pullOf(m, f)}`)
  if (!m.integration?.open) return 'No code was touched.'
  return `\`${m.request.repository.default_branch}\` is as it was. The branches are kept: ${list([...(merged > 0 ? [`${plural(merged, 'finished feature')} on \`${m.integration.branch}\``] : []), ...(pulls.length > 0 ? [`unfinished work of ${list(pulls)}`] : [])]) || `\`${m.integration.branch}\``}.`
}

function links(m: Mission): string | null {
  const where = dotted(m.tracking_issue === null ? null : `plan, contract and findings: #${m.tracking_issue}`, m.delivery.pull === null ? null : `report: #${m.delivery.pull}`)
  return where === '' ? null : `<sub>${where}</sub>`
}
