import { FeatureId } from '../../../src/domain/id.ts'
import { aProof } from '../../support/builders.ts'
import { aDryRunReport } from '../../support/dry-run-report.ts'
import type { Sha } from '../../../src/domain/id.ts'
import type { Stage } from './stage.ts'

const usage = { model: 'model-x', turns: 3, input_tokens: 100, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 50, cost_usd: 0.01, wall_ms: 1000 }
const understanding = { title: 'Rooms', goal: 'No room is booked twice.', understood: ['no double bookings'], not_planned: ['logins'], done: ['A taken room is refused'], assumptions: [] }

/** The answer of the agent that is at work on that task. */
export function agent(stage: Stage, task: string, body: Record<string, unknown>): void {
  const run = stage.mission().pending.find((effect) => effect.type === 'StartRun' && effect.task.task === task)
  if (run === undefined) throw new Error(`nobody is at ${task}`)
  stage.tell({ answers: run.id, usage, ...body })
}

export async function understood(stage: Stage): Promise<void> {
  await stage.act('Acknowledge')
  agent(stage, 'clarify', { type: 'Clarified', clarification: { outcome: 'questions', understanding, questions: [{ text: 'Which rooms are meant?', default: 'all' }] } })
  await stage.act('AskQuestions')
  stage.tell({ type: 'Replied', by: 'mara', comment: 1, issue: stage.issue, text: 'All.' })
  const asked = stage.mission().pending.some((effect) => effect.type === 'StartRun' && effect.task.task === 'clarify')
  if (asked) agent(stage, 'clarify', { type: 'Clarified', clarification: { outcome: 'understood', understanding } })
}

export async function planned(stage: Stage): Promise<void> {
  await understood(stage)
  writePlan(stage, 2)
  await stage.act('PublishPlan')
}

/** Contract and plan with that many features, each after the one before. */
export function writePlan(stage: Stage, features: number): void {
  const numbers = Array.from({ length: features }, (_, i) => i + 1)
  const assertions = numbers.map((n) => ({
    id: `VAL-API-00${n}`,
    title: `Promise ${n}`,
    behaviour: 'A taken room is refused with the name of its holder.',
    tool: 'http',
    evidence: ['response(POST /api/bookings -> 409, body has "Ines")'],
    proves: [1],
  }))
  agent(stage, 'contract', { type: 'ContractWritten', contract: { assertions } })
  const plan = {
    milestones: [{ id: 'm1', title: 'First', goal: 'All of it' }],
    features: numbers.map((n) => ({
      id: `f${n}`,
      milestone: 'm1',
      title: `Feature ${n}`,
      brief: 'Build what it says in the contract.',
      covers: [`VAL-API-00${n}`],
      after: n > 1 ? [`f${n - 1}`] : [],
      touches: [`part${n}`],
      risk: 'low',
      expected: 'It works.',
    })),
    procedures: { install: null, test: 'node --test', lint: null, types: null, start: 'node server.js', port: 3000, health: '/' },
  }
  agent(stage, 'decompose', { type: 'PlanWritten', plan })
  triedOnBase(stage)
}

/** A second look at what blocks finds it too. */
export function confirmed(stage: Stage): void {
  const run = stage.mission().pending.find((effect) => effect.type === 'StartRun' && effect.task.task === 'confirm')
  if (run?.type !== 'StartRun' || run.task.task !== 'confirm') return
  stage.tell({ type: 'FindingsConfirmed', answers: run.id, usage, confirmations: run.task.findings.map((finding) => ({ finding, outcome: 'confirmed', note: 'Ran it and looked.' })) })
}

/** The dry run finds what it should: nothing is built yet. What was tried before is not tried again. */
function triedOnBase(stage: Stage): void {
  if (!stage.mission().pending.some((effect) => effect.type === 'DryRun')) return
  const dry = stage.pending('DryRun')
  const { plan } = stage.mission()
  if (!plan) throw new Error('there is no plan to try')
  stage.tell({ type: 'DryRunDone', answers: dry.id, report: aDryRunReport(plan, dry.head) })
  for (const run of stage.mission().pending) {
    if (run.type !== 'StartRun' || run.task.task !== 'exercise') continue
    const results = run.task.assertions.map((assertion) => ({ assertion, result: 'fail', note: 'Not yet.', evidence: [] }))
    stage.tell({ type: 'AssertionsExercised', answers: run.id, usage, report: { summary: 'Nothing of it is there yet.', results, findings: [] } })
  }
}

