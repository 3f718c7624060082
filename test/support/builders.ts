import { createHash } from 'node:crypto'
import type { Assertion, Clarification, Understanding } from '../../src/domain/contract.ts'
import type { Request, Usage } from '../../src/domain/event.ts'
import type { Feature, Handoff, Plan } from '../../src/domain/feature.ts'
import { AssertionId, branches, type EffectId, effectId, FeatureId, FindingId, KnowledgeId, MilestoneId, missionKey, Sha } from '../../src/domain/id.ts'
import type { KnowledgeState } from '../../src/domain/knowledge.ts'
import type { AssertionState, FeatureState, FindingState, Hold, HoldReason, Mission, Run } from '../../src/domain/mission.ts'
import type { Kept, PictureOutcome, PictureState, PictureTrouble } from '../../src/domain/pictures.ts'
import { Limits, Policy } from '../../src/domain/policy.ts'
import type { Proof } from '../../src/domain/proof.ts'

// A mission of a small room-booking application, told with realistic words. Everything can be overridden.

export const key = missionKey({ repository_id: 81234, issue: 7, k: 1 })

/** The same word gives the same commit. */
export function sha(word: string | number): Sha {
  return Sha.parse(createHash('sha1').update(String(word)).digest('hex'))
}

/** Minutes after the beginning of the story. */
export function at(minute: number): string {
  return new Date(Date.UTC(2026, 2, 2, 13, 0) + minute * 60_000).toISOString()
}

export const f = (n: number) => FeatureId.parse(`f${n}`)
export const ms = (n: number) => MilestoneId.parse(`m${n}`)
export const val = (id: string) => AssertionId.parse(id.startsWith('VAL-') ? id : `VAL-${id}`)
export const finding = (id: string) => FindingId.parse(id)
export const effect = (...parts: (string | number)[]): EffectId => effectId(key, ...parts)

export function aRequest(over: Partial<Request> = {}): Request {
  return {
    key,
    installation_id: 99,
    repository: { id: 81234, owner: 'acme', name: 'rooms', default_branch: 'main' },
    issue: { number: 7, title: 'Rooms get booked twice', body: 'Two people booked Atlas for Monday at nine. Bookings must also survive a power cut.', author: 'mara' },
    by: 'mara',
    hidden_passages: 0,
    ...over,
  }
}

export function anUnderstanding(over: Partial<Understanding> = {}): Understanding {
  return {
    title: 'No double bookings',
    goal: 'A room can be booked by one person at a time, bookings can be cancelled, and a power cut loses nothing.',
    users: ['everybody in the office'],
    understood: ['no double bookings', 'cancelling', 'survives a power cut'],
    constraints: ['the list of bookings keeps its shape'],
    not_planned: ['logins', 'e-mail'],
    done: ['A taken room is refused, and whoever asks learns who has it and until when', 'A booking can be cancelled, after a question', 'A power cut loses no confirmed booking'],
    assumptions: [
      { text: 'Bookings that only touch each other (10:00–11:00 and 11:00–12:00) are allowed; the issue says so.', matters: false },
      { text: 'An unreadable bookings file stops the start instead of being replaced. Nobody answered this.', matters: true },
    ],
    ...over,
  }
}

const proofs = { http: 'response(POST /api/bookings -> 409, body has "10:00")', browser: 'page(Ines * 10:00)', command: 'exit(0)', terminal: 'terminal(Booked)' }

export function anAssertion(id: string, over: Partial<Assertion> = {}): Assertion {
  return {
    id: val(id),
    title: `What ${id} promises`,
    behaviour: 'A user books Atlas from 9:00 to 10:00 and books it again for 9:30; the second booking is refused and names the holder and the end.',
    tool: 'http',
    evidence: [proofs[over.tool ?? 'http']],
    regression: false,
    proves: [1, 2, 3],
    ...over,
  }
}

export function aFeature(n: number, over: Partial<Feature> = {}): Feature {
  return {
    id: f(n),
    milestone: ms(1),
    title: `Feature number ${n}`,
    brief: 'Build it as the procedures say, tests first.',
    covers: [],
    after: [],
    touches: [`src/part${n}.js`],
    risk: 'low',
    preconditions: [],
    expected: 'A user can see that it works.',
    fixes: [],
    ...over,
  }
}

