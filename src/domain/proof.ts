import { z } from 'zod'
import { AssertionId, Sha } from './id.ts'

// What a worker says of its tests, and what the program made of it by running them.

/** A test that a worker added or changed, and the assertions that would not hold if it failed. */
export const TestAdded = z.strictObject({
  path: z.string().min(1).max(200),
  name: z.string().min(1).max(300).describe('As the test command prints it'),
  proves: z.array(AssertionId).max(20).describe('Assertions of the feature that this test fails without; empty where it guards something else'),
})
export type TestAdded = z.infer<typeof TestAdded>

/** A test that was there and no longer passes as it did. */
export const TestChanged = z.strictObject({
  name: z.string().min(1).max(300).describe('As the test command printed it before'),
  why: z.string().min(15).max(600).describe('Which rule of the brief makes it wrong, or what it became'),
})
export type TestChanged = z.infer<typeof TestChanged>

/** `documentation`, `configuration` and `tests` are held against the paths of the change; `untestable` is for people to judge. */
export const Exemption = z.strictObject({
  kind: z.enum(['documentation', 'configuration', 'tests', 'untestable']).describe('What kind of files the whole change consists of; `untestable`: no test that this repository can run reaches it'),
  assertions: z.array(AssertionId).max(20).default([]).describe('With `untestable`: the assertions it is about'),
  reason: z.string().min(20).max(600),
})
export type Exemption = z.infer<typeof Exemption>

/** One run of the test command. Counts are null where the output does not tell them. */
export const TestsSeen = z.strictObject({
  exit: z.int().nullable().describe('null: killed'),
  passed: z.int().nullable(),
  failed: z.int().nullable(),
  skipped: z.int().nullable(),
  seconds: z.number(),
})
export type TestsSeen = z.infer<typeof TestsSeen>

/** How it was seen that a claimed test fails without the feature. */
export const Shown = z.enum([
  /** It ran and failed on the tree without the feature. */
  'red',
  /** It ran and failed by its assertion with the feature's functions emptied. */
  'stub',
  /** It ran and failed by its assertion with a line of the feature changed. */
  'mutant',
  /** The assertion held before and had to stay so. */
  'kept',
  'exempt',
  /** The output names no tests: exit codes and counts are all there is. */
  'unnamed',
])
export type Shown = z.infer<typeof Shown>

export const Gate = z.strictObject({
  name: z.string().max(60),
  command: z.string().max(400),
  exit: z.int().nullable(),
  seconds: z.number(),
  /** The same command on the commit that the feature began from; null: it was green here, so nobody asked. */
  before: z.enum(['green', 'red']).nullable(),
})
export type Gate = z.infer<typeof Gate>

const words = z.string().max(400)

/** What the program saw of a handoff. Made by program, never by a model. */
export const Proof = z.strictObject({
  /** The commit without the feature. */
  from: Sha,
  head: Sha,
  /** null: the plan declares no test command. */
  command: z.string().max(400).nullable(),
  /** What was taken over from the final commit into the red tree, byte for byte. */
  test_files: z.array(z.string().max(300)).max(100),
  /** null: there were no tests, or none were run. */
  base: TestsSeen.nullable(),
  /** null: not run, because there is an exemption or the tests stand among the code. */
  red: TestsSeen.nullable(),
  green: TestsSeen.nullable(),
  assertions: z.array(z.strictObject({ assertion: AssertionId, tests: z.array(z.string().max(300)).max(20), shown: Shown })).max(60),
  exemptions: z.array(Exemption).max(20),
  gates: z.array(Gate).max(20),
  /** Tests of the base that passed there and do not here, with the worker's reason. */
  tests_changed: z.array(z.strictObject({ name: z.string().max(300), now: z.enum(['missing', 'skipped', 'failing', 'fewer']), why: z.string().max(600) })).max(100),
  /** Read from the diff: deleted, skipped and loosened tests. */
  loosened: z.array(words).max(60),
  /** Tests or code first, as the trajectory shows it, and tests that were edited after code. */
  order: z.array(words).max(60),
  /** What could not be seen, and why. */
  limits: z.array(words).max(20),
})
export type Proof = z.infer<typeof Proof>
