import type { ValidationContract } from './contract.ts'
import type { Plan } from './feature.ts'
import type { Limits } from './policy.ts'

export interface Span {
  from: number
  to: number
}
export interface Quote {
  runs: Span
  /** What the runs are, in the order of the work. */
  basis: { work: Work; runs: Span; turns: Span }[]
  minutes: Span
  /** The whole mission, planning included; the upper end is the default cap. */
  usd: Span
}

// PRIORS, used until an installation has a history of its own. Where they come from:
// prices: the dated list price of the default model, 4 and 20 dollars per million tokens in and out; cache write 1.25, cache read 0.1 of input.
// tokens: a turn adds about 1,500 to the context and 400 to the output; each is written to the cache once and read in every later turn
//         (the reference mission reads 96 % of its input from the cache at 51 turns).
// turns:  published logs of coding agents on small web repositories; 15 to 25 s a turn with its tools.
const price = { input: 4e-6, output: 20e-6, write: 1.25, read: 0.1 }
const turn = { context_tokens: 1500, output_tokens: 400, minutes: { from: 15 / 60, to: 25 / 60 } }
const turns = {
  build: { from: 30, to: 45 },
  review: { from: 12, to: 25 },
  /** A second look at what a review found. */
  confirm: { from: 5, to: 12 },
  exercise: { from: 15, to: 30 },
  synthesise: { from: 10, to: 20 },
  /** A second look at what did not pass. */
  again: { from: 8, to: 20 },
  triage: { from: 3, to: 8 },
  curate: { from: 2, to: 5 },
} as const
const works = ['build', 'review', 'confirm', 'exercise', 'synthesise', 'again', 'triage', 'curate'] as const satisfies (keyof typeof turns)[]
/** About every second feature of a first try needs a fix; a milestone with a finding validates twice, and so does the whole. */
const fixesPerFeature = 0.5
/** Waiting for checks, merging, pushing: minutes a feature. */
const overhead_minutes = { from: 1, to: 4 }

export type Work = (typeof works)[number]

/** What the mission may take. Grows with every feature and assertion, never shrinks. */
export function quote(plan: Plan, contract: ValidationContract, limits: Limits): Quote {
  const features = plan.features.length
  const milestones = plan.milestones.length
  const parts = Math.ceil(contract.assertions.length / limits.assertions_per_run)
  // A milestone's own assertions fill its last run only in part: at most one more run each.
  const fixes = Math.ceil(features * fixesPerFeature)
  const rounds = Math.min(2, limits.rounds_per_milestone)
  const final_rounds = Math.min(2, limits.delivery_rounds)
  const least: Record<Work, number> = { build: features, review: features, confirm: 0, exercise: 2 * parts, synthesise: milestones, again: 0, triage: 0, curate: 0 }
  const most: Record<Work, number> = {
    build: features + fixes,
    review: features + fixes,
    // What blocks is looked at twice before it costs a fix: in reviews, and in a synthesis of each milestone.
    confirm: fixes + milestones,
    exercise: rounds * (parts + milestones - 1) + final_rounds * parts,
    synthesise: rounds * milestones,
    // One second look a round; a last round passes at once.
    again: (rounds - 1) * milestones + final_rounds - 1,
    triage: fixes,
    curate: milestones * limits.curations_per_milestone,
  }
  // Features and parts go side by side; the rest waits for them.
  const sideBySide = (work: Work, n: number) => (work === 'build' || work === 'review' || work === 'confirm' || work === 'exercise' ? Math.ceil(n / limits.parallel_workers) : n)
  const minutes = (counts: Record<Work, number>, end: keyof Span) => total(counts, (work, n) => sideBySide(work, n) * turns[work][end] * turn.minutes[end]) + features * overhead_minutes[end]
  return {
    runs: { from: total(least, (_, n) => n), to: total(most, (_, n) => n) },
    basis: works.map((work) => ({ work, runs: { from: least[work], to: most[work] }, turns: turns[work] })).filter((b) => b.runs.to > 0),
    minutes: { from: upTo5(minutes(least, 'from')), to: upTo5(minutes(most, 'to')) },
    usd: {
      from: Math.ceil(total(least, (work, n) => n * runUsd(turns[work].from))),
      to: Math.ceil(limits.planning_usd + total(most, (work, n) => n * runUsd(turns[work].to))),
    },
  }
}

/** An append-only conversation of n turns writes each token once and reads it in every turn behind. */
function runUsd(n: number): number {
  const written = n * turn.context_tokens
  const read = (turn.context_tokens * n * (n - 1)) / 2
  return (written * price.write + read * price.read) * price.input + n * turn.output_tokens * price.output
}

function total(counts: Record<Work, number>, each: (work: Work, n: number) => number): number {
  return works.reduce((sum, work) => sum + each(work, counts[work]), 0)
}

function upTo5(minutes: number): number {
  return Math.ceil(minutes / 5) * 5
}
