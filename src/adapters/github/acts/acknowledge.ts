import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import { ForgeRefused } from '../../../ports/forge.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { branchHead } from '../branches.ts'
import { commentOnce } from '../comments.ts'
import type { Site } from '../site.ts'

/** Eyes on the issue at once, then the status comment, which is edited from then on. */
export async function acknowledge(site: Site, act: EffectOf<'Acknowledge'>, mission: Mission): Promise<AnswerBody> {
  const { issue, repository } = mission.request
  const base_sha = await branchHead(site, repository.default_branch)
  if (base_sha === null) throw new ForgeRefused(`The branch ${repository.default_branch} has no commit. Push a first commit, then \`/resume\`.`)
  await site.octokit.rest.reactions.createForIssue({ ...site.repo, issue_number: issue.number, content: 'eyes' })
  const comment = await commentOnce(site, { issue: issue.number, name: act.id, since: act.at, text: () => site.texts.statusComment(mission) })
  return { type: 'Acknowledged', comment, base_sha }
}
