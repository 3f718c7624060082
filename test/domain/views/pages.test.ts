import { describe, expect, it } from 'vitest'
import type { BaselineResult, FeatureState, Mission } from '../../../src/domain/mission.ts'
import { closing } from '../../../src/domain/views/closing.ts'
import { validationCheck } from '../../../src/domain/views/check.ts'
import { featureIssue } from '../../../src/domain/views/feature-issue.ts'
import { featurePullRequest } from '../../../src/domain/views/feature-pull.ts'
import { halt } from '../../../src/domain/views/halt.ts'
import { planNotice } from '../../../src/domain/views/plan-notice.ts'
import { questions } from '../../../src/domain/views/questions.ts'
import { emptyRepository, notAllowed } from '../../../src/domain/views/refusal.ts'
import { report } from '../../../src/domain/views/report.ts'
import { findingComment, review } from '../../../src/domain/views/review.ts'
import { saying } from '../../../src/domain/views/saying.ts'
import { splitNotice } from '../../../src/domain/views/split-notice.ts'
import { statusComment } from '../../../src/domain/views/status.ts'
import { trackingIssue } from '../../../src/domain/views/tracking.ts'
import { verdictComment } from '../../../src/domain/views/verdict.ts'
import { asTried } from '../../../src/domain/dry-run.ts'
import { aFinding, aGallery, aHandoff, aProof, at, effect, f, ms, sha, val } from '../../support/builders.ts'
import { aDryRunReport } from '../../support/dry-run-report.ts'
import * as story from './stories.ts'

function feature(m: Mission, n: number): FeatureState {
  const found = m.features[n - 1]
  if (!found) throw new Error(`the story has no feature ${n}`)
  return found
}

function whole({ title, body }: { title: string; body: string }): string {
  return `# ${title}\n\n${body}`
}

function check(m: Mission): string {
  const { title, summary, text } = validationCheck(m)
  return `# ${title}\n\n${summary}\n\n---\n\n${text}`
}

const nothing_seen = { passed: null, failed: null, skipped: null }
const weakProof = aProof({
  base: { exit: 1, ...nothing_seen, seconds: 2 },
  red: { exit: 2, ...nothing_seen, seconds: 2 },
  green: { exit: 1, passed: 20, failed: 1, skipped: 2, seconds: 3 },
  assertions: [
    { assertion: val('WEB-001'), tests: ['the page names the holder', 'the page names the end'], shown: 'stub' },
    { assertion: val('API-001'), tests: [], shown: 'kept' },
    { assertion: val('CLI-001'), tests: ['cancels @mara'], shown: 'mutant' },
    { assertion: val('DATA-001'), tests: ['survives'], shown: 'unnamed' },
  ],
  gates: [
    { name: 'test', command: 'npm test', exit: 1, seconds: 3, before: 'red' },
    { name: 'scanner', command: 'audit', exit: null, seconds: 600, before: 'red' },
  ],
  tests_changed: [{ name: 'allows a booking that touches <b>', now: 'missing', why: 'The brief says that bookings may not touch any more.' }],
  loosened: ['test/booking.test.js: 1 assertion line removed or changed: assert.equal(1, 1)'],
  order: ['server.js was written before any test'],
  limits: ['The test command does not name its tests: red and green were told apart by their exit codes alone.'],
})
const exemptProof = aProof({
  command: null,
  base: null,
  red: null,
  green: null,
  assertions: [{ assertion: val('WEB-001'), tests: [], shown: 'exempt' }],
  exemptions: [{ kind: 'untestable', assertions: [val('WEB-001')], reason: 'The sign is painted on a door, which no test of this repository opens.' }],
  gates: [],
  test_files: [],
})
const inReview = {
  ...feature(story.building, 1),
  report: { summary: 'Read the diff and ran the tests: the overlap rule is right, the way of writing is not.', results: [], findings: [], knowledge: [], documentation: [] },
}
const openReview: Mission = {
  ...story.building,
  features: [inReview, ...story.building.features.slice(1)],
  findings: [aFinding('review.f1.r1-1'), aFinding('review.f1.r1-2', { finding: { severity: 'suggestion', what: 'The list of rooms is read from disk on every request.', evidence: [] } })],
}
function withServices(m: Mission): Mission {
  const services = [{ name: 'postgres', start: 'scripts/postgres.sh', health: 'pg_isready -h 127.0.0.1', port: 5432, stop: 'pg_ctl -D /tmp/postgres stop' }]
  return { ...m, plan: m.plan && { ...m.plan, procedures: { ...m.plan.procedures, build: 'npm run build', scanners: ['npm audit --offline'], services } } }
}

