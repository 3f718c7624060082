import type { EffectOf } from '../../../domain/effect.ts'
import { branches } from '../../../domain/id.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { pullOnce } from '../pulls.ts'
import type { Site } from '../site.ts'

/** Not a draft: it is opened when verifying has passed. */
export async function openMissionPullRequest(site: Site, act: EffectOf<'OpenMissionPullRequest'>, mission: Mission): Promise<AnswerBody> {
  const { key, request } = mission
  const { title, body } = site.texts.report(mission)
  const closes = `Closes #${request.issue.number}`
  const page = { title, body: body.includes(closes) ? body : `${body}\n\n${closes}` }
  const pull = await pullOnce(site, { name: act.id, head: branches.integration(key), base: request.repository.default_branch, page })
  return { type: 'MissionPullRequestOpened', pull }
}
