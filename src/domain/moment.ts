import type { Question } from './contract.ts'
import type { Effect } from './effect.ts'
import { mergeGate } from './gate.ts'
import type { FeatureId, Sha } from './id.ts'
import type { Mission } from './mission.ts'

/** What a person who sits beside a mission is asked now. */
export type Moment =
  | { is: 'working' }
  | { is: 'questions'; round: number; comment: number; questions: Question[] }
  | { is: 'plan'; hash: string }
  /** A feature that a person approves, or merges by hand. */
  | { is: 'review'; feature: FeatureId; pull: number; head: Sha }
  | { is: 'halt'; n: number }
  /** Green: the whole may be taken. */
  | { is: 'merge'; pull: number; sha: Sha }
  | { is: 'over' }

export function momentOf(m: Mission): Moment {
  if (m.phase === 'done' || m.phase === 'stopped') return m.pending.some(speaksLast) ? { is: 'working' } : { is: 'over' }
  const hold = m.holds.at(-1)
  if (hold) return { is: 'halt', n: hold.n }
  switch (m.phase) {
    case 'clarifying':
      return questions(m)
    case 'awaiting_approval':
      return m.published?.revision === m.plan_revision ? { is: 'plan', hash: m.published.plan_hash } : { is: 'working' }
    case 'building':
      return review(m)
    case 'delivering': {
      const { pull, checked } = m.delivery
      return pull !== null && checked !== null && checked === m.integration?.head ? { is: 'merge', pull, sha: checked } : { is: 'working' }
    }
    case 'contracting':
    case 'decomposing':
    case 'dry_running':
    case 'publishing':
    case 'validating':
    case 'triaging':
    case 'verifying':
      return { is: 'working' }
  }
}

/** The same moment has the same name, however often it is looked at. */
export function momentName(moment: Moment): string {
  switch (moment.is) {
    case 'working':
    case 'over':
      return moment.is
    case 'questions':
      return `questions ${moment.round}`
    case 'plan':
      return `plan ${moment.hash}`
    case 'review':
      return `review ${moment.feature} ${moment.head}`
    case 'halt':
      return `halt ${moment.n}`
    case 'merge':
      return `merge ${moment.sha}`
  }
}

function questions(m: Mission): Moment {
  const round = m.clarify_rounds.at(-1)
  if (!round || round.comment === null || round.questions.length === 0 || round.replies.length > 0) return { is: 'working' }
  return { is: 'questions', round: round.round, comment: round.comment, questions: round.questions }
}

function review(m: Mission): Moment {
  const waiting = m.features.find((f) => f.status === 'merging' && f.pull !== null && f.head !== null && m.lane?.feature !== f.feature.id && !mergeGate(m, f).open)
  if (!waiting || waiting.pull === null || waiting.head === null) return { is: 'working' }
  return { is: 'review', feature: waiting.feature.id, pull: waiting.pull, head: waiting.head }
}

/** The last words and the closing of issues: whoever looks when it is over finds them done. */
function speaksLast(effect: Effect): boolean {
  return effect.type !== 'WakeAt'
}
