import type { Mission } from '../mission.ts'
import { inline, mention } from './escape.ts'
import { dollars, plural } from './figures.ts'
import { missionName } from './names.ts'
import { page } from './page.ts'

/** One comment a round, numbered, each question with what is taken where a reply leaves it out. */
export function questions(m: Mission, round: number): string {
  const asked = m.clarify_rounds.find((r) => r.round === round)
  if (!asked) return ''
  const last = round >= m.limits.clarify_rounds
  const items = asked.questions.map((q, i) => `${i + 1}. ${inline(q.text, 500)}  \n   *If you leave it out:* ${inline(q.default, 300)}`)
  return page(
    `### ${missionName(m)}: ${plural(asked.questions.length, 'question')} before the plan`,
    `${mention(m.request.by)}, your answers decide what is built. Reply in your own words, with the numbers where it helps.`,
    items.join('\n'),
    `“Take the defaults” is an answer too. Waiting costs nothing; without a reply nothing goes on.${last ? ' This is the last round: what stays open after it is written into the plan as an assumption.' : ''}`,
    `<sub>No code is touched before you approve a plan · planning may cost up to ${dollars(m.limits.planning_usd)} · stop: <code>/cancel</code></sub>`,
  )
}
