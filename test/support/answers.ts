import type { Effect } from '../../src/domain/effect.ts'
import { Event } from '../../src/domain/event.ts'
import { Plan } from '../../src/domain/feature.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { settingsPath } from '../../src/domain/settings.ts'
import { aKeptPicture, aProof } from './builders.ts'
import { aDryRunReport } from './dry-run-report.ts'
import type { Chance } from './random.ts'

// What the world may answer to an effect: mostly good, sometimes not. `luck` 1: only good answers.

export interface Mood {
  /** Probability that an answer is a good one. */
  luck: number
}

const usage = { model: 'model', turns: 3, input_tokens: 100, cache_write_tokens: 10, cache_read_tokens: 900, output_tokens: 50, cost_usd: 0.01, wall_ms: 1000 }

export function answerTo(effect: Effect, m: Mission, at: string, random: Chance, mood: Mood): Event {
  const good = () => random.happens(mood.luck)
  const base = { v: 1, id: `${effect.id}/done`, at, answers: effect.id }
  const failing = (trouble: string) =>
    Event.parse({ v: 1, id: `${effect.id}/failed@${(m.failures[effect.id] ?? 0) + 1}`, at, type: 'EffectFailed', effect: effect.id, trouble, detail: 'it would not' })
  if (!good() && random.happens(0.15) && effect.type !== 'WakeAt')
    return failing(random.one(effect.type === 'StartRun' ? ['model_away', 'budget', 'environment', 'model_refused_credentials'] : ['github', 'push_refused', 'foreign_head', 'bug']))
  return Event.parse({ ...base, ...bodyOf(effect, m, random, good) })
}

function bodyOf(effect: Effect, m: Mission, random: Chance, good: () => boolean): Record<string, unknown> {
  switch (effect.type) {
    case 'Acknowledge':
      return { type: 'Acknowledged', comment: 1, base_sha: random.sha() }
    case 'FetchPictures':
      return {
        type: 'PicturesFetched',
        pictures: effect.pictures.slice(good() ? 0 : 1).map(({ address }) => ({ address, outcome: good() ? aKeptPicture() : { is: 'missing', trouble: { why: 'not_found', status: 404 } } })),
      }
    case 'AskQuestions':
      return { type: 'QuestionsAsked', comment: 2 }
    case 'PublishPlan':
      return { type: 'PlanPublished', plan_hash: random.sha(), tracking_issue: 40, sub_issues: Object.fromEntries(m.features.map((f, i) => [f.feature.id, 41 + i])) }
    case 'OpenIntegrationBranch':
      return { type: 'IntegrationBranchOpened' }
    case 'PublishFeature':
      return { type: 'FeaturePublished', feature: effect.feature, pull: m.features.find((f) => f.feature.id === effect.feature)?.pull ?? 100 + Number(effect.feature.slice(1)), head: effect.head }
    case 'OpenFixIssue':
      return { type: 'FixIssueOpened', feature: effect.feature, issue: 200 + Number(effect.feature.slice(1)) }
    case 'PublishSplit':
      return {
        type: 'SplitPublished',
        feature: effect.feature,
        sub_issues: Object.fromEntries((m.features.find((f) => f.feature.id === effect.feature)?.split_into ?? []).map((id) => [id, 300 + Number(id.slice(1))])),
      }
    case 'PostReview':
      return { type: 'ReviewPosted' }
    case 'PostVerdict':
      return { type: 'VerdictPosted' }
    case 'IntegrateFeature':
      return good()
        ? { type: 'FeatureIntegrated', feature: effect.feature, outcome: 'clean', head: random.happens(0.5) ? effect.head : random.sha(), output: '' }
        : { type: 'FeatureIntegrated', feature: effect.feature, outcome: random.one(['conflict', 'broken']), head: effect.head, output: 'both changed server.js' }
    case 'DryRun':
      return { type: 'DryRunDone', report: dryRunReport(effect, m, random, good) }
    case 'AwaitChecks':
      return { type: 'ChecksConcluded', sha: effect.sha, failing: [], base_head: random.sha(), conclusion: good() ? random.one(['none', 'success']) : random.one(['failure', 'timeout', 'conflict']) }
    case 'CommitKnowledge':
      return { type: 'KnowledgeCommitted', outcome: good() ? 'committed' : random.one(['moved', 'refused']), head: random.sha(), detail: 'the branch is protected' }
    case 'MergeFeature':
      return good()
        ? { type: 'FeatureMerged', feature: effect.feature, sha: random.sha() }
        : { type: 'MergeRefused', feature: effect.feature, reason: random.one(['head_moved', 'conflict', 'forbidden']), detail: 'no', head: random.sha() }
    case 'ReportValidation':
      return { type: 'ValidationReported' }
    case 'OpenMissionPullRequest':
      return { type: 'MissionPullRequestOpened', pull: 99 }
    case 'PostHalt':
      return { type: 'HaltPosted' }
    case 'Respond':
      return { type: 'Responded' }
    case 'CloseMission':
      return { type: 'MissionClosed' }
    case 'WakeAt':
      return { type: 'Woke' }
    case 'StopRun':
      return { type: 'RunStopped', run: effect.run, usage }
    case 'StartRun':
      return { usage, ...runAnswer(effect.task, m, random, good) }
  }
}

