import { z } from 'zod'
import { AssertionId } from './id.ts'

export const Tool = z.enum(['browser', 'http', 'terminal', 'command'])
export type Tool = z.infer<typeof Tool>

/** Where several assertions begin, written once. */
export const StartingPoint = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9]*(?:-[a-z0-9]+){0,5}$/)
    .max(40),
  text: z.string().min(10).max(600).describe('What is there before an assertion begins, and how a user brings it about by means of the product'),
})
export type StartingPoint = z.infer<typeof StartingPoint>

/** A statement about the product that a user could check without seeing its source. */
export const Assertion = z.strictObject({
  id: AssertionId,
  title: z.string().min(3).max(120),
  behaviour: z.string().min(10).max(2000).describe('What a user does and observes, in prose; no file or function names'),
  starts_from: z.array(StartingPoint.shape.name).min(1).max(3).optional().describe('Names of starting points that come before the behaviour, in this order'),
  tool: Tool.describe('The tool that exercises it'),
  evidence: z
    .array(z.string().min(4).max(240))
    .min(1)
    .max(6)
    .describe('What counts as proof, each item in the grammar of evidence, such as response(POST /api/bookings -> 409, body has "until 11:00")'),
  regression: z.boolean().default(false).describe('true when it holds already and must stay so'),
  proves: z.array(z.int().min(1)).max(16).default([]).describe('Lines of the definition of done that it helps to prove, counted from 1; may be empty for a regression'),
})
export type Assertion = z.infer<typeof Assertion>

export const ValidationContract = z.strictObject({
  assertions: z.array(Assertion).min(1).max(60),
  starting_points: z.array(StartingPoint).min(1).max(8).optional().describe('What several assertions begin with, so that none of them repeats it'),
  apart: z.string().min(10).max(400).optional().describe('Only where there are several areas and no VAL-CROSS assertion: why nothing crosses them'),
  public_names: z.array(z.string().min(2).max(80)).max(20).optional().describe('For a library: names that its users write in their own programs; behaviours may use these and no others'),
})
export type ValidationContract = z.infer<typeof ValidationContract>

/** What assertions start from, each once, in the contract's order. */
export function startingPointsOf(contract: ValidationContract | null, assertions: readonly Assertion[]): StartingPoint[] {
  return (contract?.starting_points ?? []).filter(({ name }) => assertions.some((a) => a.starts_from?.includes(name)))
}

/** What the orchestrator says of the request once it is unambiguous. */
export const Understanding = z.strictObject({
  title: z.string().min(3).max(80).describe('A short name for the mission'),
  goal: z.string().min(10).max(1500).describe('What will be true for whom when it is done, and why they want it'),
  users: z.array(z.string().min(2).max(120)).max(8).default([]).describe('Who uses what is built'),
  understood: z.array(z.string().min(2).max(200)).min(1).max(12),
  constraints: z.array(z.string().min(2).max(300)).max(12).default([]).describe('What limits how it is done: what must stay as it is, what may not be used'),
  not_planned: z.array(z.string().min(2).max(200)).max(12),
  done: z.array(z.string().min(5).max(300)).min(1).max(16).describe('The definition of done: what the person will look at to say yes, one observable statement a line'),
  assumptions: z.array(z.strictObject({ text: z.string().min(2).max(400), matters: z.boolean() })).max(20),
})
export type Understanding = z.infer<typeof Understanding>

export const Question = z.strictObject({
  text: z.string().min(5).max(500),
  default: z.string().min(1).max(300).describe('Used where the reply leaves this question out'),
})
export type Question = z.infer<typeof Question>

/** The answer of the task `clarify`. */
export const Clarification = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('questions'), understanding: Understanding, questions: z.array(Question).min(1).max(7) }),
  z.strictObject({ outcome: z.literal('understood'), understanding: Understanding }),
])
export type Clarification = z.infer<typeof Clarification>