export function aPlan(over: Partial<Plan> = {}): Plan {
  return {
    milestones: [{ id: ms(1), title: 'Bookings you can trust', goal: 'No room is booked twice, and nothing is lost.' }],
    features: [
      aFeature(1, {
        title: 'A taken room is refused',
        covers: [val('API-001'), val('API-002'), val('WEB-001')],
        touches: ['server.js', 'test/booking.test.js'],
        risk: 'medium',
        expected: 'A booking that overlaps another is refused and names holder and end. The page says so beside the form.',
      }),
      aFeature(2, {
        title: 'Cancelling asks first',
        covers: [val('WEB-002'), val('CLI-001')],
        touches: ['public/rooms.html', 'bin/rooms.js'],
        expected: 'A booking can be cancelled on the page and on the command line, after a question.',
      }),
      aFeature(3, {
        title: 'A power cut loses nothing',
        covers: [val('DATA-001')],
        after: [f(1)],
        touches: ['server.js', 'README.md'],
        expected: 'After the machine was cut off in the middle of a booking, every booking that was confirmed is still there.',
      }),
    ],
    procedures: {
      install: 'npm ci',
      build: null,
      test: 'npm test',
      lint: null,
      types: null,
      scanners: [],
      start: 'node server.js',
      port: 3000,
      health: '/health',
      env: {},
      entry_points: [['node', 'bin/rooms.js']],
      services: [],
    },
    procedures_from: 'package.json and README.md',
    boundaries: ['data/', 'The format of the bookings file stays as it is'],
    decisions: [{ decision: 'Only real overlaps are refused', document: 'issue', section: '', quote: 'Two people booked Atlas for Monday at nine' }],
    unready: [],
    manifests: [],
    ...over,
  }
}

export function assertionsOfPlan(): Assertion[] {
  return [
    anAssertion('API-001', {
      title: 'The list of bookings keeps its shape',
      regression: true,
      behaviour: 'A client that reads the list of bookings gets the same fields as before.',
      evidence: ['response(GET /api/bookings -> 200, body has "holder")'],
    }),
    anAssertion('API-002', { title: 'An overlapping booking is refused' }),
    anAssertion('WEB-001', { title: 'The page says who has the room, and until when', tool: 'browser', evidence: ['page(taken by * until 10:00)', 'screenshot(taken)'] }),
    anAssertion('WEB-002', {
      title: 'Cancelling asks before it acts',
      tool: 'browser',
      behaviour: 'A user presses Cancel beside a booking and is asked whether it is meant; only yes removes it.',
      evidence: ['page(Really cancel)', 'screenshot(question)'],
    }),
    anAssertion('CLI-001', {
      title: 'The command line cancels too',
      tool: 'command',
      behaviour: 'A user runs the cancel command with a booking’s number and sees it gone.',
      evidence: ['exit(0)', 'output(cancelled)'],
    }),
    anAssertion('DATA-001', {
      title: 'Bookings survive a power cut',
      behaviour: 'Bookings that were confirmed before the product was killed are there when it starts again.',
      evidence: ['response(GET /api/bookings -> 200, body has "Ines")'],
    }),
  ]
}

/** As the transition makes it from a planned feature. */
export function aFeatureState(feature: Feature, over: Partial<FeatureState> = {}): FeatureState {
  return {
    feature,
    status: 'ready',
    on: null,
    merges: null,
    issue: 42 + Number(feature.id.slice(1)),
    branch: branches.feature(key, feature),
    pull: null,
    head: null,
    published: null,
    publications: 0,
    attempts: 0,
    extra_attempts: 0,
    rounds: 0,
    reviewed: null,
    integrations: 0,
    handoff: null,
    proof: null,
    report: null,
    approved: null,
    lessons: [],
    merge_sha: null,
    dropped: null,
    split_into: [],
    ...over,
  }
}

export function aHandoff(over: Partial<Handoff> = {}): Handoff {
  return {
    summary: 'A booking that overlaps another is now refused with 409. The check and the write happen in one step, so that two requests at once cannot both win.',
    implemented: ['Overlap check before a booking is written', 'The answer names the holder and the end of the booking in the way'],
    left_undone: [],
    commands: [{ command: 'npm test', exit: 0, seen: '23 tests, 23 passed' }],
    tests_added: [{ path: 'test/booking.test.js', name: 'refuses an overlap', proves: [val('API-002')] }],
    tests_changed: [],
    exemptions: [],
    issues: [{ severity: 'suggestion', what: 'The list of rooms is read from disk on every request.' }],
    knowledge: [{ topic: 'testing', text: 'The tests start their own server on a free port.', paths: ['test/'] }],
    deviations: [],
    ...over,
  }
}

