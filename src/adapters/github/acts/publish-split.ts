import type { EffectOf } from '../../../domain/effect.ts'
import type { FeatureId } from '../../../domain/id.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import { addSubIssue, closeIssue, issueOnce, ownIssues, subIssueIds } from '../issues.ts'
import { ownLabels } from '../labels.ts'
import { markerName } from '../names.ts'
import type { Site } from '../site.ts'
import { featureOf, present } from './act.ts'

/** A sub-issue for each part, then the whole says what takes its place, and is closed. */
export async function publishSplit(site: Site, act: EffectOf<'PublishSplit'>, mission: Mission): Promise<AnswerBody> {
  const tracking = present(mission.tracking_issue, 'tracking issue')
  const known = await ownIssues(site, mission.requested_at)
  const linked = await subIssueIds(site, tracking)
  const sub_issues: Record<FeatureId, number> = {}
  let shown = mission
  for (const id of featureOf(mission, act.feature).split_into) {
    const part = featureOf(shown, id)
    const wanted = { name: markerName.featureIssue(mission.key, id), page: site.texts.featureIssue(shown, part), labels: [ownLabels.feature.name] }
    const issue = await issueOnce(site, known, wanted)
    if (!linked.has(issue.id)) await addSubIssue(site, tracking, issue)
    sub_issues[id] = issue.number
    shown = { ...shown, features: shown.features.map((f) => (f === part ? { ...part, issue: issue.number } : f)) }
  }
  const whole = featureOf(shown, act.feature)
  if (whole.issue !== null) {
    await commentOnce(site, { issue: whole.issue, name: act.id, since: act.at, text: () => site.texts.splitNotice(shown, whole) })
    await closeIssue(site, whole.issue, 'not_planned')
  }
  return { type: 'SplitPublished', feature: act.feature, sub_issues }
}