function dryRunReport(effect: Extract<Effect, { type: 'DryRun' }>, m: Mission, random: Chance, good: () => boolean) {
  const plan = Plan.parse(m.plan)
  const fine = aDryRunReport(effect.milestone ? { ...plan, unready: [] } : plan, effect.head)
  if (good()) return fine
  return random.one([
    { ...fine, procedures: fine.procedures.map((p) => ({ ...p, exit: random.one([0, 1, null]), output: 'not ok 1' })) },
    { ...fine, start: { up: false, seconds: 60, problem: 'no answer', listening: [8080] } },
    { ...fine, start: { up: true, seconds: 1, problem: '', listening: [] } },
    { ...fine, empty: true, procedures: [], start: null, tools: [] },
    { ...fine, tools: [{ tool: 'http' as const, state: 'broken' as const, detail: 'refused' }] },
  ])
}

type Task = Extract<Effect, { type: 'StartRun' }>['task']

function runAnswer(task: Task, m: Mission, random: Chance, good: () => boolean): Record<string, unknown> {
  if (!good() && random.happens(0.3))
    return { type: 'RunFailed', reason: random.one(['turns', 'tokens', 'context', 'refusal', 'off_schema', 'no_work', 'claims', 'gates', 'unproven', 'environment']), detail: 'gave up' }
  const understanding = {
    title: 'Rooms without double bookings',
    goal: 'No room is booked twice.',
    understood: ['no double bookings'],
    not_planned: ['logins'],
    done: ['A taken room is refused'],
    assumptions: [],
  }
  switch (task.task) {
    case 'clarify':
      return {
        type: 'Clarified',
        notes: good() ? [] : [{ question: 'How is a room booked today?', answer: 'By a form on the page.', places: [{ path: 'server.js', line: 3, what: 'takes the form' }], unsure: [] }],
        clarification: good() && task.round > 1 ? { outcome: 'understood', understanding } : { outcome: 'questions', understanding, questions: [{ text: 'Which rooms are meant?', default: 'all' }] },
      }
    case 'contract':
      return { type: 'ContractWritten', contract: { assertions: assertionsOf(good() ? random.one([1, 2, 4]) : 0, random) } }
    case 'decompose':
      return { type: 'PlanWritten', ...withSettings(aPlan(m, good() ? 'sound' : 'uncovered', random), random, good) }
    case 'build':
      return {
        type: 'FeatureHandedOff',
        feature: task.feature,
        head: random.sha(),
        handoff: {
          summary: 'Did what the brief says.',
          implemented: ['it'],
          left_undone: [],
          commands: [],
          tests_added: [],
          exemptions: [],
          issues: good() ? [] : [{ severity: 'suggestion', what: 'The README is out of date.' }],
          knowledge: learned(random),
          deviations: [],
        },
        proof: aProof(),
      }
    case 'review':
      return { type: 'FeatureReviewed', feature: task.feature, report: { summary: 'Read it all.', results: [], findings: good() ? [] : [finding(random)], knowledge: learned(random) } }
    case 'synthesise':
      return { type: 'MilestoneSynthesised', report: { summary: 'Read it all.', results: [], findings: good() ? [] : [finding(random)], knowledge: learned(random) } }
    case 'exercise':
      return {
        type: 'AssertionsExercised',
        report: {
          summary: 'Tried it all.',
          findings: [],
          knowledge: learned(random),
          results: task.assertions.flatMap((assertion) =>
            good()
              ? [{ assertion, result: task.baseline && !m.contract?.assertions.find((a) => a.id === assertion)?.regression ? 'fail' : 'pass', note: '', evidence: [] }]
              : random.happens(0.2)
                ? []
                : [{ assertion, result: random.one(task.baseline ? ['pass', 'fail', 'blocked'] : ['fail', 'blocked']), note: 'not as promised', evidence: [] }],
          ),
        },
      }
    case 'confirm':
      return { type: 'FindingsConfirmed', confirmations: task.findings.filter(good).map((id) => ({ finding: id, outcome: random.one(['confirmed', 'not_confirmed']), note: 'Ran it and looked.' })) }
    case 'split':
      return { type: 'SplitDecided', feature: task.feature, split: splitOf(task, m, random, good) }
    case 'triage':
      return { type: 'FindingsTriaged', triage: triageOf(task.findings, random, good) }
    case 'curate':
      return { type: 'KnowledgeCurated', ...curation(task.entries, random, good) }
  }
}

