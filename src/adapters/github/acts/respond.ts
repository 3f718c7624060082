import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import type { Site } from '../site.ts'
import { said } from '../trouble.ts'

/** A sign that a person was heard; words only where they are needed. */
export async function respond(site: Site, act: EffectOf<'Respond'>, mission: Mission): Promise<AnswerBody> {
  const { saying } = act
  try {
    await site.octokit.rest.reactions.createForIssueComment({ ...site.repo, comment_id: act.comment, content: act.reaction })
    if (saying !== null) await commentOnce(site, { issue: act.issue, name: act.id, since: act.at, text: () => site.texts.saying(mission, saying) })
  } catch (error) {
    // Who deleted the question, or the issue, wants no answer.
    if (!said(error, 404, 410)) throw error
  }
  return { type: 'Responded' }
}
