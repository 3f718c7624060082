import type { Effect, EffectOf, Task } from '../../../src/domain/effect.ts'
import { aClarification, aHandoff, aKeptPicture, aProof, aUsage, anUnderstanding } from '../builders.ts'
import { aDryRunReport } from '../dry-run-report.ts'
import { type Line, textOf, textsOf } from './line.ts'
import type { Mission } from '../../../src/domain/mission.ts'
import type { Given } from './given.ts'
import type { Names } from './names.ts'
import { Plan as PlanSchema, type Plan } from '../../../src/domain/feature.ts'

// The answers of agents and acts: good ones unless the line says otherwise.

/** What an answer is made of, besides the effect. */
export interface Telling {
  given: Given
  names: Names
  mission: Mission | null
}

type Kind = Exclude<Effect['type'], 'StartRun'> | Task['task']

const kindsAnswered: Record<string, Kind | 'any run'> = {
  Acknowledged: 'Acknowledge',
  PicturesFetched: 'FetchPictures',
  Clarified: 'clarify',
  QuestionsAsked: 'AskQuestions',
  ContractWritten: 'contract',
  PlanWritten: 'decompose',
  DryRunDone: 'DryRun',
  PlanPublished: 'PublishPlan',
  IntegrationBranchOpened: 'OpenIntegrationBranch',
  FeatureHandedOff: 'build',
  FeaturePublished: 'PublishFeature',
  FeatureReviewed: 'review',
  ReviewPosted: 'PostReview',
  FindingsConfirmed: 'confirm',
  FindingsTriaged: 'triage',
  KnowledgeCurated: 'curate',
  KnowledgeCommitted: 'CommitKnowledge',
  FixIssueOpened: 'OpenFixIssue',
  SplitDecided: 'split',
  SplitPublished: 'PublishSplit',
  FeatureIntegrated: 'IntegrateFeature',
  ChecksConcluded: 'AwaitChecks',
  FeatureMerged: 'MergeFeature',
  MergeRefused: 'MergeFeature',
  MilestoneSynthesised: 'synthesise',
  AssertionsExercised: 'exercise',
  VerdictPosted: 'PostVerdict',
  ValidationReported: 'ReportValidation',
  MissionPullRequestOpened: 'OpenMissionPullRequest',
  HaltPosted: 'PostHalt',
  Responded: 'Respond',
  Woke: 'WakeAt',
  RunStopped: 'StopRun',
  MissionClosed: 'CloseMission',
  RunFailed: 'any run',
}

export const answerEvents = Object.keys(kindsAnswered)

/** Whether an event of this type answers effects at all, or this very effect. */
export function isAnswer(type: string, effect?: Effect): boolean {
  const kind = kindsAnswered[type]
  if (!effect || kind === undefined) return kind !== undefined
  return effect.type === 'StartRun' ? kind === effect.task.task || kind === 'any run' : kind === effect.type
}

export function bodyOf(effect: Effect, line: Line, story: Telling): Record<string, unknown> {
  const sha = (name: string) => story.names.sha(name)
  const [word] = line.words
  switch (effect.type) {
    case 'Acknowledge':
      return { comment: 900, base_sha: sha('base') }
    case 'FetchPictures':
      return { pictures: effect.pictures.map(({ address }) => ({ address, outcome: word === 'missing' ? { is: 'missing', trouble: { why: 'not_found', status: 404 } } : aKeptPicture() })) }
    case 'AskQuestions':
      return { comment: 901 }
    case 'PublishPlan':
      return { plan_hash: `aa0${effect.revision}`.repeat(16), tracking_issue: 40, sub_issues: Object.fromEntries((story.mission?.features ?? []).map((f, i) => [f.feature.id, 41 + i])) }
    case 'PublishFeature':
      return { feature: effect.feature, pull: pullOf(effect, story), head: effect.head }
    case 'OpenFixIssue':
      return { feature: effect.feature, issue: 200 + Number(effect.feature.slice(1)) }
    case 'PublishSplit':
      return {
        feature: effect.feature,
        sub_issues: Object.fromEntries((story.mission?.features.find((f) => f.feature.id === effect.feature)?.split_into ?? []).map((id) => [id, 300 + Number(id.slice(1))])),
      }
    case 'IntegrateFeature':
      return { feature: effect.feature, outcome: word ?? 'clean', head: said(line, 'head', story) ?? effect.head, output: textOf(line, 'output') ?? '' }
    case 'DryRun':
      return { report: dryRunReport(effect, line, story) }
    case 'AwaitChecks': {
      const failing = textsOf(line, 'failing').map((name) => ({ name, summary: 'it is red', url: 'https://ci.example/1' }))
      return { sha: effect.sha, conclusion: word ?? 'success', failing, base_head: said(line, 'base', story) ?? null }
    }
    case 'CommitKnowledge':
      return { outcome: word ?? 'committed', head: said(line, 'head', story) ?? (word ? effect.head : sha(`${effect.milestone}.learned`)), detail: textOf(line, 'detail') ?? '' }
    case 'MergeFeature':
      if (line.type === 'MergeRefused') return { feature: effect.feature, reason: word, detail: textOf(line, 'detail') ?? 'GitHub says no', head: said(line, 'head', story) ?? null }
      return { feature: effect.feature, sha: sha(`${effect.feature}.merged`) }
    case 'OpenMissionPullRequest':
      return { pull: 99 + Number(effect.id.split('.').at(-1)) - 1 }
    case 'StartRun':
      return { usage: aUsage(), ...(line.type === 'RunFailed' ? { reason: word ?? 'turns', detail: textOf(line, 'detail') ?? 'it gave up' } : runBody(effect.task, line, story)) }
    case 'StopRun':
      return { run: effect.run, usage: aUsage() }
    case 'OpenIntegrationBranch':
    case 'PostReview':
    case 'PostVerdict':
    case 'ReportValidation':
    case 'PostHalt':
    case 'Respond':
    case 'CloseMission':
    case 'WakeAt':
      return {}
  }
}