function tried(m: Mission, troubles: string[], over: Partial<Parameters<typeof aDryRunReport>[2]> = {}): Mission {
  if (!m.plan || !m.contract) throw new Error('the story has no plan')
  const report = aDryRunReport(m.plan, sha('base'), over)
  const { contract } = m
  const baseline = Object.fromEntries(
    contract.assertions.map((a, i): [string, BaselineResult] => [
      a.id,
      { result: a.regression || (troubles.length > 0 && i === 1) ? 'pass' : 'fail', note: 'Tried once, in a fresh product.', run: null, of: asTried(a, contract) },
    ]),
  )
  return { ...m, baseline, dry_run: { n: 1, subject: '', report, open: [], troubles, waived: null } }
}
function startingAlike(m: Mission): Mission {
  const starting_points = [{ name: 'taken-room', text: 'Atlas is booked by Ines from 9:00 to 10:00 on a day without other bookings.' }]
  const assertions = (m.contract?.assertions ?? []).map((a, i) => (i === 1 || i === 2 ? { ...a, starts_from: ['taken-room'] } : a))
  return { ...m, contract: { assertions, starting_points } }
}
function walking(m: Mission): Mission {
  const unready = (['install', 'test', 'start'] as const).map((procedure) => ({ procedure, state: 'not_built' as const, feature: f(1), why: 'The repository holds a README only.' }))
  return { ...m, plan: m.plan && { ...m.plan, unready, manifests: ['package.json', 'package-lock.json'] } }
}

const red = tried(story.plan, ['The lint procedure is red before anything is built: `npm run lint` ends with exit 1.', 'VAL-API-002 holds on the base already, before anything is built.'], {
  procedures: [
    { procedure: 'install', command: 'npm ci', exit: 0, seconds: 12.4, output: '' },
    { procedure: 'lint', command: 'npm run lint', exit: 1, seconds: 3, output: 'src/x.js:3 unused' },
  ],
  entry_points: [{ argv: ['node', 'bin/rooms.js'], state: 'not_built', detail: 'bin/rooms.js is not there yet.' }],
})
const empty = { empty: true, procedures: [], start: null, entry_points: [], tools: [] }
const passedReview: Mission = { ...openReview, findings: [] }
const torn = story.tested.findings.filter((x) => x.scope === 'm1')

/** The first feature was split into the two behind it. */
const split: Mission = {
  ...story.building,
  features: story.building.features.map((f, i) =>
    i === 0 ? { ...f, status: 'dropped', split_into: story.building.features.slice(1, 3).map((x) => x.feature.id), dropped: 'split into f2, f3: it was two things at once' } : f,
  ),
}

