import { z } from 'zod'
import { AssertionId, FeatureId, FindingId, MilestoneId } from './id.ts'
import { KnowledgeEntry } from './knowledge.ts'
import { Exemption, TestAdded, TestChanged } from './proof.ts'

export const Risk = z.enum(['low', 'medium', 'high'])
export type Risk = z.infer<typeof Risk>

/** One unit of work for one worker. A fix feature is one whose `fixes` is not empty. */
export const Feature = z.strictObject({
  id: FeatureId,
  milestone: MilestoneId,
  title: z.string().min(3).max(100),
  brief: z.string().min(10).max(4000),
  covers: z.array(AssertionId).describe('Assertions it completes; each assertion is covered by exactly one original feature'),
  after: z.array(FeatureId).describe('Features that must be merged before it starts'),
  touches: z.array(z.string().min(1).max(200)).describe('Paths or folders it expects to change'),
  risk: Risk,
  preconditions: z.array(z.string().max(400)).default([]),
  expected: z.string().max(2000).describe('Behaviour expected when it is done'),
  fixes: z.array(FindingId).default([]),
})
export type Feature = z.infer<typeof Feature>

export const Milestone = z.strictObject({
  id: MilestoneId,
  title: z.string().min(3).max(100),
  goal: z.string().min(5).max(600),
})
export type Milestone = z.infer<typeof Milestone>

/** What the product or its tests need beside them: a database, a queue. Runs in the same sandbox, started before them. */
export const Service = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  start: z.string().max(1000).describe('Runs the service in the foreground, on the loopback; making its data folder first is part of it'),
  health: z.string().max(400).nullable().default(null).describe('Command that exits 0 once the service is ready'),
  port: z.int().min(1).max(65535).nullable().default(null).describe('Where it listens; looked at where there is no health command'),
  stop: z.string().max(400).nullable().default(null).describe('Command that ends it well; null where a signal does'),
})
export type Service = z.infer<typeof Service>

/** How the product is installed, checked and run: used by program, shown for approval. Commands are for `bash -c`. */
export const Procedures = z.strictObject({
  install: z.string().max(400).nullable().describe('Fetches dependencies: the only command that reaches package registries'),
  build: z.string().max(400).nullable().default(null).describe('Compiles the sources, without network; runs after install and before tests and start'),
  test: z.string().max(400).nullable(),
  lint: z.string().max(400).nullable(),
  types: z.string().max(400).nullable(),
  scanners: z.array(z.string().min(1).max(400)).max(8).default([]).describe('Security and dependency scanners that the repository declares and that run without a network'),
  start: z.string().max(400).nullable().describe('Starts the product in the foreground; null for a library or a command-line tool'),
  port: z.int().min(1).max(65535).nullable(),
  health: z.string().max(200).nullable().describe('Path that answers 2xx when the product is up, such as /health'),
  env: z.record(z.string(), z.string()).default({}),
  entry_points: z.array(z.array(z.string()).min(1)).default([]).describe('Commands a user of the product runs, as argv prefixes such as ["node", "bin/tool.js"]'),
  consumer: z
    .array(z.string().min(1).max(200))
    .min(2)
    .max(10)
    .optional()
    .describe('For a library: how a script of its user is run, such as ["node", "try-it.mjs"]; the script is written to the last part, a path that is not in the repository'),
  services: z.array(Service).max(8).default([]).describe('What product and tests need running beside them, in the order to start it'),
})
export type Procedures = z.infer<typeof Procedures>

/** Something that was decided, and the words it rests on. A program looks whether they stand there. */
export const Decision = z.strictObject({
  decision: z.string().min(5).max(400),
  document: z.string().min(1).max(300).describe('`issue`, `answers` (replies and requests to revise), or the path of a file'),
  section: z.string().max(200).describe('Heading above the words, or `line 12`; empty where the document has neither'),
  quote: z.string().min(6).max(400).describe('The words as they stand there'),
})
export type Decision = z.infer<typeof Decision>

/** Those that can be tried before the mission has begun. */
export const TriedProcedure = z.enum(['install', 'build', 'lint', 'types', 'test', 'start'])
export type TriedProcedure = z.infer<typeof TriedProcedure>

/** What does not work on the base yet, and what the plan does about it. Held against the dry run. */
export const Unready = z.strictObject({
  procedure: TriedProcedure,
  state: z
    .enum(['not_built', 'mended', 'left'])
    .describe('not_built: what it needs is not there yet; mended: it is red on the base, and `feature` makes it green; left: lint or types are red on the base and stay so'),
  feature: FeatureId.nullable().describe('The first feature, which builds or mends it; null where it is left'),
  why: z.string().min(5).max(300),
})
export type Unready = z.infer<typeof Unready>

/** The answer of the task `decompose`. */
export const Plan = z.strictObject({
  milestones: z.array(Milestone).min(1).max(12),
  features: z.array(Feature).min(1).max(60),
  procedures: Procedures,
  procedures_from: z.string().max(300).default('').describe('Which files of the repository the procedures were taken from'),
  boundaries: z.array(z.string().min(2).max(200)).max(40).default([]).describe('What must not be touched: a path (`db/schema.sql`), a folder (`legacy/`), a pattern (`**/*.sql`), or a rule in words'),
  decisions: z.array(Decision).max(20).default([]),
  unready: z.array(Unready).max(6).default([]),
  manifests: z.array(z.string().min(1).max(200)).max(20).default([]).describe('Manifests and lock files that the mission writes or changes, such as package.json; they are approved with the plan'),
})
export type Plan = z.infer<typeof Plan>

export const Severity = z.enum(['blocking', 'non_blocking', 'suggestion'])
export type Severity = z.infer<typeof Severity>

/** What a worker submits at its end (task `build`). */
export const Handoff = z.strictObject({
  summary: z.string().min(10).max(2000),
  implemented: z.array(z.string().max(400)).min(1),
  left_undone: z.array(z.string().max(400)),
  commands: z.array(z.strictObject({ command: z.string().max(2_000).describe('Exactly as you ran it with bash'), exit: z.int().describe('-1 for one that was killed'), seen: z.string().max(600) })),
  tests_added: z.array(TestAdded).max(100),
  tests_changed: z.array(TestChanged).max(100).default([]).describe('Tests that passed before you began and are gone, skipped, renamed or failing now'),
  exemptions: z.array(Exemption).max(20).default([]).describe('Only where tests cannot prove the change; people read it'),
  issues: z.array(z.strictObject({ severity: Severity, what: z.string().min(5).max(800) })),
  knowledge: z.array(KnowledgeEntry).max(10),
  deviations: z.array(z.string().max(400)),
})
export type Handoff = z.infer<typeof Handoff>
