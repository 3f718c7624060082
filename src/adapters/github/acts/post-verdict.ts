import type { EffectOf } from '../../../domain/effect.ts'
import { Sha } from '../../../domain/id.ts'
import type { AssertionId } from '../../../domain/id.ts'
import type { FeatureState, FindingState, Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { commentOnce } from '../comments.ts'
import { pullFiles, reviewOnce } from '../reviews.ts'
import type { Site } from '../site.ts'
import { present } from './act.ts'

/** What validators found, told where it belongs: on the pull requests it is about, else on the tracking issue. */
export async function postVerdict(site: Site, act: EffectOf<'PostVerdict'>, mission: Mission): Promise<AnswerBody> {
  const scope = act.milestone ?? 'final'
  const findings = mission.findings.filter((finding) => finding.scope === scope && finding.decision.is === 'open')
  for (const [target, group] of await targets(site, mission, findings)) {
    const text = (): string => site.texts.verdictComment(mission, { assertions: target.assertions, findings: group })
    if (target.on === 'diff') await reviewDiff(site, act, mission, { pull: target.number, findings: group, body: text() })
    else await commentOnce(site, { issue: target.number, name: `${act.id}/${target.number}`, since: act.at, text })
  }
  return { type: 'VerdictPosted' }
}

interface Target {
  on: 'page' | 'diff'
  number: number
  /** Whose results are shown there. */
  assertions: AssertionId[]
}

async function targets(site: Site, mission: Mission, findings: FindingState[]): Promise<Map<Target, FindingState[]>> {
  const known = new Map<string, Target>()
  const groups = new Map<Target, FindingState[]>()
  const files = new Map<number, Map<string, Set<number>>>()

  async function shows(pull: number, path: string): Promise<boolean> {
    const shown = files.get(pull) ?? (await pullFiles(site, pull))
    files.set(pull, shown)
    return shown.has(path)
  }

  async function targetOf(finding: FindingState): Promise<Target> {
    const { assertion, place } = finding.finding
    const covering = mission.features.find((feature) => assertion !== undefined && feature.feature.covers.includes(assertion) && feature.pull !== null)
    if (covering?.pull) return { on: 'page', number: covering.pull, assertions: covering.feature.covers }
    if (place !== undefined) {
      for (const pull of likelyPulls(mission.features, place)) if (await shows(pull, place.path)) return { on: 'diff', number: pull, assertions: [] }
    }
    return { on: 'page', number: present(mission.tracking_issue, 'tracking issue'), assertions: [] }
  }

  for (const finding of findings) {
    const target = await targetOf(finding)
    const name = `${target.on} ${target.number}`
    const one = known.get(name) ?? target
    known.set(name, one)
    groups.set(one, [...(groups.get(one) ?? []), finding])
  }
  return groups
}

/** Pull requests to look into for a path: the one the finding names, then the latest first. */
function likelyPulls(features: FeatureState[], place: { path: string; feature?: string | undefined }): number[] {
  const merged = features.filter((feature) => feature.pull !== null && feature.status === 'merged')
  const named = merged.filter((feature) => feature.feature.id === place.feature)
  return [...new Set([...named, ...merged.toReversed()].flatMap((feature) => feature.pull ?? []))]
}

async function reviewDiff(site: Site, act: EffectOf<'PostVerdict'>, mission: Mission, on: { pull: number; findings: FindingState[]; body: string }): Promise<void> {
  const { data } = await site.octokit.rest.pulls.get({ ...site.repo, pull_number: on.pull })
  const remarks = on.findings.map((finding) => ({ finding, text: site.texts.findingComment(mission, finding) }))
  await reviewOnce(site, { name: `${act.id}/${on.pull}`, pull: on.pull, head: Sha.parse(data.head.sha), body: on.body, remarks })
}
