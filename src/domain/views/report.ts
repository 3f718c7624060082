import { riskOf } from '../gate.ts'
import type { FeatureState, Mission } from '../mission.ts'
import { code, inline, person } from './escape.ts'
import { costsFold, runsFold } from './costs.ts'
import { dollars, dollarSpan, duration, many, original, percent, plural, proof, quoteOf, runs, sinceApproval_ms, span, spentUsd, tokens } from './figures.ts'
import { knowledgeFold, learnedText } from './knowledge.ts'
import { byWhom, missionName, missionTitle, placeOf, pullOf, sha7 } from './names.ts'
import { bullets, dotted, numbered, page, table, type Fold } from './page.ts'
import { contractFold, resultOf } from './contract.ts'

/** The mission's pull request into the default branch. */
export function report(m: Mission): { title: string; body: string } {
  return {
    title: `${missionName(m)}: ${missionTitle(m)}`,
    body: page(
      `### ${verdictLine(m)}`,
      reviewGuide(m),
      notProved(m),
      documentationText(m),
      learnedText(m),
      next(m),
      figuresLine(m),
      contractFold(m),
      featuresFold(m),
      knowledgeFold(m),
      costsFold(m),
      runsFold(m),
      `<sub>${dotted(`Closes #${m.request.issue.number}`, m.tracking_issue === null ? null : `plan and findings: #${m.tracking_issue}`, `asked for by ${person(m.request.by)}`)}</sub>`,
    ),
  }
}

/** `Ready to merge: 12 of 12 proved on 9f3c123 · waived: none` */
export function verdictLine(m: Mission): string {
  const { proved, all } = proof(m)
  const sha = m.delivery.passed ?? m.delivery.reported
  const ready =
    m.phase === 'done'
      ? m.outcome === 'validated'
        ? 'Merged'
        : 'Merged before validation had passed'
      : m.delivery.passed && m.delivery.passed === m.integration?.head
        ? 'Ready to merge'
        : 'Not ready yet'
  const waivers = (m.contract?.assertions ?? []).filter((a) => m.assertions[a.id]?.result === 'waived').map((a) => a.id)
  return `${ready}: ${proved} of ${all} proved${sha ? ` on ${sha7(sha)}` : ''} · waived: ${waivers.length === 0 ? 'none' : waivers.join(', ')}`
}

function next(m: Mission): string {
  if (m.phase === 'done' || m.phase === 'stopped') return ''
  return m.phase === 'delivering'
    ? '**Next** merge it, or request changes: a worker takes them up and everything is proved again.'
    : '**Next** wait: it is being worked on once more, and this text will say when it is ready.'
}

/** Where a person's minutes are best spent: what was hard comes first. */
function reviewGuide(m: Mission): string {
  const built = original(m).filter((f) => f.status === 'merged')
  const ordered = built.toSorted((a, b) => weight(m, b) - weight(m, a))
  const minutes = built.reduce((sum, f) => sum + reviewMinutes[riskOf(m, f)], 2)
  return `**Review in about ${minutes} min**\n\n${numbered(ordered.slice(0, 12).map((f, i) => guideLine(m, f, i === 0)))}`
}

/** A first guess until line counts are known: minutes to read a feature, by its risk. */
const reviewMinutes = { low: 3, medium: 5, high: 8 } as const

function weight(m: Mission, f: FeatureState): number {
  return fixesOf(m, f).length * 10 + f.rounds * 2 + { low: 0, medium: 4, high: 8 }[riskOf(m, f)]
}

function guideLine(m: Mission, f: FeatureState, first: boolean): string {
  const fixes = fixesOf(m, f)
  const places = fixes.flatMap((x) => x.feature.fixes).flatMap((id) => m.findings.filter((found) => found.id === id))
  const where = [...new Set(places.map((x) => placeOf(m, x.finding, m.delivery.passed ?? m.integration?.head ?? null)).filter((x) => x !== null))].slice(0, 3)
  const files =
    where.length > 0
      ? where.join(', ')
      : f.feature.touches
          .slice(0, 3)
          .map((path) => code(path, 80))
          .join(', ')
  const hard = fixes.length > 0 ? ` (${plural(fixes.length, 'fix', 'fixes')}${first ? ', look here first' : ''})` : ''
  const pull = pullOf(m, f)
  return `${files ? `${files}: ` : ''}${inline(f.feature.title, 100)}${hard}${pull ? ` · #${pull}` : ''}`
}

