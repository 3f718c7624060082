import type { Mission } from '../mission.ts'
import { mention, person } from './escape.ts'
import { capUsd, dollars, list, spentUsd } from './figures.ts'
import { pullOf } from './names.ts'
import { bullets, dotted, page } from './page.ts'
import { meaning, type Meaning } from './ways-out.ts'

/** A new comment when a mission stops and needs somebody: how urgent, what, what is safe, which ways lead out. */
export function halt(m: Mission, n: number): string {
  const hold = m.holds.find((h) => h.n === n)
  if (!hold) return 'This halt is over; the mission goes on.'
  const what = meaning(m, hold.reason)
  return page(`### ${what.urgency}: ${what.headline}`, `**What** ${what.what}`, `**Safe** ${safe(m)}`, `**Choose**${asked(m, what)}\n\n${bullets(what.ways.map((way) => `${way.act}: ${way.does}`))}`)
}

/** Who runs the app has no name here; the owner of the mission knows whom to ask. */
function asked(m: Mission, { who, called }: Meaning): string {
  switch (called) {
    case 'by login':
      return `, ${mention(who)}`
    case 'in words':
      return `, ${mention(m.request.by)}, or ask ${person(who)}`
    case 'nobody':
      return ', if you do not want to wait'
  }
}

function safe(m: Mission): string {
  const merged = m.features.filter((f) => f.status === 'merged').map((f) => f.feature.id)
  const open = m.features.filter((f) => f.status !== 'merged' && f.status !== 'dropped' && !f.on && pullOf(m, f) !== null)
  return dotted(
    `${m.request.repository.default_branch === '' ? 'the default branch' : `\`${m.request.repository.default_branch}\``} is untouched`,
    merged.length > 0 ? `${list(merged)} ${merged.length === 1 ? 'is' : 'are'} done on the mission’s branch` : null,
    open.length > 0 ? `open work is kept in ${list(open.map((f) => `#${pullOf(m, f)}`))}` : null,
    `nothing runs, ${dollars(spentUsd(m))} of ${dollars(capUsd(m))} spent`,
  )
}
