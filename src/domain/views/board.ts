import { mergeGate } from '../gate.ts'
import type { FeatureState, Mission } from '../mission.ts'
import { inline } from './escape.ts'
import { dollars, featureUsd, proof } from './figures.ts'
import { featureNamed, pullOf } from './names.ts'
import { table } from './page.ts'

/** Feature, pull request, proved checks, cost, what is happening. */
export function board(m: Mission): string {
  const many = (m.plan?.milestones.length ?? 0) > 1
  const rows = inOrder(m).map((f) => {
    const pull = pullOf(m, f)
    const covered = f.feature.covers.length
    const cost = featureUsd(m, f.feature.id)
    const name = `**${f.feature.id}** ${inline(f.feature.title, 70)}`
    return [
      ...(many ? [f.feature.milestone] : []),
      f.on ? `↳ ${name}` : name,
      pull === null ? '' : `#${pull}`,
      covered === 0 ? '' : `${proof(m, f.feature.covers).proved} of ${covered}`,
      cost > 0 ? dollars(cost) : '',
      doing(m, f),
    ]
  })
  return table([...(many ? [''] : []), 'Feature', 'Pull request', 'Proved:', 'Cost:', 'Now'], rows)
}

/** Plan order, each fix behind the feature on whose branch it is built. */
function inOrder(m: Mission): FeatureState[] {
  return m.features.filter((f) => f.on === null).flatMap((f) => [f, ...m.features.filter((fix) => fix.on === f.feature.id)])
}

/** What is happening to a feature, in a few words. */
export function doing(m: Mission, f: FeatureState): string {
  switch (f.status) {
    case 'ready':
      return waits(m, f)
    case 'active':
      return f.attempts > 1 ? `being built, try ${f.attempts}` : 'being built'
    case 'splitting':
      return 'too large for one run, being split'
    case 'handed_off':
      return f.on ? `built, goes to review with ${f.on}` : 'built, going to review'
    case 'reviewing':
      return f.rounds > 1 ? `in review, round ${f.rounds}` : 'in review'
    case 'fixing':
      return 'findings being fixed'
    case 'merging':
      return merging(m, f)
    case 'merged':
      return 'done'
    case 'dropped':
      return `left out: ${inline(f.dropped ?? 'no reason given', 120)}`
  }
}

function waits(m: Mission, f: FeatureState): string {
  const open = f.feature.after.filter((id) => !['merged', 'dropped'].includes(featureNamed(m, id)?.status ?? 'merged'))
  if (open.length > 0) return `after ${open.join(', ')}`
  const later = m.plan?.milestones.findIndex((x) => x.id === f.feature.milestone) ?? 0
  if (m.phase !== 'building' || later > m.milestone) return 'waits its turn'
  return f.attempts > 0 ? 'to be tried again' : 'next'
}

function merging(m: Mission, f: FeatureState): string {
  if (m.lane?.feature === f.feature.id) {
    switch (m.lane.step) {
      case 'integrating':
      case 'publishing':
        return 'brought up to date'
      case 'checking':
        return 'awaiting its checks'
      case 'merging':
        return 'being merged'
    }
  }
  return mergeGate(m, f).open ? 'reviewed, next to merge' : '**waits for your review**'
}
