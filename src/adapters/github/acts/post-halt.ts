import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import type { Site } from '../site.ts'

/** A comment of its own: a halt needs somebody. */
export async function postHalt(site: Site, act: EffectOf<'PostHalt'>, mission: Mission): Promise<AnswerBody> {
  await commentOnce(site, { issue: mission.request.issue.number, name: act.id, since: act.at, text: () => site.texts.halt(mission, act.hold) })
  return { type: 'HaltPosted' }
}
