import { z } from 'zod'
import { crosses } from './boundaries.ts'
import { Risk, type Feature } from './feature.ts'
import { AssertionId, FeatureId } from './id.ts'
import { isProtectedPath } from './plan.ts'

/** One of the features that take another's place. The program gives it its id. */
const Part = z.strictObject({
  title: z.string().min(3).max(100),
  brief: z.string().min(10).max(4000),
  covers: z.array(AssertionId).describe('Those of the feature’s own assertions that this part completes; each goes with exactly one part'),
  needs: z.array(z.int().min(1)).default([]).describe('Numbers of the parts before it, from 1, that must be merged first'),
  after: z.array(FeatureId).default([]).describe('Other features of the mission that must be merged first'),
  touches: z.array(z.string().min(1).max(200)).min(1).describe('Paths or folders it expects to change'),
  risk: Risk,
  preconditions: z.array(z.string().max(400)).default([]),
  expected: z.string().max(2000).describe('Behaviour expected when it is done'),
})

/** The answer of the task `split`, about a feature whose worker ran into a limit. */
export const Split = z.discriminatedUnion('decision', [
  z.strictObject({ decision: z.literal('again'), lesson: z.string().min(10).max(1500).describe('What the next worker does differently, so that it comes to its end') }),
  z.strictObject({ decision: z.literal('split'), reason: z.string().min(10).max(600), parts: z.array(Part).min(2).max(4) }),
])
export type Split = z.infer<typeof Split>

/** What a split is held against. */
export interface Around {
  feature: Feature
  /** All of the mission, the one to be split among them; dropped ones are left out. */
  features: readonly Feature[]
  /** Ids, in order. */
  milestones: readonly string[]
  /** Of the plan. */
  boundaries: readonly string[]
  /** Whether another attempt may be answered. */
  again: boolean
}

/** What is wrong with a split, in sentences its author can act on. Empty: it can be carried out. */
export function splitProblems(split: Split, around: Around): string[] {
  if (split.decision === 'again') return around.again ? [] : ['No attempt is left for the feature as it is; split it into smaller ones.']
  return [...covers(split.parts, around), ...split.parts.flatMap((part, i) => [...order(part, i + 1, around), ...scope(part, i + 1, around)]), ...names(split.parts)]
}

type Parts = Extract<Split, { decision: 'split' }>['parts']

function covers(parts: Parts, { feature }: Around): string[] {
  const problems: string[] = []
  for (const id of feature.covers) {
    const times = parts.flatMap((part) => part.covers).filter((x) => x === id).length
    if (times !== 1) problems.push(`${id} is covered ${times} times; each assertion of ${feature.id} goes with exactly one part.`)
  }
  for (const [i, part] of parts.entries())
    for (const id of part.covers) if (!feature.covers.includes(id)) problems.push(`Part ${i + 1} covers ${id}, which is not one of ${feature.id}'s; leave it where it is.`)
  return problems
}

function order(part: Parts[number], n: number, { feature, features, milestones }: Around): string[] {
  const problems = part.needs.filter((need) => need >= n).map((need) => `Part ${n} needs part ${need}, which does not come before it; put the parts in the order in which they are built.`)
  const waiting = waitFor(feature.id, features)
  for (const id of part.after) {
    const other = features.find((f) => f.id === id)
    if (id === feature.id) problems.push(`Part ${n} comes after ${id}, which it replaces; name parts by their number under "needs".`)
    else if (!other) problems.push(`Part ${n} comes after ${id}, which the mission does not have.`)
    else if (waiting.has(id)) problems.push(`Part ${n} comes after ${id}, which itself waits for ${feature.id}.`)
    else if (milestones.indexOf(other.milestone) > milestones.indexOf(feature.milestone)) problems.push(`Part ${n} comes after ${id} of the later milestone ${other.milestone}.`)
  }
  return problems
}

/** Features that come after it, directly or not. */
function waitFor(id: FeatureId, features: readonly Feature[]): Set<FeatureId> {
  const found = new Set<FeatureId>()
  const open = [id]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const f of features) {
      if (found.has(f.id) || !f.after.includes(next)) continue
      found.add(f.id)
      open.push(f.id)
    }
  }
  return found
}

const risks = Risk.options

function scope(part: Parts[number], n: number, { feature, boundaries }: Around): string[] {
  const problems: string[] = []
  for (const path of part.touches) {
    if (path.startsWith('/') || path.split('/').includes('..')) problems.push(`Part ${n} touches "${path}"; name paths from the repository's root, without "..".`)
    if (isProtectedPath(path)) problems.push(`Part ${n} touches "${path}", which no agent may change.`)
    const boundary = boundaries.find((b) => crosses(b, path))
    if (boundary !== undefined) problems.push(`Part ${n} touches "${path}", which lies within the boundary "${boundary}".`)
  }
  if (risks.indexOf(part.risk) < risks.indexOf(feature.risk))
    problems.push(`Part ${n} is of ${part.risk} risk, ${feature.id} is of ${feature.risk}; a part is not less risky than the whole was approved to be.`)
  return problems
}

function names(parts: Parts): string[] {
  const titles = parts.map((part) => part.title.trim().toLowerCase())
  return titles.filter((title, i) => titles.indexOf(title) !== i).map((title) => `Two parts have the title "${title}"; say what differs.`)
}
