import type { Mission, Run } from '../domain/mission.ts'
import { dryRunLine } from '../domain/views/dry-run.ts'
import { proofLine } from '../domain/views/proof.ts'
import { clock, thousands } from '../stage/screen.ts'

/** The story at the end, in about thirty lines. */
export function tell(m: Mission, at: { url: string; wall_ms: number; journal: string; log: string }): string[] {
  const issue = (n: number | null) => (n === null ? '–' : `${at.url}/issues/${n}`)
  const pull = (n: number | null) => (n === null ? '–' : `${at.url}/pull/${n}`)
  const runs = Object.values(m.runs)
  const sum = (of: (u: NonNullable<Run['usage']>) => number) => runs.reduce((all, r) => all + (r.usage ? of(r.usage) : 0), 0)
  const originals = m.features.filter((f) => f.feature.fixes.length === 0)
  const fixes = m.features.filter((f) => f.feature.fixes.length > 0)
  const passed = Object.values(m.assertions).filter((a) => a?.result === 'pass').length
  const rounds = Object.entries(m.rounds).map(([scope, n]) => `${scope} ${n}`)
  const input = sum((u) => u.input_tokens + u.cache_write_tokens + u.cache_read_tokens)
  return [
    `${m.understanding?.title ?? m.request.issue.title}: ${m.outcome === 'validated' ? 'validated and merged' : (m.outcome ?? m.phase)}`,
    '',
    `Request       #${m.request.issue.number}  ${issue(m.request.issue.number)}`,
    `Plan          #${m.tracking_issue ?? '–'}  ${issue(m.tracking_issue)}  approved by @${m.approval?.by ?? '–'}, plan ${m.approval?.plan_hash.slice(0, 4) ?? '–'}`,
    `Tried before  ${dryRunLine(m)}`,
    `Delivered by  #${m.delivery.pull ?? '–'}  ${pull(m.delivery.pull)}`,
    '',
    ...originals.map((f) => `${f.feature.id.padEnd(4)}${f.feature.title.padEnd(44).slice(0, 44)} #${f.pull ?? '–'}  ${f.rounds} ${f.rounds === 1 ? 'review' : 'reviews'}  ${pull(f.pull)}`),
    ...fixes.map((f) => `${f.feature.id.padEnd(4)}${f.feature.title.slice(0, 60)} (${f.on ? `on ${f.on}` : `#${f.pull ?? '–'}`})`),
    '',
    'Proved by running without the feature (red) and with it (green)',
    ...m.features.map((f) => `  ${f.feature.id.padEnd(4)}${f.proof ? proofLine(f.proof) : 'not proved'}`),
    '',
    `Findings      ${m.findings.length === 0 ? 'none' : m.findings.length}`,
    ...m.findings.map(
      (f) =>
        `  ${f.validator}${f.finding.assertion ? ` ${f.finding.assertion}` : ''}${f.finding.place ? ` ${f.finding.place.path}:${f.finding.place.line}` : ''}: ${f.finding.what.split('\n')[0]?.slice(0, 90) ?? ''} → ${outcome(f.decision)}`,
    ),
    '',
    ...knowledge(m),
    '',
    `Assertions    ${passed} of ${Object.keys(m.assertions).length} proved on ${m.delivery.passed?.slice(0, 7) ?? '–'}`,
    `Rounds        ${rounds.join(', ')}`,
    `Runs          ${runs.length}: ${(['orchestrator', 'worker', 'scrutiny', 'user-testing'] as const).map((role) => `${runs.filter((r) => r.role === role).length} ${role}`).join(', ')}`,
    `Tokens        ${thousands(input)} in (${thousands(sum((u) => u.cache_read_tokens))} read from cache, ${thousands(sum((u) => u.cache_write_tokens))} written), ${thousands(sum((u) => u.output_tokens))} out · $${sum((u) => u.cost_usd).toFixed(2)} at list prices`,
    `Wall time     ${clock(at.wall_ms)}`,
    `Journal       ${m.length} events, ${at.journal}`,
    `App log       ${at.log}`,
  ]
}

function knowledge(m: Mission): string[] {
  if (m.knowledge.length === 0) return ['Knowledge     none']
  return [`Knowledge     ${m.knowledge.length} handed in`, ...m.knowledge.map((k) => `  ${k.run.slice(m.key.length + 1)}, ${k.entry.topic}: ${k.entry.text.slice(0, 80)} → ${fate(k.decision)}`)]
}

function fate(decision: Mission['knowledge'][number]['decision']): string {
  switch (decision.is) {
    case 'new':
      return 'nobody looked'
    case 'accepted':
      return decision.committed ? `accepted, in ${decision.committed.slice(0, 7)}` : 'accepted, not on the branch'
    case 'merged':
      return `merged into ${decision.into}`
    case 'joined':
      return `merged into what was known about ${decision.known.topic}`
    case 'rejected':
      return `rejected: ${decision.reason}`
  }
}

function outcome(decision: Mission['findings'][number]['decision']): string {
  switch (decision.is) {
    case 'open':
      return 'open'
    case 'fix':
      return `fixed in ${decision.feature}`
    case 'dismissed':
      return `dismissed: ${decision.reason}`
  }
}
