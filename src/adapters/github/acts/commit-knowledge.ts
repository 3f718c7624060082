import type { EffectOf } from '../../../domain/effect.ts'
import { branches } from '../../../domain/id.ts'
import type { Sha } from '../../../domain/id.ts'
import { libraryChanges, libraryFolder } from '../../../domain/library.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { ForgeRefused } from '../../../ports/forge.ts'
import type { Site } from '../site.ts'

type Committed = Extract<AnswerBody, { type: 'KnowledgeCommitted' }>

/**
 * Puts the accepted entries on the mission's branch, which must stand where the mission knows it. The commit follows from the head,
 * the entries and the effect, so that a repeat is the same commit; a branch that stands at it already is done.
 */
export async function commitKnowledge(site: Site, act: EffectOf<'CommitKnowledge'>, mission: Mission): Promise<AnswerBody> {
  const { workspaces, repository } = site
  const branch = branches.integration(mission.key)
  const answer = (outcome: Committed['outcome'], head: Sha, detail = ''): Committed => ({ type: 'KnowledgeCommitted', outcome, head, detail })

  const files = await workspaces.read(repository, act.head, libraryFolder)
  const changes = Object.entries(libraryChanges(files, mission)).map(([name, text]) => [`${libraryFolder}/${name}`, text])
  const trailers = { Mission: mission.key, Milestone: act.milestone }
  const made = await workspaces.write({ repository, parent: act.head, files: Object.fromEntries(changes), text: 'docs(knowledge): what agents learned', trailers, at: new Date(act.at) })
  if ('refused' in made) return answer('refused', act.head, made.refused)

  const pushed = await workspaces.push({ repository, branch, sha: made.sha, expected: act.head }, site.signal)
  if (pushed.ok) return answer('committed', made.sha)
  if (pushed.why === 'refused') return answer('refused', act.head, pushed.detail)
  if (pushed.at === null) throw new ForgeRefused(`The branch ${branch} is gone. Push it again, then \`/resume\`.`, 'foreign_head')
  return answer('moved', pushed.at)
}
