import { z } from 'zod'
import { DocumentationDecision } from './documentation.ts'
import { Severity } from './feature.ts'
import { AssertionId, FeatureId, FindingId, Sha } from './id.ts'
import { KnowledgeEntry } from './knowledge.ts'

/** A place in the code, as scrutiny names it. */
export const Place = z.strictObject({ path: z.string().min(1).max(300), line: z.int().min(1), feature: FeatureId.optional() })
export type Place = z.infer<typeof Place>

export const Evidence = z.strictObject({
  kind: z.enum(['http', 'browser', 'terminal', 'command', 'code']),
  text: z.string().min(1).max(4000).describe('What was seen, quoted from the tool'),
  file: z.string().max(200).optional().describe('A screenshot or transcript the tool wrote'),
})
export type Evidence = z.infer<typeof Evidence>

/** Exact words for lines of the new version; a person can take them over with one click. */
export const Suggestion = z.strictObject({
  path: z.string().min(1).max(300),
  start_line: z.int().min(1),
  line: z.int().min(1),
  text: z.string().max(4000).describe('Replaces the lines from start_line to line'),
})
export type Suggestion = z.infer<typeof Suggestion>

/** What a validator reports; the program gives it its id. */
export const Finding = z.strictObject({
  severity: Severity,
  what: z.string().min(10).max(2000),
  assertion: AssertionId.optional(),
  place: Place.optional(),
  suggestion: Suggestion.optional(),
  evidence: z.array(Evidence).max(6).default([]),
})
export type Finding = z.infer<typeof Finding>

export const AssertionResult = z.strictObject({
  assertion: AssertionId,
  result: z.enum(['pass', 'fail', 'blocked']),
  note: z.string().max(1000),
  evidence: z.array(Evidence).max(6),
})
export type AssertionResult = z.infer<typeof AssertionResult>

/** What a validator hands in, and the answer of the task `exercise`. */
export const Report = z.strictObject({
  summary: z.string().min(5).max(2000),
  results: z.array(AssertionResult),
  findings: z.array(Finding).max(30),
  knowledge: z.array(KnowledgeEntry).max(6).default([]).describe('What the next one here would want to know'),
  documentation: z.array(DocumentationDecision).max(40).default([]).describe('Only where a program lists names to decide about'),
})
export type Report = z.infer<typeof Report>

/** The answer of the task `review`: assertions are decided by testers, documentation once the whole is there. */
export const Review = Report.omit({ results: true, documentation: true })

/** The answer of the task `synthesise`. It is posted on no diff, so nothing can be suggested for its lines. */
export const Synthesis = Report.omit({ results: true }).extend({ findings: z.array(Finding.omit({ suggestion: true })).max(30) })

/** The answer of the task `confirm`: every finding it was given, exactly once. */
export const Confirmations = z.strictObject({
  confirmations: z
    .array(
      z.strictObject({
        finding: FindingId,
        outcome: z.enum(['confirmed', 'not_confirmed']),
        note: z.string().min(5).max(600).describe('What you ran and what it showed'),
        evidence: z.array(Evidence).max(4).default([]).describe('At least one: what a tool printed, or the lines that stand there'),
      }),
    )
    .max(60),
})
export type Confirmations = z.infer<typeof Confirmations>

/** Where the evidence of a run can be looked at: files of one commit of the mission's record branch. */
export const Published = z.strictObject({
  commit: Sha,
  /** Folder of the run there. */
  folder: z.string(),
  files: z.array(
    z.strictObject({
      assertion: AssertionId,
      path: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      /** Items of the contract's evidence that it bears out. */
      items: z.array(z.string()),
    }),
  ),
})
export type Published = z.infer<typeof Published>

/** The answer of the task `triage`: every finding it was given, exactly once. */
export const Triage = z.strictObject({
  decisions: z.array(
    z.discriminatedUnion('decision', [
      z.strictObject({ decision: z.literal('fix'), finding: FindingId, group: z.string().max(40).describe('Findings with the same group become one fix feature') }),
      z.strictObject({ decision: z.literal('dismiss'), finding: FindingId, reason: z.string().min(5).max(600) }),
    ]),
  ),
  fixes: z.array(z.strictObject({ group: z.string().max(40), title: z.string().min(3).max(100), brief: z.string().min(10).max(4000), touches: z.array(z.string().max(200)).default([]) })),
})
export type Triage = z.infer<typeof Triage>
