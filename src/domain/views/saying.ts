import type { Saying } from '../effect.ts'
import type { Mission } from '../mission.ts'
import { prose } from './escape.ts'
import { table } from './page.ts'
import { missionName, planHash4 } from './names.ts'
import { figures, headline, nextAct } from './status.ts'

/** A short answer to a comment. */
export function saying(m: Mission, s: Saying): string {
  switch (s.say) {
    case 'help':
      return `**Commands** on any issue or pull request of this mission, each at the start of a line.\n\n${commandTable(m)}`
    case 'status':
      return `**${missionName(m)}: ${headline(m)}**\n${m.approval ? `${figures(m)}\n` : ''}${nextAct(m)}`
    case 'refused':
      // Both are the app's own words, with what a person typed already made plain.
      return `${prose(s.why, 600)} ${prose(s.instead, 600)}`
    case 'outsider':
      return 'Thank you. Commands are taken from people with **write permission** here; anybody may comment, and those who have it read it.'
  }
}

function commandTable(m: Mission): string {
  const hash = planHash4(m)
  return table(
    ['Command', 'What it does'],
    [
      [`\`/approve-plan${hash ? ` ${hash}` : ''}\``, 'approves the plan; `--cap 20` agrees another limit in dollars'],
      ['`/revise-plan <text>`', 'asks for another plan, in your words'],
      ['`/pause` · `/resume`', 'stops before the next turn · goes on'],
      ['`/retry f3 <text>`', 'one more try for a feature that is stuck, with a hint'],
      ['`/waive VAL-API-001 <reason>`', 'goes on without a check, a finding or a feature, on the record'],
      ['`/budget 20`', 'sets the limit in dollars'],
      ['`/model worker <model> high`', 'another model, and effort, for a role from its next run on; `default` as configured'],
      ['`/cancel`', 'ends the mission; closes its pull requests, keeps its branches'],
      ['`/status` · `/help`', 'says where it stands · shows this'],
    ],
  )
}