export async function approved(stage: Stage): Promise<void> {
  await planned(stage)
  stage.tell({ type: 'CommandGiven', by: 'mara', comment: 5, issue: stage.issue, created_at: new Date().toISOString(), command: { name: 'approve-plan', hash: null, cap_usd: null } })
  const comment = await stage.emulator.as('mara').comment(stage.repo, stage.issue, '/approve-plan')
  expectComment(stage, comment.id)
  await stage.act('OpenIntegrationBranch')
  await stage.act('Respond')
}

/** The command's own comment is the one to react to. */
function expectComment(stage: Stage, id: number): void {
  const respond = stage.pending('Respond')
  respond.comment = id
}

export const featureId = (n: number): FeatureId => FeatureId.parse(`f${n}`)

export async function handedOff(stage: Stage, n: number, files: Record<string, string>): Promise<Sha> {
  const run = stage.mission().pending.find((effect) => effect.type === 'StartRun' && effect.task.task === 'build' && effect.task.feature === featureId(n))
  if (run?.type !== 'StartRun' || run.task.task !== 'build') throw new Error(`nobody builds f${n}`)
  const head = await stage.commit(run.task.base, files, run.id)
  const handoff = {
    summary: 'Did what the brief says.',
    implemented: ['it'],
    left_undone: [],
    commands: [],
    tests_added: [],
    tests_changed: [],
    exemptions: [],
    issues: [],
    knowledge: [],
    deviations: [],
  }
  stage.tell({ type: 'FeatureHandedOff', answers: run.id, usage, feature: featureId(n), head, handoff, proof: aProof() })
  return head
}

export const lines = (count: number, word: string): string => `${Array.from({ length: count }, (_, i) => `${word} ${i + 1}`).join('\n')}\n`

export const findings = [
  { severity: 'blocking', what: 'The write is not awaited.', evidence: [], place: { path: 'server.js', line: 3 } },
  { severity: 'blocking', what: 'This file needs a test.', evidence: [], place: { path: 'server.js', line: 900 } },
  { severity: 'suggestion', what: 'The README says otherwise.', evidence: [], place: { path: 'elsewhere.md', line: 1 } },
]

/** The whole way: questions, plan, two features, one with a fix, a verdict, delivery, a person's merge. */
export async function wholeMission(stage: Stage): Promise<void> {
  await approved(stage)
  await handedOff(stage, 1, { 'server.js': lines(20, 'first') })
  await stage.act('PublishFeature')
  agent(stage, 'review', { type: 'FeatureReviewed', feature: 'f1', report: { summary: 'Read it all.', results: [], findings } })
  confirmed(stage)
  await stage.act('PostReview')
  const open = stage.mission().findings.map((finding) => finding.id)
  const decisions = open.map((finding, i) => (i === 0 ? { decision: 'fix', finding, group: 'a' } : { decision: 'dismiss', finding, reason: 'It is meant to be so.' }))
  agent(stage, 'triage', { type: 'FindingsTriaged', triage: { decisions, fixes: [{ group: 'a', title: 'Await the write', brief: 'Await the write before answering.', touches: [] }] } })
  await stage.act('OpenFixIssue')
  await handedOff(stage, 3, { 'server.js': lines(21, 'first') })
  await stage.act('PublishFeature')
  await passAndMerge(stage, 'f1')
  await handedOff(stage, 2, { 'tool.js': lines(5, 'second') })
  await stage.act('PublishFeature')
  await passAndMerge(stage, 'f2')
  await milestoneFailsOnce(stage)
  await milestonePasses(stage)
  await stage.act('ReportValidation')
  await stage.act('OpenMissionPullRequest')
  await stage.forge.project(stage.mission(), stage.signal)
  const pull = stage.mission().delivery.pull ?? 0
  const { sha } = await stage.emulator.as('mara').merge(stage.repo, pull)
  stage.tell({ type: 'PullRequestClosed', by: 'mara', pull, branch: stage.mission().integration?.branch, merge_sha: sha })
  await stage.act('CloseMission')
  await stage.forge.project(stage.mission(), stage.signal)
}

