import { holdsTrue } from './invariant.ts'
import type { Mission } from './mission.ts'
import { overlap } from './phases/building.ts'
import { settingsProblems } from './settings.ts'
import { waitingFor } from './views/waiting.ts'

/** What is true of every mission after every step. Throws `Invariant` naming what is not. Run in tests and before every append. */
export function checkMission(m: Mission): void {
  alive(m)
  outbox(m)
  workers(m)
  settings(m)
  coverage(m)
  lane(m)
  findings(m)
  dryRun(m)
  knowledge(m)
  books(m)
  ended(m)
}

/** A live mission has a pending effect, or waits for a named human act. */
function alive(m: Mission): void {
  if (m.phase === 'done' || m.phase === 'stopped') return
  holdsTrue(m.pending.length > 0 || waitingFor(m) !== null, `nothing is pending and nobody is waited for in phase ${m.phase}`)
}

function outbox(m: Mission): void {
  const ids = m.pending.map((e) => e.id)
  holdsTrue(new Set(ids).size === ids.length, `an effect stands twice in the outbox: ${ids.join(' ')}`)
  for (const id of ids) holdsTrue(id.startsWith(`${m.key}.`), `${id} belongs to another mission`)
  for (const e of m.pending) if (e.type === 'StartRun') holdsTrue(m.runs[e.id]?.ended_at === null, `run ${e.id} is pending and ended`)
}

/** Never two workers whose order is open or whose paths overlap; an active feature has its run. */
function workers(m: Mission): void {
  const active = m.features.filter((f) => f.status === 'active')
  holdsTrue(active.length <= m.limits.parallel_workers, 'more workers than agreed')
  for (const f of m.features)
    if (f.status === 'splitting')
      holdsTrue(
        m.pending.some((e) => e.type === 'StartRun' && e.task.task === 'split' && e.task.feature === f.feature.id),
        `${f.feature.id} is being split by nobody`,
      )
  for (const f of active) {
    holdsTrue(
      m.pending.some((e) => e.type === 'StartRun' && e.task.task === 'build' && e.task.feature === f.feature.id),
      `${f.feature.id} is active without a worker`,
    )
    for (const other of active)
      if (other !== f && !f.on && !other.on) holdsTrue(!overlap(f.feature.touches, other.feature.touches), `${f.feature.id} and ${other.feature.id} change the same paths at once`)
    for (const id of f.feature.after) holdsTrue(['merged', 'dropped'].includes(m.features.find((x) => x.feature.id === id)?.status ?? ''), `${f.feature.id} was started before ${id} was merged`)
  }
}

/** What the repository says of itself binds every plan that stands. */
function settings(m: Mission): void {
  if (m.plan) holdsTrue(settingsProblems(m.plan, m.settings).length === 0, 'a plan stands against what the repository says')
}

/** What was promised is still covered, whatever took the place of the feature that first covered it. */
function coverage(m: Mission): void {
  const covered = m.features.flatMap((f) => f.feature.covers)
  holdsTrue(new Set(covered).size === covered.length, 'an assertion is covered twice')
  for (const id of m.plan?.features.flatMap((f) => f.covers) ?? []) holdsTrue(covered.includes(id), `${id} is covered by no feature any more`)
}

/** One merge at a time, of a reviewed feature, and none while somebody validates. */
function lane(m: Mission): void {
  const merges = m.pending.filter((e) => e.type === 'MergeFeature')
  holdsTrue(merges.length <= 1, 'two merges at once')
  if (m.validation) holdsTrue(merges.length === 0 && m.lane === null, 'a merge while validating')
  if (!m.lane) return
  const f = m.features.find((x) => x.feature.id === m.lane?.feature)
  holdsTrue(f?.status === 'merging' && f.reviewed === f.head, `${m.lane.feature} is in the lane without a passed review`)
}

