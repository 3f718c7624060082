import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { addSubIssue, issueOnce, ownIssues, subIssueIds } from '../issues.ts'
import { ownLabels } from '../labels.ts'
import { markerName } from '../names.ts'
import type { Site } from '../site.ts'
import { featureOf, present } from './act.ts'

export async function openFixIssue(site: Site, act: EffectOf<'OpenFixIssue'>, mission: Mission): Promise<AnswerBody> {
  const fix = featureOf(mission, act.feature)
  const tracking = present(mission.tracking_issue, 'tracking issue')
  const known = await ownIssues(site, act.at)
  const wanted = { name: markerName.featureIssue(mission.key, act.feature), page: site.texts.featureIssue(mission, fix), labels: [ownLabels.fix.name] }
  const issue = await issueOnce(site, known, wanted)
  if (!(await subIssueIds(site, tracking)).has(issue.id)) await addSubIssue(site, tracking, issue)
  return { type: 'FixIssueOpened', feature: act.feature, issue: issue.number }
}
