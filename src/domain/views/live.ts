import { elapsedMs } from '../instant.ts'
import type { FeatureId, Instant } from '../id.ts'
import type { FeatureState, Mission, Phase, Run } from '../mission.ts'
import { doing } from './board.ts'
import { capUsd, runs, sinceApproval_ms, spentUsd, tokens } from './figures.ts'
import { missionName, pullOf } from './names.ts'
import { plain } from './plain.ts'
import { phaseWords } from './status.ts'
import { waitingFor } from './waiting.ts'
import { meaning } from './ways-out.ts'

/** What a terminal or a page shows of a mission at one moment: plain data, no Markdown. */
export interface LiveView {
  mission: string
  title: string
  phase: Phase
  /** The phase in words. */
  now: string
  /** Null before there is a plan, and for a plan with one milestone there is only 1 of 1. */
  milestone: { n: number; of: number; title: string } | null
  held: string | null
  waiting: { who: string; what: string; act: string } | null
  features: {
    id: FeatureId
    title: string
    milestone: string
    status: FeatureState['status']
    doing: string
    fix: boolean
    on: FeatureId | null
    pull: number | null
    proved: number
    checks: number
  }[]
  running: { role: Run['role']; task: string; feature: FeatureId | null; milestone: string | null; elapsed_ms: number }[]
  checks: { proved: number; failed: number; waived: number; all: number }
  findings: { open: number; fixed: number; dismissed: number }
  tokens: { input: number; cache_write: number; cache_read: number; output: number; all: number }
  spent_usd: number
  cap_usd: number
  elapsed_ms: number
  since_approval_ms: number | null
}

export function liveView(m: Mission, now: Instant): LiveView {
  const waiting = waitingFor(m)
  const hold = m.holds.at(-1)
  const held = hold ? meaning(m, hold.reason) : null
  const results = (m.contract?.assertions ?? []).map((a) => m.assertions[a.id]?.result ?? 'untested')
  const milestone = m.plan?.milestones[Math.min(m.milestone, m.plan.milestones.length - 1)]
  return {
    mission: missionName(m),
    title: m.understanding?.title ?? m.request.issue.title,
    phase: m.phase,
    now: phaseWords(m),
    milestone: m.plan && milestone ? { n: m.plan.milestones.indexOf(milestone) + 1, of: m.plan.milestones.length, title: milestone.title } : null,
    held: held ? plain(`${held.urgency}: ${held.headline}`) : null,
    waiting: waiting ? { who: plain(waiting.who), what: plain(waiting.what), act: plain(waiting.act) } : null,
    features: m.features.map((f) => ({
      id: f.feature.id,
      title: f.feature.title,
      milestone: f.feature.milestone,
      status: f.status,
      doing: plain(doing(m, f)),
      fix: f.feature.fixes.length > 0,
      on: f.on,
      pull: pullOf(m, f),
      proved: f.feature.covers.filter((id) => m.assertions[id]?.result === 'pass').length,
      checks: f.feature.covers.length,
    })),
    running: running(m).map((r) => ({ role: r.role, task: r.task, feature: r.feature, milestone: r.milestone, elapsed_ms: elapsedMs(r.started_at, now) })),
    checks: { proved: count(results, 'pass'), failed: count(results, 'fail') + count(results, 'blocked'), waived: count(results, 'waived'), all: results.length },
    findings: {
      open: m.findings.filter((f) => f.decision.is === 'open').length,
      fixed: m.findings.filter((f) => f.decision.is === 'fix').length,
      dismissed: m.findings.filter((f) => f.decision.is === 'dismissed').length,
    },
    tokens: tokens(m),
    spent_usd: spentUsd(m),
    cap_usd: capUsd(m),
    elapsed_ms: elapsedMs(m.requested_at, m.ended_at ?? now),
    since_approval_ms: m.approval ? sinceApproval_ms(m, now) : null,
  }
}

/** A held mission's runs wait in the outbox: they are not running. */
function running(m: Mission): Run[] {
  return m.holds.length > 0 ? [] : runs(m).filter((r) => r.ended_at === null && m.pending.some((e) => e.id === r.id))
}

function count(results: readonly string[], which: string): number {
  return results.filter((result) => result === which).length
}