const pages: Record<string, string> = {
  'status-labelled': statusComment(story.labelled),
  'status-understood': statusComment(story.understood),
  'status-pictures': statusComment({ ...story.asked, pictures: aGallery(), pictures_left_out: 3 }),
  'status-asked': statusComment(story.asked),
  'status-plan': statusComment(story.plan),
  'status-building': statusComment(story.building),
  'status-waiting-for-review': statusComment(story.waitingForReview),
  'status-out-of-rounds': statusComment(story.outOfRounds),
  'status-ready-to-merge': statusComment(story.readyToMerge),
  'status-curating': statusComment({
    ...story.tested,
    phase: 'triaging',
    validation: null,
    pending: [{ type: 'CommitKnowledge', id: effect('commit-knowledge.m1.1'), at: at(90), milestone: ms(1), head: sha('head') }],
  }),
  'status-done': statusComment(story.done),
  'status-cancelled': statusComment(story.cancelled),
  questions: questions(story.asked, 1),
  'plan-notice': planNotice(story.plan),
  'tracking-plan': whole(trackingIssue(story.plan)),
  'tracking-plan-unpublished': whole(trackingIssue({ ...story.plan, phase: 'publishing', published: null, tracking_issue: null })),
  'tracking-revised': whole(trackingIssue(story.revised)),
  'tracking-starting-points': whole(trackingIssue(startingAlike(story.plan))),
  'tracking-services': whole(trackingIssue(withServices(story.plan))),
  'tracking-tried': whole(trackingIssue(tried(story.plan, []))),
  'tracking-known-trouble': whole(trackingIssue({ ...red, dry_run: red.dry_run && { ...red.dry_run, waived: { by: 'mara', reason: 'lint is never green here' } } })),
  'tracking-empty-repository': whole(trackingIssue(tried(walking(story.plan), [], empty))),
  'status-trying': statusComment({ ...story.plan, phase: 'dry_running', tracking_issue: null, published: null, pending: [] }),
  'tracking-building': whole(trackingIssue(story.building)),
  'tracking-done': whole(trackingIssue(story.done)),
  'feature-issue': whole(featureIssue(story.plan, feature(story.plan, 3))),
  'fix-issue': whole(featureIssue(story.building, feature(story.building, 4))),
  'split-notice': splitNotice(split, feature(split, 1)),
  'split-part-issue': whole(featureIssue(split, feature(split, 2))),
  'feature-pull-waits-for-review': whole(featurePullRequest(story.waitingForReview, feature(story.waitingForReview, 1))),
  'feature-pull-low-risk': whole(
    featurePullRequest(story.building, { ...feature(story.building, 2), handoff: aHandoff({ left_undone: ['The question is not translated.'], issues: [], knowledge: [] }), proof: weakProof }),
  ),
  'feature-pull-discovered': whole(featurePullRequest(story.readyToMerge, feature(story.readyToMerge, 2))),
  'feature-pull-exempt': whole(featurePullRequest(story.building, { ...feature(story.building, 2), handoff: aHandoff(), proof: exemptProof })),
  'review-findings': review(openReview, inReview),
  'review-passed': review(passedReview, inReview),
  'finding-comment': findingComment(openReview, aFinding('review.f1.r1-1')),
  verdict: verdictComment(story.tested, { assertions: feature(story.tested, 3).feature.covers, findings: torn }),
  'check-failing': check(story.outOfRounds),
  'check-passed': check(story.readyToMerge),
  'check-untested': check(story.plan),
  'report-ready': whole(report(story.readyToMerge)),
  'report-waived': whole(report(story.waived)),
  'report-not-ready': whole(report({ ...story.tested, phase: 'verifying' })),
  'halt-out-of-rounds': halt(story.outOfRounds, 1),
  'halt-attempts-used': halt(story.stuck, 1),
  'halt-budget': halt(story.outOfMoney, 1),
  'saying-help': saying(story.plan, { say: 'help' }),
  'saying-status': saying(story.building, { say: 'status' }),
  'saying-refused': saying(story.plan, { say: 'refused', why: 'Plan beef is not the one that stands; the current plan is a41f.', instead: 'Read it again, then `/approve-plan a41f`.' }),
  'saying-outsider': saying(story.plan, { say: 'outsider' }),
  'closing-done': closing(story.done),
  'closing-not-validated': closing({
    ...story.tested,
    phase: 'done',
    outcome: 'not_validated',
    ended_at: story.tested.last_event_at,
    delivery: { pull: 48, passed: null, reported: null, checked: null },
  }),
  'closing-cancelled': closing(story.cancelled),
  'closing-cancelled-early': closing({ ...story.plan, phase: 'stopped', outcome: 'cancelled', ended_at: story.plan.last_event_at }),
  'refusal-not-allowed': notAllowed('paul'),
  'refusal-empty-repository': emptyRepository('mara'),
}

describe('what people read', () => {
  it.each(Object.entries(pages))('%s', async (name, text) => {
    await expect(`${text}\n`).toMatchFileSnapshot(`pages/${name}.md.snap`)
  })

  it('mentions somebody only to ask for an answer, an approval, a way out of a halt, or to say that it is over', () => {
    const mentioning = Object.entries(pages)
      .filter(([, text]) => /@[\w-]/.test(text))
      .map(([name]) => name)
    expect(mentioning).toEqual([
      'questions',
      'plan-notice',
      'halt-out-of-rounds',
      'halt-attempts-used',
      'halt-budget',
      'closing-done',
      'closing-not-validated',
      'refusal-not-allowed',
      'refusal-empty-repository',
    ])
  })

  it('closes the labelled issue by the mission’s pull request, and nothing else by anything', () => {
    const closingPages = Object.entries(pages).filter(([, text]) => /\b(close[sd]?|fix(es|ed)?|resolve[sd]?):? +#\d/i.test(text))
    expect(closingPages.map(([name]) => name)).toEqual(['report-ready', 'report-waived', 'report-not-ready'])
  })

  it('never shows the id of an effect', () => {
    for (const [name, text] of Object.entries(pages)) expect(text, name).not.toContain(story.plan.key)
  })
})
