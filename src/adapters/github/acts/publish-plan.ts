import { createHash } from 'node:crypto'
import type { EffectOf } from '../../../domain/effect.ts'
import type { FeatureId } from '../../../domain/id.ts'
import type { FeatureState, Mission } from '../../../domain/mission.ts'
import { canonicalJson, planDocument } from '../../../domain/plan-document.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import { addSubIssue, closeIssue, issueOnce, ownIssues, subIssueIds } from '../issues.ts'
import type { OwnIssue, OwnIssues } from '../issues.ts'
import { ensureLabels, ownLabels, stateLabels } from '../labels.ts'
import { markerName } from '../names.ts'
import type { Site } from '../site.ts'
import { onceVisible } from '../site.ts'
import { said } from '../trouble.ts'

/** The tracking issue below the labelled one, an issue for each feature below that, and one comment that asks for approval. */
export async function publishPlan(site: Site, act: EffectOf<'PublishPlan'>, before: Mission): Promise<AnswerBody> {
  const plan_hash = createHash('sha256')
    .update(canonicalJson(planDocument(before)))
    .digest('hex')
  // The texts show the plan under the hash it gets here.
  const mission = { ...before, published: { revision: act.revision, plan_hash, at: act.at } }
  const { key, request, requested_at } = mission
  await ensureLabels(site, [...Object.values(ownLabels), ...Object.values(stateLabels)])
  const known = await ownIssues(site, requested_at)
  const wanted = { name: markerName.tracking(key), page: site.texts.trackingIssue(mission), labels: [ownLabels.plan.name] }
  const tracking = await issueOnce(site, known, wanted)
  await link(site, request.issue.number, [tracking])
  const published: Mission = { ...mission, tracking_issue: tracking.number }
  const { shown, children } = await publishFeatures(site, known, published)
  await link(site, tracking.number, [...children.values()])
  await linkDependencies(site, published, children)
  await closeDropped(site, known, published)
  const sub_issues = Object.fromEntries([...children].map(([feature, issue]) => [feature, issue.number]))
  await commentOnce(site, { issue: request.issue.number, name: act.id, since: act.at, text: () => site.texts.planNotice(shown) })
  return { type: 'PlanPublished', plan_hash, tracking_issue: tracking.number, sub_issues }
}

/** Each text knows the issues made before it, as the mission will. */
async function publishFeatures(site: Site, known: OwnIssues, mission: Mission): Promise<{ shown: Mission; children: Map<FeatureId, OwnIssue> }> {
  const children = new Map<FeatureId, OwnIssue>()
  let shown: Mission = { ...mission, features: mission.features.map((feature) => ({ ...feature, issue: null })) }
  for (const { feature } of originals(mission)) {
    const current = shown.features.find((candidate) => candidate.feature.id === feature.id)
    if (current === undefined) continue
    const wanted = { name: markerName.featureIssue(mission.key, feature.id), page: site.texts.featureIssue(shown, current), labels: [ownLabels.feature.name] }
    const issue = await issueOnce(site, known, wanted)
    children.set(feature.id, issue)
    shown = { ...shown, features: shown.features.map((candidate) => (candidate === current ? { ...current, issue: issue.number } : candidate)) }
  }
  return { shown, children }
}

async function link(site: Site, parent: number, children: OwnIssue[]): Promise<void> {
  const linked = await subIssueIds(site, parent)
  for (const child of children) if (!linked.has(child.id)) await addSubIssue(site, parent, child)
}

/** `after` as GitHub's blocked-by. An earlier revision's dependencies go. */
async function linkDependencies(site: Site, mission: Mission, children: Map<FeatureId, OwnIssue>): Promise<void> {
  for (const feature of originals(mission)) {
    const child = children.get(feature.feature.id)
    if (child === undefined) continue
    const wanted = new Set(feature.feature.after.flatMap((id) => children.get(id)?.id ?? []))
    const at = { ...site.repo, issue_number: child.number }
    const list = () => site.octokit.rest.issues.listDependenciesBlockedBy({ ...at, per_page: 100 })
    const standing = new Set((await onceVisible(site, list)).data.map((issue) => issue.id))
    for (const issue_id of wanted) if (!standing.has(issue_id)) await site.octokit.rest.issues.addBlockedByDependency({ ...at, issue_id })
    for (const issue_id of standing) if (!wanted.has(issue_id)) await removeDependency(site, child.number, issue_id)
  }
}

async function removeDependency(site: Site, issue_number: number, issue_id: number): Promise<void> {
  try {
    await site.octokit.rest.issues.removeDependencyBlockedBy({ ...site.repo, issue_number, issue_id })
  } catch (error) {
    if (!said(error, 404)) throw error
  }
}

/** Features of an earlier revision that the plan no longer has. */
async function closeDropped(site: Site, known: OwnIssues, mission: Mission): Promise<void> {
  const kept = new Set(originals(mission).map((feature) => markerName.featureIssue(mission.key, feature.feature.id)))
  const prefix = markerName.featureIssue(mission.key, '')
  for (const [name, issue] of known) {
    if (name.startsWith(prefix) && !kept.has(name) && issue.state === 'open') await closeIssue(site, issue.number, 'not_planned')
  }
}

function originals(mission: Mission): FeatureState[] {
  return mission.features.filter((feature) => feature.feature.fixes.length === 0)
}
