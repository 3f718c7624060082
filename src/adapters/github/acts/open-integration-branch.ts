import type { EffectOf } from '../../../domain/effect.ts'
import { branches } from '../../../domain/id.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { push } from '../push.ts'
import type { Site } from '../site.ts'

export async function openIntegrationBranch(site: Site, act: EffectOf<'OpenIntegrationBranch'>, mission: Mission): Promise<AnswerBody> {
  // Brings the commit to this machine, if it is not there yet.
  await site.workspaces.fetch(site.repository, mission.request.repository.default_branch, site.signal)
  await push(site, { branch: branches.integration(mission.key), sha: act.sha, expected: null })
  return { type: 'IntegrationBranchOpened' }
}