function finding(random: Chance) {
  return { severity: random.one(['blocking', 'non_blocking', 'suggestion']), what: 'The write is not awaited.', evidence: [], place: { path: 'server.js', line: 3 } }
}

function triageOf(findings: string[], random: Chance, good: () => boolean) {
  const fixed = findings.filter(() => random.happens(0.6))
  const decisions = findings.map((f) => (fixed.includes(f) ? { decision: 'fix', finding: f, group: 'a' } : { decision: 'dismiss', finding: f, reason: 'It is meant to be so.' }))
  return { decisions: good() ? decisions : decisions.slice(1), fixes: fixed.length > 0 ? [{ group: 'a', title: 'Await the write', brief: 'Await the write before answering.', touches: [] }] : [] }
}

function splitOf(task: Extract<Task, { task: 'split' }>, m: Mission, random: Chance, good: () => boolean): object {
  if (good() && task.again && random.happens(0.4)) return { decision: 'again', lesson: 'Begin with server.js, and leave the page alone.' }
  const whole = m.features.find((f) => f.feature.id === task.feature)?.feature
  const part = (n: number, covers: string[]) => ({
    title: `Part ${n}`,
    brief: 'Build this much of it.',
    covers,
    needs: n > 1 && random.happens(0.5) ? [n - 1] : [],
    touches: [`part${n}/${task.feature}`],
    risk: whole?.risk,
    expected: 'It works.',
  })
  const covers = good() ? (whole?.covers ?? []) : []
  const parts = [part(1, covers.slice(0, 1)), part(2, covers.slice(1)), ...(random.happens(0.3) ? [part(3, [])] : [])]
  return { decision: 'split', reason: 'It was two things at once.', parts }
}

function learned(random: Chance) {
  if (random.happens(0.7)) return []
  return [{ topic: random.one(['testing', 'data']), text: `Fact ${random.below(6)} about how things are done here.`, paths: ['src/'] }]
}