/** As the plan says, or `{start: down, test: red, empty: true, command: missing}`. */
function dryRunReport(effect: EffectOf<'DryRun'>, line: Line, { given, mission }: Telling) {
  const plan = mission?.plan ?? given.plan
  const fine = aDryRunReport(effect.milestone ? { ...plan, unready: [] } : plan, effect.head)
  if (line.more['empty'] === true) return { ...fine, empty: true, procedures: [], start: null, entry_points: [], tools: [] }
  const red = fine.procedures.map((p) => (textOf(line, p.procedure) === 'red' ? { ...p, exit: 1, output: 'not ok 3 - keeps its shape' } : p))
  const report = { ...fine, procedures: red }
  if (textOf(line, 'command') === 'missing') report.entry_points = fine.entry_points.map((e) => ({ ...e, state: 'not_built', detail: `${e.argv.at(-1)} is not there` }))
  if (textOf(line, 'start') !== 'down') return report
  const tools = fine.tools.map((t) => (t.tool === 'http' || t.tool === 'browser' ? { ...t, state: 'no_product' as const } : t))
  return { ...report, start: { up: false, seconds: 60, problem: 'The product was not up after 60 s.', listening: [] }, tools }
}

function pullOf(effect: EffectOf<'PublishFeature'>, story: Telling): number {
  return story.mission?.features.find((f) => f.feature.id === effect.feature)?.pull ?? 100 + Number(effect.feature.slice(1))
}

function said(line: Line, name: string, story: Telling): string | undefined {
  const word = textOf(line, name)
  return word === undefined ? undefined : story.names.sha(word)
}

function runBody(task: Task, line: Line, story: Telling): Record<string, unknown> {
  const { given } = story
  const [word] = line.words
  const bad = word === 'bad'
  switch (task.task) {
    case 'clarify': {
      const questions = textsOf(line, 'asks').map((text) => ({ text, default: textOf(line, 'default') ?? 'Yes.' }))
      return { clarification: questions.length > 0 ? aClarification({ questions }) : { outcome: 'understood', understanding: anUnderstanding({ assumptions: [] }) } }
    }
    case 'contract': {
      const marked = textsOf(line, 'regression')
      const assertions = given.contract.assertions.map((a) => (line.more['regression'] === undefined ? a : { ...a, regression: marked.includes(a.id) }))
      return { contract: { ...given.contract, assertions: bad ? [...assertions, ...assertions] : assertions } }
    }
    case 'decompose':
      return { plan: bad ? { ...given.plan, features: given.plan.features.slice(1) } : planOf(given.plan, line) }
    case 'split': {
      const whole = story.mission?.features.find((f) => f.feature.id === task.feature)?.feature
      const part = (title: string, covers: string[], needs: number[]) => ({
        title,
        brief: `Build ${title}, nothing else.`,
        covers,
        needs,
        touches: whole?.touches ?? [],
        risk: whole?.risk,
        expected: 'It works.',
      })
      const parts = [part('The lower half', bad ? [] : (whole?.covers ?? []), []), part('The upper half', [], [1])]
      return {
        feature: task.feature,
        split: word === 'again' ? { decision: 'again', lesson: 'Begin with server.js and leave the page alone.' } : { decision: 'split', reason: 'It was two things at once.', parts },
      }
    }
    case 'build': {
      const issues = severities.flatMap((severity) => textsOf(line, severity).map((what) => ({ severity, what })))
      return {
        feature: task.feature,
        head: said(line, 'head', story) ?? story.names.sha(`${task.feature}.a${task.attempt}`),
        handoff: aHandoff({ issues, knowledge: learnedOf(line) }),
        proof: aProof(),
      }
    }
    case 'review':
      return { feature: task.feature, report: reportOf(line) }
    case 'synthesise':
      return { report: reportOf(line) }
    case 'exercise': {
      const good = (id: string) => (task.baseline && !given.contract.assertions.some((a) => a.id === id && a.regression) ? 'fail' : 'pass')
      const result = (id: string) => ['pass', 'fail', 'blocked'].find((word) => textsOf(line, word).includes(id)) ?? good(id)
      const silent = textsOf(line, 'silent')
      const results = task.assertions.filter((id) => !silent.includes(id)).map((assertion) => ({ assertion, result: result(assertion), note: textOf(line, 'note') ?? '', evidence: [] }))
      return { report: { ...reportOf(line), results } }
    }
    case 'confirm': {
      const not = textOf(line, 'not') === 'all' ? task.findings : textsOf(line, 'not')
      return { confirmations: task.findings.map((id) => ({ finding: id, outcome: not.includes(id) ? 'not_confirmed' : 'confirmed', note: textOf(line, 'note') ?? 'Ran it and looked.' })) }
    }
    case 'triage':
      return { triage: triageOf(task.findings, line) }
    case 'curate':
      return curationOf(task.entries, line)
  }
}