export function aProof(over: Partial<Proof> = {}): Proof {
  const run = { exit: 0, passed: 19, failed: 0, skipped: 0, seconds: 1.2 }
  return {
    from: sha('from'),
    head: sha('head'),
    command: 'npm test',
    test_files: ['test/booking.test.js'],
    base: run,
    red: { ...run, exit: 1, passed: 19, failed: 4 },
    green: { ...run, passed: 23 },
    assertions: [{ assertion: val('API-002'), tests: ['refuses an overlap'], shown: 'red' }],
    exemptions: [],
    gates: [
      { name: 'test', command: 'npm test', exit: 0, seconds: 1.2, before: null },
      { name: 'lint', command: 'npm run lint', exit: 0, seconds: 0.4, before: null },
    ],
    tests_changed: [],
    loosened: [],
    order: [],
    limits: [],
    ...over,
  }
}

export function aUsage(over: Partial<Usage> = {}): Usage {
  return { model: 'claude-opus-5-5', turns: 31, input_tokens: 4_200, cache_write_tokens: 52_000, cache_read_tokens: 1_380_000, output_tokens: 14_500, cost_usd: 0.94, wall_ms: 9 * 60_000, ...over }
}

export function aRun(natural: string, over: Partial<Run> = {}): Run {
  return {
    id: effect(natural),
    role: 'worker',
    task: 'build',
    feature: null,
    milestone: null,
    started_at: at(20),
    ended_at: at(29),
    ending: 'submitted',
    usage: aUsage(),
    books: over.ended_at === null ? 'open' : 'closed',
    ...over,
  }
}

export function runsOf(...all: Run[]): Mission['runs'] {
  return Object.fromEntries(all.map((run) => [run.id, run]))
}

export function anAssertionState(result: AssertionState['result'], over: Partial<AssertionState> = {}): AssertionState {
  return { result, sha: result === 'untested' || result === 'waived' ? null : sha('head'), run: null, note: '', evidence: [], ...over }
}

export function aFinding(id: string, over: Partial<FindingState> = {}): FindingState {
  return {
    id: finding(id),
    finding: { severity: 'blocking', what: 'The file is rewritten in place: a crash in the middle leaves half of it.', place: { path: 'server.js', line: 40 }, evidence: [] },
    source: effect(id.replace(/-\d+$/, '')),
    validator: 'scrutiny',
    scope: 'f1',
    decision: { is: 'open' },
    ...over,
  }
}

/** What an agent learned, undecided unless said otherwise. */
export function anEntry(id: string, over: Partial<KnowledgeState> = {}, entry: Partial<KnowledgeState['entry']> = {}): KnowledgeState {
  return {
    id: KnowledgeId.parse(id),
    entry: { topic: 'testing', text: 'The tests start their own server on a free port.', paths: ['test/'], ...entry },
    about: 'code',
    run: effect(id.replace(/-k\d+$/, '')),
    feature: f(1),
    milestone: ms(1),
    decision: { is: 'new' },
    ...over,
  }
}

export function aHold(reason: HoldReason, over: Partial<Hold> = {}): Hold {
  return { n: 1, since: at(60), reason, ...over }
}

export function aClarification(over: Partial<Extract<Clarification, { outcome: 'questions' }>> = {}): Clarification {
  return {
    outcome: 'questions',
    understanding: anUnderstanding(),
    questions: [
      { text: 'May two bookings touch, as 10:00–11:00 and 11:00–12:00?', default: 'Yes.' },
      { text: 'What should happen when the bookings file cannot be read at the start?', default: 'The start stops and says so.' },
    ],
    ...over,
  }
}

export function aKeptPicture(over: Partial<Kept> = {}): Kept {
  return { is: 'kept', sha256: 'c0ffee00'.repeat(8), type: 'image/png', bytes: 48_000, size: { width: 1280, height: 800 }, ...over }
}

