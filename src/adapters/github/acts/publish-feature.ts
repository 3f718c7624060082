import type { EffectOf } from '../../../domain/effect.ts'
import { branches } from '../../../domain/id.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { pullOnce } from '../pulls.ts'
import { push } from '../push.ts'
import type { Site } from '../site.ts'
import { featureOf } from './act.ts'

export async function publishFeature(site: Site, act: EffectOf<'PublishFeature'>, mission: Mission): Promise<AnswerBody> {
  const feature = featureOf(mission, act.feature)
  await push(site, { branch: feature.branch, sha: act.head, expected: act.expected })
  const page = site.texts.featurePullRequest(mission, feature)
  const pull = await pullOnce(site, { name: act.id, head: feature.branch, base: branches.integration(mission.key), page })
  return { type: 'FeaturePublished', feature: act.feature, pull, head: act.head }
}