export async function passAndMerge(stage: Stage, feature: string): Promise<void> {
  agent(stage, 'review', { type: 'FeatureReviewed', feature, report: { summary: 'Read it all.', results: [], findings: [] } })
  await stage.act('PostReview')
  const integrate = stage.pending('IntegrateFeature')
  stage.tell({ type: 'FeatureIntegrated', answers: integrate.id, feature, outcome: 'clean', head: integrate.head, output: '' })
  const wait = stage.pending('AwaitChecks')
  stage.tell({ type: 'ChecksConcluded', answers: wait.id, sha: wait.sha, conclusion: 'none', failing: [], base_head: null })
  await stage.forge.project(stage.mission(), stage.signal)
  await stage.act('MergeFeature')
}

/** User testing fails one assertion; the finding is dismissed, the assertion tested again. */
async function milestoneFailsOnce(stage: Stage): Promise<void> {
  agent(stage, 'synthesise', {
    type: 'MilestoneSynthesised',
    report: {
      summary: 'Looked at the seams.',
      results: [],
      findings: [
        { severity: 'suggestion', what: 'Both files repeat the same loop.', evidence: [], place: { path: 'tool.js', line: 2 } },
        { severity: 'suggestion', what: 'There is no changelog at all.', evidence: [] },
      ],
    },
  })
  agent(stage, 'exercise', {
    type: 'AssertionsExercised',
    report: {
      summary: 'Tried it.',
      findings: [],
      results: [
        { assertion: 'VAL-API-001', result: 'pass', note: '', evidence: [] },
        { assertion: 'VAL-API-002', result: 'fail', note: 'answers 500', evidence: [] },
      ],
    },
  })
  // What fails is tried by a second tester, and fails again.
  const failed = { assertion: 'VAL-API-002', result: 'fail', note: 'answers 500', evidence: [] }
  agent(stage, 'exercise', { type: 'AssertionsExercised', report: { summary: 'Tried it again.', findings: [], results: [failed] } })
  await stage.act('PostVerdict')
  const open = stage.mission().findings.filter((finding) => finding.decision.is === 'open')
  agent(stage, 'triage', { type: 'FindingsTriaged', triage: { decisions: open.map((finding) => ({ decision: 'dismiss', finding: finding.id, reason: 'Seen, and meant so.' })), fixes: [] } })
}

async function milestonePasses(stage: Stage): Promise<void> {
  const pass = (assertion: string) => ({ assertion, result: 'pass', note: '', evidence: [] })
  for (let rounds = 0; rounds < 3 && !stage.mission().pending.some((effect) => effect.type === 'ReportValidation'); rounds++) {
    if (stage.mission().pending.some((effect) => effect.type === 'StartRun' && effect.task.task === 'synthesise')) {
      agent(stage, 'synthesise', { type: 'MilestoneSynthesised', report: { summary: 'Looked at the seams.', results: [], findings: [] } })
    }
    agent(stage, 'exercise', { type: 'AssertionsExercised', report: { summary: 'Tried it.', findings: [], results: ['VAL-API-001', 'VAL-API-002'].map(pass) } })
  }
}

/** A mission whose only milestone has passed and whose orchestrator has accepted one entry. */
export async function learned(stage: Stage, files: Record<string, string> = {}): Promise<void> {
  await approved(stage)
  for (const n of [1, 2]) {
    await handedOff(stage, n, { [`part${n}.js`]: 'done\n', ...(n === 1 ? files : {}) })
    await stage.act('PublishFeature')
    await passAndMerge(stage, `f${n}`)
  }
  const knowledge = [{ topic: 'testing', text: 'The tests need a free port.', paths: ['test/'] }]
  agent(stage, 'synthesise', { type: 'MilestoneSynthesised', report: { summary: 'Looked at the seams.', results: [], findings: [], knowledge } })
  const results = ['VAL-API-001', 'VAL-API-002'].map((assertion) => ({ assertion, result: 'pass', note: '', evidence: [] }))
  agent(stage, 'exercise', { type: 'AssertionsExercised', report: { summary: 'Tried it.', findings: [], results } })
  const decisions = stage.mission().knowledge.map((k) => ({ decision: 'accept', entry: k.id, topic: k.entry.topic, text: k.entry.text }))
  agent(stage, 'curate', { type: 'KnowledgeCurated', curated: { decisions }, known: [] })
}