/** One that could be had, and one for every way in which one cannot. */
export function aGallery(): PictureState[] {
  const troubles: PictureTrouble[] = [
    { why: 'foreign', host: 'pictures.example' },
    { why: 'foreign', host: '' },
    { why: 'other_repository' },
    { why: 'not_found', status: 404 },
    { why: 'led_elsewhere', host: '127.0.0.1' },
    { why: 'led_elsewhere', host: '' },
    { why: 'no_answer', detail: 'it answered 503' },
    { why: 'no_answer', detail: '' },
    { why: 'too_large', limit_bytes: 3_700_000 },
    { why: 'too_much', limit_bytes: 12_000_000 },
    { why: 'no_picture', looks: 'SVG' },
    { why: 'too_many_pixels', size: { width: 12_000, height: 90 }, limit_px: 8000 },
  ]
  const outcomes: PictureOutcome[] = [aKeptPicture(), ...troubles.map((trouble) => ({ is: 'missing' as const, trouble }))]
  return outcomes.map((outcome, i) => ({ n: i + 1, address: `https://github.com/user-attachments/assets/${i + 1}`, place: { in: 'issue' }, outcome }))
}

/** A mission that was labelled a moment ago. */
export function aMission(over: Partial<Mission> = {}): Mission {
  return {
    key,
    request: aRequest(),
    requested_at: at(0),
    limits: Limits.parse({}),
    policy: Policy.parse({}),
    phase: 'clarifying',
    holds: [],
    holds_so_far: 0,
    pending: [],
    failures: {},
    runs: {},
    status_comment: 900,
    base_sha: sha('base'),
    pictures: [],
    pictures_left_out: 0,
    clarify_rounds: [],
    understanding: null,
    notes: [],
    settings: null,
    contract: null,
    plan: null,
    revisions: [],
    send_backs: 0,
    contracts_written: 0,
    plans_written: 0,
    dry_run: null,
    dry_runs: 0,
    dry_send_backs: 0,
    baseline: {},
    plan_revision: 0,
    published: null,
    early_approvals: [],
    cap_wish_usd: null,
    approval: null,
    tracking_issue: null,
    integration: null,
    features: [],
    assertions: {},
    findings: [],
    knowledge: [],
    curations: [],
    documentation: null,
    milestone: 0,
    rounds: {},
    extra_rounds: {},
    validation: null,
    triaging: null,
    triages: 0,
    lane: null,
    delivery: { pull: null, passed: null, reported: null, checked: null },
    outcome: null,
    ended_at: null,
    models: {},
    refused: [],
    counters: {},
    last_event_at: at(1),
    length: 1,
    ...over,
  }
}

/** One whose questions stand on the issue. */
export function aMissionWithQuestions(over: Partial<Mission> = {}): Mission {
  const clarification = aClarification()
  const questions = clarification.outcome === 'questions' ? clarification.questions : []
  return aMission({ understanding: anUnderstanding(), clarify_rounds: [{ round: 1, clarification, questions, comment: 901, replies: [] }], last_event_at: at(6), ...over })
}

/** One whose plan stands published and awaits approval. */
export function aPlannedMission(over: Partial<Mission> = {}): Mission {
  const plan = over.plan ?? aPlan()
  const assertions = over.contract?.assertions ?? assertionsOfPlan()
  const apart = 'The page, the API and the command line show the one list, and each assertion looks at it.'
  return aMission({
    phase: 'awaiting_approval',
    understanding: anUnderstanding(),
    contract: { assertions, apart },
    plan,
    plan_revision: 1,
    published: { revision: 1, plan_hash: `a41f${'07c5'.repeat(15)}`, at: at(18) },
    tracking_issue: 42,
    features: plan.features.map((feature) => aFeatureState(feature)),
    assertions: Object.fromEntries(assertions.map((a) => [a.id, anAssertionState('untested')])),
    runs: runsOf(aRun('clarify.r1', { role: 'orchestrator', task: 'clarify', started_at: at(1), ended_at: at(5), usage: aUsage({ cost_usd: 0.31, wall_ms: 4 * 60_000 }) })),
    last_event_at: at(18),
    ...over,
  })
}

/** One that was approved and is being built; `over.features` is what a story usually changes. */
export function aBuildingMission(over: Partial<Mission> = {}): Mission {
  const planned = aPlannedMission(over)
  return {
    ...planned,
    phase: 'building',
    approval: { by: 'mara', plan_hash: planned.published?.plan_hash ?? '', at: at(20), cap_usd: 10 },
    integration: { branch: branches.integration(key), head: sha('head'), open: true },
    last_event_at: at(61),
    ...over,
  }
}
