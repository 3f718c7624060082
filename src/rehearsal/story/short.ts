import type { AssertionText } from './contract.ts'
import { contract } from './contract.ts'
import { plan } from './plan.ts'
import { clarifications } from './request.ts'

const [first] = plan.milestones
const features = plan.features.filter((f) => f.milestone === first?.id)
const covered = new Set(features.flatMap((f) => f.covers))
const kept = contract.assertions.filter((a) => covered.has(a.id))
/** Lines of the definition of done that the first milestone keeps, from 1. */
const lines = [...new Set(kept.flatMap((a) => a.proves))].toSorted((a, b) => a - b)

/** The story's first milestone alone: three features, for tests that need a whole mission but not all of it. */
export const shortened = {
  plan: { ...plan, milestones: plan.milestones.filter((m) => m === first), features },
  contract: {
    starting_points: contract.starting_points.filter(({ name }) => kept.some((a) => a.starts_from?.includes(name))),
    assertions: kept.map((a): AssertionText => ({ ...a, proves: a.proves.map((n) => lines.indexOf(n) + 1) })),
    apart: 'What crosses the areas comes with the second milestone, which this shorter story leaves out.',
  },
  clarifications: { questions: withLines(clarifications.questions), understood: withLines(clarifications.understood) },
}

function withLines<T extends { understanding: { done: readonly string[] } }>(said: T) {
  return { ...said, understanding: { ...said.understanding, done: lines.map((n) => said.understanding.done[n - 1]) } }
}