function curation(entries: string[], random: Chance, good: () => boolean) {
  const known = random.happens(0.3) ? [{ name: 'testing#1', topic: 'testing', text: 'A fact of an earlier mission.', paths: [], about: 'code', from: [] }] : []
  const [first] = entries
  const decisions = entries.map((entry) => {
    const roll = random.below(4)
    if (entry === first || roll === 0) return { decision: 'accept', entry, topic: 'testing', text: `What ${entry} says, for whoever comes next.` }
    if (roll === 1) return { decision: 'reject', entry, why: 'ambiguous', reason: 'Nobody could act on it.' }
    return { decision: 'merge', entry, into: known[0]?.name ?? first, reason: 'It says the same.' }
  })
  return { curated: { decisions: good() ? decisions : decisions.slice(1) }, known }
}

function assertionsOf(n: number, random: Chance): object[] {
  const real = Array.from({ length: n }, (_, i) => ({
    id: `VAL-API-00${i + 1}`,
    title: `Promise ${i + 1}`,
    behaviour: `A taken room is refused with the name of its ${random.one(['holder', 'owner'])}.`,
    regression: random.happens(0.2),
    tool: 'http',
    evidence: ['response(POST /api/bookings -> 409, body has "Ines")'],
    proves: [1],
  }))
  return n > 0 ? real : [...assertionsOf(1, random), ...assertionsOf(1, random)]
}

/** The repository has a file of its own, or one that nobody can read, or none; a plan keeps to it, or is sent back. */
function withSettings(plan: { procedures: object }, random: Chance, good: () => boolean) {
  const roll = random.below(5)
  if (roll < 2) return { plan, settings: null }
  if (roll === 2) return { plan, settings: { procedures: {}, boundaries: [], problems: ['Line 3 is not YAML.'] } }
  const settings = { procedures: { test: random.one(['npm test', 'make check']), port: 8080, services: [] }, boundaries: ['db/ stays as it is'], problems: [] }
  const kept = { ...plan, procedures: { ...plan.procedures, ...settings.procedures }, procedures_from: settingsPath, boundaries: [...settings.boundaries, 'vendor/'] }
  if (good()) return { plan: kept, settings }
  return { plan: { ...kept, ...random.one([{ procedures: plan.procedures }, { procedures_from: '' }, { boundaries: [] }]) }, settings }
}

function aPlan(m: Mission, kind: 'sound' | 'uncovered', random: Chance) {
  const ids = (m.contract?.assertions ?? []).map((a) => a.id)
  const feature = (n: number, milestone: string, covers: string[], rest: object) => ({
    id: `f${n}`,
    milestone,
    title: `Feature ${n}`,
    brief: 'Build what it says in the contract.',
    covers,
    after: [],
    touches: [`part${n}/`],
    risk: 'low',
    expected: 'It works.',
    ...rest,
  })
  const milestones = [
    { id: 'm1', title: 'First', goal: 'The first half' },
    { id: 'm2', title: 'Second', goal: 'The second half' },
  ]
  const procedures = { install: null, test: 'node --test', lint: null, types: null, start: random.one(['node server.js', 'npm start']), port: 3000, health: '/' }
  if (random.happens(0.3)) {
    // A walking skeleton, and the rest on it.
    const rest = { milestone: 'm2', after: ['f1'] }
    const features = [feature(1, 'm1', [], {}), feature(2, 'm2', kind === 'sound' ? ids : [], rest)]
    return { milestones, features, procedures, unready: [{ procedure: random.one(['start', 'test']), state: 'not_built', feature: 'f1', why: 'Nothing is there yet.' }] }
  }
  return {
    milestones,
    features: [
      feature(1, 'm1', ids.slice(0, 1), {}),
      feature(2, 'm1', ids.slice(1, 2), { touches: [random.one(['part1/x', 'part2'])], risk: random.one(['low', 'medium']) }),
      feature(3, 'm1', ids.slice(2, 3), { after: ['f1'] }),
      feature(4, 'm2', kind === 'sound' ? ids.slice(3) : [], { risk: random.one(['low', 'high']) }),
    ],
    procedures,
  }
}