/** No finding is lost: what is merged or passed has none left open. */
function findings(m: Mission): void {
  for (const f of m.findings) {
    const { decision, scope, id } = f
    if (decision.is === 'fix' && f.finding.severity === 'blocking' && ['scrutiny', 'user-testing'].includes(f.validator)) holdsTrue(f.reproduction, `${id} costs a fix and was seen only once`)
    if (decision.is === 'fix')
      holdsTrue(
        m.features.some((x) => x.feature.id === decision.feature && x.feature.fixes.includes(id) && x.status !== 'dropped'),
        `${id} is fixed by nobody`,
      )
    if (decision.is === 'dismissed') holdsTrue(decision.reason.length > 0, `${id} is dismissed without a reason`)
    if (decision.is === 'open') {
      const home = m.features.find((x) => x.feature.id === scope)
      holdsTrue(!home || (home.status !== 'merging' && home.status !== 'merged'), `${id} is open though ${scope} goes on`)
      holdsTrue((m.phase !== 'delivering' && m.phase !== 'done') || home !== undefined || (m.outcome !== 'validated' && m.delivery.passed === null), `${id} is open though the mission passed`)
    }
  }
}

/** No plan is shown that was not tried, or that a person wanted to see untried; and it is tried before, not meanwhile. */
function dryRun(m: Mission): void {
  const trying = m.pending.some((e) => (e.type === 'DryRun' && !e.milestone) || (e.type === 'StartRun' && e.task.task === 'exercise' && e.task.baseline === true))
  holdsTrue(!trying || m.phase === 'dry_running', `the base is tried in phase ${m.phase}`)
  if (m.phase === 'publishing' || m.phase === 'awaiting_approval') {
    holdsTrue(m.dry_run && (m.dry_run.report || m.dry_run.waived) && m.dry_run.open.length === 0, 'a plan is shown that was not tried')
    const unknown = m.contract?.assertions.filter((a) => !m.baseline[a.id]) ?? []
    holdsTrue(unknown.length === 0 || m.policy.dry_run === 'program' || m.dry_run.waived, `nobody knows what ${unknown.map((a) => a.id).join(', ')} does on the base`)
  }
}

/** What was learned goes on the branch between a passed milestone and whatever comes next, on the head that is known, once; none is decided without words. */
function knowledge(m: Mission): void {
  const ids = m.knowledge.map((k) => k.id)
  holdsTrue(new Set(ids).size === ids.length, `an entry stands twice: ${ids.join(' ')}`)
  const commits = m.pending.flatMap((e) => (e.type === 'CommitKnowledge' ? [e] : []))
  const curates = m.pending.filter((e) => e.type === 'StartRun' && e.task.task === 'curate')
  holdsTrue(commits.length + curates.length <= 1, 'knowledge is at work twice')
  if (commits.length + curates.length > 0) holdsTrue(m.phase === 'triaging' && m.triaging !== 'final' && m.triaging !== null, `knowledge is at work in phase ${m.phase}`)
  for (const e of commits) holdsTrue(e.head === m.integration?.head, `knowledge would go on ${e.head}, and the branch stands elsewhere`)
  for (const { id, decision } of m.knowledge) {
    if (decision.is === 'rejected') holdsTrue(decision.reason.length > 0, `${id} is rejected without a reason`)
    if (decision.is === 'merged') holdsTrue(decision.into !== id && ids.includes(decision.into), `${id} is merged into ${decision.into}, which is not there`)
  }
}

/** What a run used is known once it has ended, or somebody is finding out, or people are told that nobody could. */
function books(m: Mission): void {
  for (const e of m.pending) if (e.type === 'StopRun') holdsTrue(m.runs[e.run]?.ending === 'stopped', `${e.run} is to stop and was not stopped`)
  for (const run of Object.values(m.runs)) {
    if (run.books === 'closed') holdsTrue(run.ended_at !== null && run.usage !== null, `${run.id} is closed without a sum`)
    if (run.ended_at !== null && run.books === 'open')
      holdsTrue(
        m.pending.some((e) => e.type === 'StopRun' && e.run === run.id),
        `nobody will know what ${run.id} used`,
      )
  }
}

function ended(m: Mission): void {
  if (m.phase !== 'done' && m.phase !== 'stopped') return
  holdsTrue(m.outcome !== null && m.ended_at !== null, 'an end without an outcome')
  holdsTrue(
    m.pending.every((e) => e.type === 'CloseMission' || e.type === 'Respond' || e.type === 'StopRun'),
    'an ended mission still acts',
  )
}
