import { z } from 'zod'
import { KnowledgeId } from './id.ts'
import type { EffectId, FeatureId, MilestoneId, Sha } from './id.ts'

/** The name of a file of the library, without its ending. */
export const Topic = z.string().regex(/^[a-z0-9][a-z0-9-]{1,39}$/, 'a topic is one short word or a few, such as testing or data-files')
export type Topic = z.infer<typeof Topic>

const Text = z.string().min(5).max(600)

/** What an agent hands in as worth knowing here; the program adds where it came from. */
export const KnowledgeEntry = z.strictObject({
  topic: Topic,
  text: Text.describe('One fact that stands alone: what is so, and what to do about it'),
  paths: z.array(z.string().min(1).max(200)).max(8).default([]).describe('Paths or folders it is about; empty when it is about the whole'),
})
export type KnowledgeEntry = z.infer<typeof KnowledgeEntry>

/** `product`: about using the product only, from somebody who never saw its source. Testers read nothing else. */
export type About = 'code' | 'product'

/** An entry as it stands in the library of the repository. */
export const LibraryEntry = z.strictObject({
  topic: Topic,
  text: z.string(),
  paths: z.array(z.string()),
  about: z.enum(['code', 'product']),
  /** Where it came from, in words, such as `mission 7 (build.f1.a1)`; empty for what a person wrote. */
  from: z.array(z.string()),
})
export type LibraryEntry = z.infer<typeof LibraryEntry>

/** An entry of the library under the name that a curator calls it by, such as `testing#2`. */
export const KnownEntry = LibraryEntry.extend({ name: z.string() })
export type KnownEntry = z.infer<typeof KnownEntry>

/** What an agent learned, and what the orchestrator made of it. */
export interface KnowledgeState {
  id: KnowledgeId
  entry: KnowledgeEntry
  about: About
  run: EffectId
  feature: FeatureId | null
  milestone: MilestoneId | null
  decision:
    | { is: 'new' }
    /** As it goes into the library. */
    | { is: 'accepted'; topic: Topic; text: string; committed: Sha | null }
    /** Its fact is told by another entry. */
    | { is: 'merged'; into: KnowledgeId; reason: string }
    /** Its fact is told by an entry that was in the library before; `text`: what that one says from now on, null: what it said. */
    | { is: 'joined'; known: LibraryEntry; text: string | null; reason: string; committed: Sha | null }
    | { is: 'rejected'; why: RejectedFor; reason: string }
}

type Kept = KnowledgeState & { decision: Extract<KnowledgeState['decision'], { is: 'accepted' | 'joined' }> }

/** Decided for the library, and not on the branch yet. */
export function awaitsCommit(k: KnowledgeState): k is Kept {
  return (k.decision.is === 'accepted' || k.decision.is === 'joined') && k.decision.committed === null
}

/** How the curating of one milestone went. */
export interface Curation {
  milestone: MilestoneId
  /** `given_up`: the mission went on without; `why` says why. */
  is: 'asked' | 'decided' | 'given_up'
  why: string
}

export const RejectedFor = z.enum(['ambiguous', 'already_known', 'wrong', 'belongs_in_code_or_docs', 'not_worth_keeping'])
export type RejectedFor = z.infer<typeof RejectedFor>

const Reason = z.string().min(5).max(300)

/** The answer of the task `curate`: every entry it was given, exactly once. */
export const Curated = z.strictObject({
  decisions: z.array(
    z.discriminatedUnion('decision', [
      z.strictObject({ decision: z.literal('accept'), entry: KnowledgeId, topic: Topic, text: Text.describe('As it goes into the library') }),
      z.strictObject({
        decision: z.literal('merge'),
        entry: KnowledgeId,
        into: z.string().max(80).describe('An entry that you accept, or one of the library such as testing#2'),
        text: Text.nullable().default(null).describe('For an entry of the library: how it reads from now on; null leaves it as it is'),
        reason: Reason,
      }),
      z.strictObject({ decision: z.literal('reject'), entry: KnowledgeId, why: RejectedFor, reason: Reason }),
    ]),
  ),
})
export type Curated = z.infer<typeof Curated>
type Decision = Curated['decisions'][number]

/** What is wrong with a curation, in sentences its author can act on. Sizes are those of a topic's texts together. */
export function curationProblems(curated: Curated, asked: readonly KnowledgeState[], library: readonly KnownEntry[], topic_chars: number): string[] {
  return [
    ...asked.flatMap(({ id }) => {
      const times = curated.decisions.filter((d) => d.entry === id).length
      return times === 1 ? [] : [`Entry ${id} is decided ${times} times; decide it exactly once.`]
    }),
    ...curated.decisions.flatMap((d) => decisionProblems(d, curated, asked, library)),
    ...sizeProblems(curated, library, topic_chars),
  ]
}

function decisionProblems(d: Decision, curated: Curated, asked: readonly KnowledgeState[], library: readonly KnownEntry[]): string[] {
  const own = asked.find((k) => k.id === d.entry)
  if (!own) return [`Entry ${d.entry} was not asked about; leave it out.`]
  switch (d.decision) {
    case 'reject':
      return []
    case 'accept': {
      const twin = library.find((k) => sameWords(k.text, d.text)) ?? curated.decisions.find((x) => x !== d && x.decision === 'accept' && sameWords(x.text, d.text))
      if (!twin) return []
      return [`Entry ${d.entry} says what ${'name' in twin ? twin.name : twin.entry} says already; merge it into that, or reject it as already_known.`]
    }
    case 'merge': {
      const known = library.find((k) => k.name === d.into)
      const accepted = curated.decisions.some((x) => x.decision === 'accept' && x.entry === d.into)
      const target = known ?? asked.find((k) => k.id === d.into)
      if (!target || (!known && !accepted)) return [`Entry ${d.entry} is merged into ${d.into}, which is neither an entry that you accept nor one of the library.`]
      if (!known && d.text !== null) return [`Entry ${d.entry} is merged into ${d.into}, which you accept here: put the whole wording into that one and leave "text" null.`]
      if (target.about === 'product' && own.about === 'code')
        return [`Entry ${d.entry} comes from the code and ${d.into} is read by testers, who must not know the code; accept it on its own or reject it.`]
      return []
    }
  }
}

function sizeProblems(curated: Curated, library: readonly KnownEntry[], topic_chars: number): string[] {
  const accepted = curated.decisions.flatMap((d) => (d.decision === 'accept' ? [d] : []))
  const rewritten = new Map(curated.decisions.flatMap((d): [string, string][] => (d.decision === 'merge' && d.text !== null ? [[d.into, d.text]] : [])))
  return [...new Set([...accepted.map((d) => d.topic), ...library.filter((k) => rewritten.has(k.name)).map((k) => k.topic)])].flatMap((topic) => {
    const chars =
      accepted.filter((d) => d.topic === topic).reduce((sum, d) => sum + d.text.length, 0) +
      library.filter((k) => k.topic === topic).reduce((sum, k) => sum + (rewritten.get(k.name) ?? k.text).length, 0)
    return chars > topic_chars ? [`The topic ${topic} would hold ${chars} characters; at most ${topic_chars}: merge, shorten or reject some, or use a topic that fits better.`] : []
  })
}

/** The same words, whatever their case and spacing. */
export function sameWords(a: string, b: string): boolean {
  return plainWords(a) === plainWords(b)
}

function plainWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}
