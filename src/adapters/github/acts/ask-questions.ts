import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import type { Site } from '../site.ts'

export async function askQuestions(site: Site, act: EffectOf<'AskQuestions'>, mission: Mission): Promise<AnswerBody> {
  const comment = await commentOnce(site, { issue: mission.request.issue.number, name: act.id, since: act.at, text: () => site.texts.questions(mission, act.round) })
  return { type: 'QuestionsAsked', comment }
}
