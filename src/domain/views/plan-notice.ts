import type { Mission } from '../mission.ts'
import { settingsTrouble } from './brief.ts'
import { inline, mention } from './escape.ts'
import { list } from './figures.ts'
import { approvers, planHash4 } from './names.ts'
import { dotted, page } from './page.ts'
import { planInOneLine } from './plan-line.ts'

/** The one comment that asks the approvers. */
export function planNotice(m: Mission): string {
  const hash = planHash4(m)
  const approve = hash ? `/approve-plan ${hash}` : '/approve-plan'
  const matters = (m.understanding?.assumptions ?? []).flatMap((a, i) => (a.matters ? [`A${i + 1}: *${inline(a.text, 200)}*`] : []))
  return page(
    `${list(approvers(m).map(mention), 'or')}: **approve ${planInOneLine(m)}?**`,
    matters.length > 0 ? `Please look at ${matters.length === 1 ? 'one assumption that matters' : `${matters.length} assumptions that matter`}: ${matters.join(' · ')}` : null,
    settingsTrouble(m),
    `${m.tracking_issue === null ? 'The plan is being published' : `Read it in #${m.tracking_issue}`}, then comment there or here: ${dotted(`\`${approve}\``, '`/revise-plan …`', '`/cancel`')}. Waiting costs nothing.`,
  )
}
