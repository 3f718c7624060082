import { featureOf, hold, issue, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import { mergeGate } from '../gate.ts'
import type { Sha } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import type { FeatureState } from '../mission.ts'
import { awaitChecks, publish, rebuild, startReview } from './building.ts'

// The merge lane: one merge at a time per mission, only of a reviewed, green feature that the policy lets through.

export function enterLane(d: Draft): void {
  const { m } = d
  if (m.lane || !m.integration) return
  const next = m.features.find((f) => f.status === 'merging' && mergeGate(m, f).open)
  if (!next) return
  holdsTrue(next.head, `${next.feature.id} has nothing to merge`)
  m.lane = { feature: next.feature.id, step: 'integrating' }
  issue(d, ['integrate', next.feature.id, ++next.integrations], { type: 'IntegrateFeature', feature: next.feature.id, head: next.head, onto: m.integration.head })
}

export function integrated(d: Draft, event: EventOf<'FeatureIntegrated'>): void {
  const f = featureOf(d, event.feature)
  holdsTrue(d.m.lane?.feature === event.feature && d.m.integration, `${event.feature} is not in the lane`)
  switch (event.outcome) {
    case 'conflict':
      d.m.lane = null
      return rebuild(d, f, `It conflicts with what was merged meanwhile:\n${event.output}`, d.m.integration.head)
    case 'broken':
      d.m.lane = null
      return rebuild(d, f, `Together with what was merged meanwhile the procedures fail:\n${event.output}`, d.m.integration.head)
    case 'clean':
      if (event.head === f.published) {
        d.m.lane.step = 'checking'
        return awaitChecks(d, f)
      }
      // An approval and a review of the feature stand for this merge-up of it, which no agent made.
      if (f.approved?.head === f.head) f.approved = { by: f.approved.by, head: event.head }
      f.head = event.head
      f.reviewed = event.head
      d.m.lane.step = 'publishing'
      return publish(d, f)
  }
}

export function featureChecked(d: Draft, event: EventOf<'ChecksConcluded'>, f: FeatureState): void {
  holdsTrue(d.m.lane?.feature === f.feature.id, `${f.feature.id} is not in the lane`)
  switch (event.conclusion) {
    case 'none':
    case 'success':
      d.m.lane.step = 'merging'
      issue(d, ['merge-feature', f.feature.id, f.integrations], { type: 'MergeFeature', feature: f.feature.id, head: event.sha })
      return
    case 'failure':
      d.m.lane = null
      return rebuild(d, f, `The repository's own checks failed:\n${event.failing.map((c) => `${c.name}: ${c.summary}`).join('\n')}`, null)
    case 'conflict':
      d.m.lane = null
      return rebuild(d, f, 'GitHub reports a conflict with the integration branch.', event.base_head)
    case 'timeout':
      d.m.lane = null
      return hold(d, { why: 'checks_timed_out', feature: f.feature.id })
  }
}

export function mergeRefused(d: Draft, event: EventOf<'MergeRefused'>): void {
  const f = featureOf(d, event.feature)
  d.m.lane = null
  switch (event.reason) {
    case 'conflict':
      return rebuild(d, f, event.detail, d.m.integration?.head ?? null)
    case 'forbidden':
      return hold(d, { why: 'merge_forbidden', feature: event.feature, detail: event.detail })
    case 'head_moved':
      // A person pushed: theirs is what gets reviewed now.
      if (event.head) adopt(f, event.head)
      d.m.extra_rounds[f.feature.id] = (d.m.extra_rounds[f.feature.id] ?? 0) + 1
      return startReview(d, f)
  }
}

export function adopt(f: FeatureState, head: Sha): void {
  f.head = head
  f.published = head
  f.reviewed = null
}

export function merged(d: Draft, event: EventOf<'FeatureMerged'>): void {
  d.m.lane = null
  settle(d, featureOf(d, event.feature), event.sha)
}

/** The feature and the fixes that were built on its branch are in the integration branch. */
export function settle(d: Draft, f: FeatureState, sha: Sha): void {
  holdsTrue(d.m.integration, 'a merge without an integration branch')
  d.m.integration.head = sha
  for (const x of [f, ...d.m.features.filter((y) => y.on === f.feature.id && y.status !== 'dropped')]) {
    x.status = 'merged'
    x.merge_sha = sha
  }
}
