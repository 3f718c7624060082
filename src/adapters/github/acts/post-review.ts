import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { reviewOnce } from '../reviews.ts'
import type { Site } from '../site.ts'
import { featureOf, present } from './act.ts'

export async function postReview(site: Site, act: EffectOf<'PostReview'>, mission: Mission): Promise<AnswerBody> {
  const feature = featureOf(mission, act.feature)
  // What has no place stands in the review's body already.
  const remarks = mission.findings
    .filter((finding) => finding.source === act.run && finding.decision.is === 'open' && finding.finding.place !== undefined)
    .map((finding) => ({ finding, text: site.texts.findingComment(mission, finding) }))
  const pull = present(feature.pull, `pull request of ${act.feature}`)
  await reviewOnce(site, { name: act.id, pull, head: act.head, body: site.texts.review(mission, feature), remarks })
  return { type: 'ReviewPosted' }
}
