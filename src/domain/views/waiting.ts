import { mergeGate } from '../gate.ts'
import type { EffectType } from '../effect.ts'
import type { FeatureState, Mission } from '../mission.ts'
import { list, plural } from './figures.ts'
import { approvers, planHash4 } from './names.ts'
import { meaning } from './ways-out.ts'

export interface Waiting {
  who: string
  what: string
  /** The act, as Markdown. */
  act: string
}

/** The human act without which the mission does not go on; null while it goes on by itself, and after its end. */
export function waitingFor(m: Mission): Waiting | null {
  if (m.phase === 'done' || m.phase === 'stopped') return null
  const hold = m.holds.at(-1)
  if (hold) {
    const { who, headline, ways } = meaning(m, hold.reason)
    return { who, what: headline, act: ways[0]?.act ?? '`/resume`' }
  }
  switch (m.phase) {
    case 'clarifying':
      return answers(m)
    case 'awaiting_approval': {
      const hash = planHash4(m)
      return { who: list(approvers(m), 'or'), what: 'approval of the plan', act: hash ? `\`/approve-plan ${hash}\`` : '`/approve-plan`' }
    }
    case 'building':
      return approvalOfFeature(m)
    case 'delivering':
      return mergeOfMission(m)
    case 'contracting':
    case 'decomposing':
    case 'dry_running':
    case 'publishing':
    case 'validating':
    case 'triaging':
    case 'verifying':
      return null
  }
}

/** Features that are reviewed and wait for a person, whether or not other work still goes on beside them. */
export function awaitingReview(m: Mission): FeatureState[] {
  if (m.phase !== 'building') return []
  return m.features.filter((f) => f.status === 'merging' && f.pull !== null && m.lane?.feature !== f.feature.id && !mergeGate(m, f).open)
}

/** What does not bring a mission forward: it only speaks, sleeps or counts. */
const idle = new Set<EffectType>(['Respond', 'PostHalt', 'WakeAt', 'StopRun'])

function worksOn(m: Mission): boolean {
  return m.pending.some((e) => !idle.has(e.type))
}

function answers(m: Mission): Waiting | null {
  const round = m.clarify_rounds.at(-1)
  if (!round || round.comment === null || round.replies.length > 0 || round.questions.length === 0 || worksOn(m)) return null
  return { who: m.request.by, what: `answers to ${plural(round.questions.length, 'question')}`, act: `reply on #${m.request.issue.number}` }
}

function approvalOfFeature(m: Mission): Waiting | null {
  const [first, ...more] = awaitingReview(m)
  if (!first || worksOn(m)) return null
  return { who: list(approvers(m), 'or'), what: `a review of ${[first, ...more].map((f) => `#${f.pull}`).join(', ')}, ${mergeGate(m, first).because}`, act: `approve or merge #${first.pull}` }
}

function mergeOfMission(m: Mission): Waiting | null {
  const { pull, checked } = m.delivery
  if (pull === null || checked === null || checked !== m.integration?.head || worksOn(m)) return null
  return { who: m.request.by, what: `the merge of #${pull}`, act: `review and merge #${pull}` }
}