/** Fixes on its pull request, and fixes of findings about what it covers. */
function fixesOf(m: Mission, f: FeatureState): FeatureState[] {
  const about = new Set(m.findings.filter((x) => x.scope === f.feature.id || (x.finding.assertion !== undefined && f.feature.covers.includes(x.finding.assertion))).map((x) => x.id))
  return m.features.filter((x) => x.feature.fixes.length > 0 && x.status === 'merged' && (x.on === f.feature.id || x.feature.fixes.some((id) => about.has(id))))
}

function notProved(m: Mission): string {
  const items = [
    ...(m.contract?.assertions ?? []).flatMap((a) => {
      const state = m.assertions[a.id]
      return state && state.result !== 'pass'
        ? [
            `**${a.id}** ${inline(a.title, 120)}: ${state.note.startsWith('waived') ? inline(state.note, 260) : `${resultOf(m, a.id).replaceAll('*', '')}${state.note ? `; ${inline(state.note, 240)}` : ''}`}`,
          ]
        : []
    }),
    ...original(m)
      .filter((f) => f.status === 'dropped')
      .map((f) => `${f.feature.id} ${inline(f.feature.title, 100)} was left out: ${inline(f.dropped ?? '', 200)}`),
    ...(m.understanding?.assumptions ?? []).flatMap((a, i) => (a.matters ? [`A${i + 1} was assumed: ${inline(a.text, 240)}`] : [])),
    ...m.findings.flatMap((f) => (f.decision.is === 'dismissed' ? [`“${inline(f.finding.what, 160)}” was dismissed by ${byWhom(f.decision.by)}: “${inline(f.decision.reason, 240)}”`] : [])),
    ...m.features.flatMap((f) => (f.handoff && f.status === 'merged' ? f.handoff.left_undone.map((x) => `${f.feature.id} left undone: ${inline(x, 240)}`) : [])),
  ]
  if (items.length === 0) return '**Not proved** nothing that the contract names.'
  const rest = items.length > 12 ? [`and ${items.length - 12} more, in the findings of #${m.tracking_issue ?? m.request.issue.number}`] : []
  return `**Not proved**\n\n${bullets([...items.slice(0, 12), ...rest])}`
}

/** What was added and stands in no document, and why not; a person may see it otherwise. */
function documentationText(m: Mission): string {
  const open = (m.documentation ?? []).filter((d) => d.is !== 'documented')
  if (open.length === 0) return ''
  return `**Not documented**\n\n${bullets(open.slice(0, 12).map((d) => `${code(d.name)} ${d.is === 'missing' ? 'was found missing' : 'needs no words'}: ${inline(d.why, 240)}`))}`
}

/** Quote and truth side by side. */
export function figuresLine(m: Mission): string {
  const quote = quoteOf(m)
  const used = tokens(m)
  const blocking = m.findings.filter((f) => f.finding.severity === 'blocking').length
  const minutes = sinceApproval_ms(m, m.last_event_at)
  return dotted(
    quote ? `quoted ${dollarSpan(quote.usd)}, cost ${dollars(spentUsd(m))}` : dollars(spentUsd(m)),
    quote ? `quoted ${span(quote.minutes)} min, took ${duration(minutes)}` : duration(minutes),
    `${plural(runs(m).length, 'run')}`,
    m.findings.length > 0 ? `${plural(m.findings.length, 'finding')}, ${blocking} blocking` : 'no findings',
    used.all > 0 ? `${many(used.all)} tokens, ${percent(used.cache_read, used.input + used.cache_write + used.cache_read)} % of input from the cache` : null,
  )
}

function featuresFold(m: Mission): Fold {
  return {
    summary: `<b>Features</b>: ${plural(original(m).length, 'planned', 'planned')}, ${plural(m.features.length - original(m).length, 'fix', 'fixes')}`,
    blocks: [
      table(
        ['Feature', 'Pull request', 'Checks', 'Risk', 'Rounds:', 'State'],
        m.features.map((f) => [
          `${f.on ? '↳ ' : ''}**${f.feature.id}** ${inline(f.feature.title, 80)}`,
          pullOf(m, f) ? `#${pullOf(m, f)}` : '',
          f.feature.covers.join(' '),
          riskOf(m, f),
          f.rounds > 0 ? String(f.rounds) : '',
          f.status === 'dropped' ? `left out: ${inline(f.dropped ?? '', 100)}` : f.status,
        ]),
      ),
    ],
  }
}