/** `{start: npm start, install: npm ci}` for other procedures, `{not_built: [start], mended: [test]}` for what the first feature brings about. */
function planOf(plan: Plan, line: Line): Plan {
  const own = Object.fromEntries(['install', 'start'].flatMap((name) => (textOf(line, name) === undefined ? [] : [[name, textOf(line, name)]])))
  const unready = (['not_built', 'mended'] as const).flatMap((state) => textsOf(line, state).map((procedure) => ({ procedure, state, feature: 'f1', why: 'It comes with the first feature.' })))
  return PlanSchema.parse({ ...plan, procedures: { ...plan.procedures, ...own }, unready })
}

/** `{learned: [The tests need a free port.]}` */
function learnedOf(line: Line) {
  return textsOf(line, 'learned').map((text) => ({ topic: textOf(line, 'topic') ?? 'testing', text, paths: textsOf(line, 'about') }))
}

/** Everything is accepted as it is; `{merge: [a, into]}`, `{reject: [a]}`, `{forgets: a}` say otherwise. */
function curationOf(asked: string[], line: Line) {
  const merged = textsOf(line, 'merge')
  const into = textOf(line, 'into') ?? 'testing#1'
  const known = into.includes('#') ? [{ name: into, topic: 'testing', text: 'The tests start the product themselves.', paths: [], about: 'code', from: ['mission 3 (build.f1.a1)'] }] : []
  const decisions = asked
    .filter((entry) => entry !== textOf(line, 'forgets'))
    .map((entry) => {
      if (merged.includes(entry)) return { decision: 'merge', entry, into, reason: textOf(line, 'reason') ?? 'It says the same.' }
      if (textsOf(line, 'reject').includes(entry)) return { decision: 'reject', entry, why: 'ambiguous', reason: textOf(line, 'reason') ?? 'Nobody could act on it.' }
      return { decision: 'accept', entry, topic: 'testing', text: `What ${entry} says, in words that stand alone.` }
    })
  return { curated: { decisions }, known }
}

const severities = ['blocking', 'non_blocking', 'suggestion'] as const

function reportOf(line: Line) {
  const findings = severities.flatMap((severity) => textsOf(line, severity).map((what) => ({ severity, what, place: { path: textOf(line, 'path') ?? 'server.js', line: 3 }, evidence: [] })))
  return { summary: 'Looked at all of it.', results: [], findings, knowledge: learnedOf(line) }
}

/** `{fix: all}`, `{dismiss: all}`, or lists of findings; `{apart: true}` makes a fix of each. */
function triageOf(asked: string[], line: Line) {
  const chosen = (name: string) => (textOf(line, name) === 'all' ? asked : textsOf(line, name))
  const fixed = line.more['fix'] === undefined && line.more['dismiss'] === undefined ? asked : chosen('fix')
  const group = (id: string) => (line.more['apart'] ? id : 'a')
  const groups = [...new Set(fixed.map(group))]
  return {
    decisions: [
      ...fixed.map((finding) => ({ decision: 'fix', finding, group: group(finding) })),
      ...chosen('dismiss').map((finding) => ({ decision: 'dismiss', finding, reason: textOf(line, 'reason') ?? 'It is meant to be so.' })),
    ],
    fixes: groups.map((g) => ({ group: g, title: textOf(line, 'title') ?? 'Await the write', brief: 'Do what the finding asks for, with a test.', touches: textsOf(line, 'touches') })),
  }
}
