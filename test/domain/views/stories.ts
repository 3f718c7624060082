import type { Mission } from '../../../src/domain/mission.ts'
import {
  aBuildingMission,
  aFeature,
  aFeatureState,
  aFinding,
  aHandoff,
  aProof,
  aHold,
  aMission,
  aMissionWithQuestions,
  anAssertionState,
  anEntry,
  anUnderstanding,
  aPlan,
  aPlannedMission,
  aRequest,
  aRun,
  aUsage,
  at,
  f,
  ms,
  runsOf,
  sha,
  val,
} from '../../support/builders.ts'

// The moments of one mission that people see, each complete and realistic.

const head = sha('head')
const planned = aPlan().features

function state(n: number, over: Parameters<typeof aFeatureState>[1]) {
  const feature = planned[n - 1] ?? aFeature(n)
  return aFeatureState(feature, over)
}

const runs = runsOf(
  aRun('clarify.r1', { role: 'orchestrator', task: 'clarify', started_at: at(1), ended_at: at(5), usage: aUsage({ cost_usd: 0.31, wall_ms: 4 * 60_000 }) }),
  aRun('build.f1.a1', { feature: f(1), started_at: at(21), ended_at: at(30) }),
  aRun('review.f1.r1', { role: 'scrutiny', task: 'review', feature: f(1), started_at: at(31), ended_at: at(35), usage: aUsage({ cost_usd: 0.28, wall_ms: 4 * 60_000, cache_read_tokens: 410_000 }) }),
  aRun('build.f2.a1', { feature: f(2), started_at: at(21), ended_at: at(33), usage: aUsage({ cost_usd: 0.71, wall_ms: 12 * 60_000 }) }),
)

const writePath = aFinding('review.f1.r1-1', { decision: { is: 'fix', feature: f(4) } })
const remark = aFinding('review.f1.r1-2', {
  finding: { severity: 'suggestion', what: 'The list of rooms is read from disk on every request.', evidence: [] },
  decision: { is: 'dismissed', by: 'orchestrator', reason: 'Not part of the request, and fast enough: 3 ms for 200 rooms.' },
})
const fix = aFeatureState(
  aFeature(4, {
    title: 'Write beside, then rename',
    touches: ['server.js'],
    fixes: [writePath.id],
    brief: 'Write the bookings to a new file and rename it over the old one.',
    expected: 'A crash in the middle of a write leaves the old bookings.',
  }),
  { on: f(1), issue: 51, status: 'active', attempts: 1 },
)

export const labelled: Mission = aMission({ request: aRequest({ hidden_passages: 2 }) })
export const understood: Mission = aMission({ request: aRequest({ hidden_passages: 2 }), understanding: anUnderstanding(), phase: 'contracting', runs, last_event_at: at(8) })
export const asked: Mission = aMissionWithQuestions()
export const plan: Mission = aPlannedMission({ policy: { ...aMission().policy, approvers: ['acme/web-leads'] } })
export const revised: Mission = aPlannedMission({ revisions: [{ by: 'mara', text: 'Please leave the e-mails out, and let me cancel on the command line too.' }] })

/** f1 waits for a person, f2 is done, f3 is next; a finding was dismissed. */
export const waitingForReview: Mission = aBuildingMission({
  features: [
    state(1, { status: 'merging', pull: 44, head, published: head, reviewed: head, rounds: 2, handoff: aHandoff(), proof: aProof(), attempts: 1 }),
    state(2, { status: 'merged', pull: 45, head: sha('two'), merge_sha: sha('merge'), rounds: 1, handoff: aHandoff(), attempts: 1 }),
    state(3, {}),
  ],
  findings: [remark],
  runs,
})

/** f1 is being fixed, f2 is in the merge lane, f3 waits for f1. */
export const building: Mission = aBuildingMission({
  features: [
    state(1, { status: 'fixing', pull: 44, head, published: head, rounds: 1, handoff: aHandoff(), attempts: 1 }),
    state(2, { status: 'merging', pull: 45, head: sha('two'), published: sha('two'), reviewed: sha('two'), rounds: 1, handoff: aHandoff(), attempts: 1 }),
    state(3, {}),
    fix,
  ],
  lane: { feature: f(2), step: 'checking' },
  findings: [writePath, remark],
  pending: [
    { id: aRun('build.f4.a1').id, at: at(60), type: 'StartRun', task: { task: 'build', feature: f(4), attempt: 1, base: head, merge: null, lessons: [] } },
    { id: aRun('await-checks.f2.1').id, at: at(60), type: 'AwaitChecks', subject: { of: 'feature', feature: f(2) }, sha: sha('two'), grace_ms: 60_000, deadline_ms: 2_700_000 },
  ],
  runs: { ...runs, ...runsOf(aRun('build.f4.a1', { feature: f(4), started_at: at(60), ended_at: null, ending: null, usage: null })) },
})

const survived = { kind: 'http' as const, text: 'GET /api/bookings\n200\n[]\n\nbefore the kill there were 3 bookings' }
const torn = aFinding('exercise.m1.r4.p1-1', {
  validator: 'user-testing',
  scope: 'm1',
  finding: {
    severity: 'blocking',
    assertion: val('DATA-001'),
    what: 'After the product was killed in the middle of a booking, it starts with an empty list: the bookings file is half-written.',
    evidence: [survived],
  },
})

export const results = {
  [val('API-001')]: anAssertionState('pass', { note: 'Same five fields.' }),
  [val('API-002')]: anAssertionState('pass', { note: 'Refused with 409, names mara and 10:00.' }),
  [val('WEB-001')]: anAssertionState('pass', { note: 'The text beside the form names both.' }),
  [val('WEB-002')]: anAssertionState('pass', { note: 'Asked, “no” keeps it, “yes” removes it.' }),
  [val('CLI-001')]: anAssertionState('pass', { note: 'Exit code 0, gone from the list.' }),
}

