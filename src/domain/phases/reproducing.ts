import type { Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import type { AssertionId, EffectId } from '../id.ts'
import type { FindingState, Mission } from '../mission.ts'
import type { AssertionResult, Finding } from '../verdict.ts'
import { openFindings } from './findings.ts'

// What keeps something back is looked at a second time, by somebody fresh, before it costs a fix.

/** Blocking findings of a scope's reviewers that nobody has tried to confirm. */
export function unconfirmed(m: Mission, scope: string): FindingState[] {
  return openFindings(m, scope).filter((f) => f.validator === 'scrutiny' && f.finding.severity === 'blocking' && !f.reproduction)
}

/** Assertions that were seen not to hold, once. */
export function unreproduced(m: Mission, scope: string): AssertionId[] {
  const found = openFindings(m, scope).filter((f) => f.validator === 'user-testing' && !f.reproduction)
  const blocking = found.filter((f) => f.finding.severity === 'blocking').flatMap((f) => f.finding.assertion ?? [])
  const failed = found.flatMap((f) => f.finding.assertion ?? []).filter((id) => ['fail', 'blocked'].includes(m.assertions[id]?.result ?? ''))
  return [...new Set([...blocking, ...failed])].filter((id) => m.assertions[id]?.result !== 'waived')
}

/** The second reviewer's word. A finding it says nothing of stands. */
export function confirm(d: Draft, event: EventOf<'FindingsConfirmed'>, asked: readonly string[]): void {
  for (const f of d.m.findings) {
    if (!asked.includes(f.id) || f.decision.is !== 'open') continue
    const said = event.confirmations.find((c) => c.finding === f.id)
    if (said?.outcome === 'not_confirmed') {
      f.reproduction = { is: 'not_confirmed', run: event.answers, note: said.note }
      f.decision = { is: 'dismissed', by: 'confirmation', reason: `A second, fresh reviewer could not confirm it: ${said.note}` }
    } else {
      f.reproduction = { is: 'confirmed', run: event.answers, note: said?.note ?? 'The second reviewer said nothing of it, so it stands.' }
      f.finding.evidence = [...f.finding.evidence, ...(said?.evidence ?? [])].slice(0, 6)
    }
  }
}

/** Nobody could look a second time: the findings stand. */
export function letStand(d: Draft, asked: readonly string[], run: EffectId): void {
  for (const f of d.m.findings) if (asked.includes(f.id) && f.decision.is === 'open') f.reproduction = { is: 'confirmed', run, note: 'Nobody could look a second time, so it stands.' }
}

/**
 * An assertion was exercised a second time. What fails again stays, with the evidence of both. What holds now was not
 * reproduced: a fail becomes a remark that the orchestrator decides about, for a result that flips is worth a thought; what only
 * could not be exercised is settled. Gives the findings of the second run that say nothing new.
 */
export function exercisedAgain(d: Draft, result: AssertionResult, about: { scope: string; run: EffectId; findings: readonly Finding[] }): void {
  const { assertion } = result
  const before = d.m.assertions[assertion]?.result
  const again = about.findings.filter((f) => f.assertion === assertion)
  const stands = result.result !== 'pass' || again.some((f) => f.severity === 'blocking')
  for (const f of openFindings(d.m, about.scope)) {
    if (f.validator !== 'user-testing' || f.finding.assertion !== assertion || f.reproduction) continue
    if (stands) {
      f.reproduction = { is: 'confirmed', run: about.run, note: result.note }
      f.finding.severity = 'blocking'
      f.finding.evidence = [...f.finding.evidence, ...again.flatMap((x) => x.evidence)].slice(0, 6)
    } else {
      f.reproduction = { is: 'not_confirmed', run: about.run, note: result.note }
      if (before === 'fail') f.finding.severity = 'non_blocking'
      else f.decision = { is: 'dismissed', by: 'confirmation', reason: `A second, fresh run exercised ${assertion} on the same commit, and it holds${result.note ? `: ${result.note}` : '.'}` }
    }
  }
}