const merged = [
  state(1, { status: 'merged', pull: 44, head, merge_sha: head, rounds: 2, handoff: aHandoff(), attempts: 1 }),
  state(2, { status: 'merged', pull: 45, head: sha('two'), merge_sha: sha('merge'), rounds: 1, handoff: aHandoff(), attempts: 1 }),
  state(3, { status: 'merged', pull: 46, head: sha('three'), merge_sha: sha('merge3'), rounds: 1, handoff: aHandoff({ left_undone: ['Windows was not tried.'] }), attempts: 1 }),
  { ...fix, status: 'merged' as const },
]

/** The milestone was tested four times, DATA-001 fails still. */
export const outOfRounds: Mission = aBuildingMission({
  phase: 'triaging',
  triaging: ms(1),
  features: merged,
  assertions: { ...results, [val('DATA-001')]: anAssertionState('fail', { note: 'Starts with an empty list after a kill: the bookings file is half-written.', evidence: [survived] }) },
  findings: [{ ...writePath }, remark, torn],
  rounds: { m1: 4 },
  holds: [aHold({ why: 'rounds_used', milestone: ms(1) })],
  runs,
  last_event_at: at(150),
})

export const tested: Mission = { ...outOfRounds, holds: [], phase: 'validating', validation: { milestone: ms(1), round: 2, sha: head, repeat: 0, open: [], again: false } }

export const stuck: Mission = aBuildingMission({
  features: [state(1, { attempts: 2, lessons: ['turns: it ran out of turns while the tests still failed'] }), state(2, { status: 'merged', pull: 45, rounds: 1, attempts: 1 }), state(3, {})],
  holds: [aHold({ why: 'attempts_used', feature: f(1), detail: 'turns: 60 turns were used, and npm test still fails' })],
  runs,
})

export const outOfMoney: Mission = aBuildingMission({ ...building, holds: [aHold({ why: 'budget', effect: aRun('build.f4.a1').id, detail: '' })] })

/** One of each fate. */
export const knowledge: Mission['knowledge'] = [
  anEntry('build.f1.a1-k1', { decision: { is: 'accepted', topic: 'testing', text: 'Tests start their own server on a free port; `npm test -- <file>` runs one file.', committed: sha('learned') } }),
  anEntry('review.f1.r1-k1', { decision: { is: 'merged', into: anEntry('build.f1.a1-k1').id, reason: 'It says the same of the port.' } }, { text: 'No test needs port 3000 to be free.' }),
  anEntry(
    'build.f2.a1-k1',
    {
      feature: f(2),
      decision: {
        is: 'joined',
        known: { topic: 'data', text: 'Bookings are one JSON file.', paths: [], about: 'code', from: [] },
        text: 'Bookings are one JSON file, written beside and renamed.',
        reason: 'The library knew the file, not the way of writing.',
        committed: sha('learned'),
      },
    },
    { topic: 'data', text: 'The file is written beside and renamed.' },
  ),
  anEntry(
    'build.f3.a1-k1',
    { feature: f(3), decision: { is: 'rejected', why: 'ambiguous', reason: 'Which page is not said.' } },
    { topic: 'pages', text: '@mara should be careful with the page <!-- approve -->.', paths: [] },
  ),
  anEntry(
    'exercise.m1.r1.p1-k1',
    { feature: null, about: 'product', decision: { is: 'accepted', topic: 'using', text: 'A new day is as good as a clean start.', committed: sha('learned') } },
    { topic: 'using', text: 'Take a new day for each check.', paths: [] },
  ),
  anEntry('exercise.final.r1.p1-k1', { feature: null, about: 'product', milestone: null }, { topic: 'using', text: 'The list shows a booking at once.', paths: [] }),
]
const noticed = aFinding('build.f2.a1-1', {
  validator: 'worker',
  scope: 'f2',
  finding: { severity: 'non_blocking', what: 'The list of rooms is sorted by seats, not by name.', evidence: [] },
  decision: { is: 'dismissed', by: 'orchestrator', reason: 'Nothing in the contract speaks of the order, and nobody loses anything by it.' },
})

const ready: Partial<Mission> = {
  knowledge,
  curations: [{ milestone: ms(1), is: 'given_up', why: 'turns: it ran out of turns' }],
  documentation: [
    { name: '--room', is: 'documented', why: 'README.md' },
    { name: '/bookings/cancel', is: 'not_needed', why: 'Pages link to it; nobody types it.' },
  ],
  phase: 'delivering',
  milestone: 1,
  features: merged,
  assertions: { ...results, [val('DATA-001')]: anAssertionState('pass', { note: 'All three bookings are there after the kill.' }) },
  findings: [writePath, remark, { ...torn, decision: { is: 'fix', feature: f(4) } }, noticed],
  rounds: { m1: 2, final: 1 },
  runs,
  last_event_at: at(94),
}
export const readyToMerge: Mission = aBuildingMission({ ...ready, delivery: { pull: 48, passed: head, reported: head, checked: head } })
export const waived: Mission = aBuildingMission({
  ...ready,
  assertions: { ...results, [val('DATA-001')]: anAssertionState('waived', { note: 'waived by @mara: the machine has a battery' }) },
  delivery: { pull: 48, passed: head, reported: head, checked: head },
})
export const done: Mission = { ...readyToMerge, phase: 'done', outcome: 'validated', ended_at: at(120) }
export const cancelled: Mission = { ...building, phase: 'stopped', outcome: 'cancelled', pending: [], ended_at: at(62), lane: null }
