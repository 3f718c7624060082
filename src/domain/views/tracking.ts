import { riskOf } from '../gate.ts'
import type { Feature, Plan, Procedures } from '../feature.ts'
import type { Mission } from '../mission.ts'
import type { Quote } from '../quote.ts'
import { isProtectedPath } from '../plan.ts'
import { isManifest } from '../skeleton.ts'
import { board } from './board.ts'
import { boundaries, briefFold, decisionsFold, notesFold, settingsTrouble } from './brief.ts'
import { decision } from './decision.ts'
import { knowledgeFold } from './knowledge.ts'
import { contractFold } from './contract.ts'
import { costsFold, runsFold } from './costs.ts'
import { baselineFold, dryRunTable } from './dry-run.ts'
import { code, inline, person, prose } from './escape.ts'
import { dollars, dollarSpan, original, plural, quoteOf, span } from './figures.ts'
import { planInOneLine } from './plan-line.ts'
import { missionName, missionTitle, placeOf, planHash4, sha7 } from './names.ts'
import { bullets, dotted, numbered, page, table, type Fold } from './page.ts'
import { figures, headline, nextAct } from './status.ts'

/** The app's own issue of a mission: the plan to approve, later the plan that was approved and how far it is. Mentions nobody. */
export function trackingIssue(m: Mission): { title: string; body: string } {
  const title = `${missionName(m)}: ${missionTitle(m)}`
  if (!m.plan || !m.contract) return { title, body: page(`### ${capital(headline(m))}`, origin(m)) }
  const approved = m.approval !== null
  return {
    title,
    body: page(
      `### ${question(m)}`,
      approved ? progress(m) : null,
      settingsTrouble(m),
      youGet(m),
      youDontGet(m),
      assumed(m),
      touches(m),
      boundaries(m),
      approved ? null : dryRunTable(m),
      revisions(m),
      approved ? null : choices(m),
      briefFold(m),
      contractFold(m),
      baselineFold(m),
      decisionsFold(m),
      featuresFold(m, m.plan),
      proceduresFold(m.plan.procedures, m.plan.procedures_from),
      notesFold(m),
      findingsFold(m),
      knowledgeFold(m),
      approved || m.outcome !== null ? costsFold(m) : null,
      approved || m.outcome !== null ? runsFold(m) : null,
      limitsFold(m),
      origin(m),
    ),
  }
}

function question(m: Mission): string {
  if (!m.approval) {
    if (m.phase === 'stopped') return 'Cancelled before the plan was approved'
    return m.phase === 'awaiting_approval' || m.phase === 'publishing' ? `Approve? ${capital(planInOneLine(m))}` : 'A new plan is being written'
  }
  return capital(headline(m))
}

function progress(m: Mission): string {
  const by = m.approval ? `Plan ${m.approval.plan_hash.slice(0, 4)}, approved by ${person(m.approval.by)}` : null
  return `${dotted(figures(m), by)}\n${nextAct(m)}\n\n${board(m)}`
}

function youGet(m: Mission): string {
  const items = original(m).map(({ feature: f }) => {
    const checks = f.covers.length > 0 ? ` (${plural(f.covers.length, 'check')})` : ''
    return `**${inline(f.title, 100)}**${checks}${f.expected.trim() ? `  \n${inline(firstSentence(f.expected), 240)}` : ''}`
  })
  return `**You get**\n\n${numbered(items)
    .replaceAll('\n', '\n   ')
    .replaceAll(/\n {3}(\d+\. )/g, '\n$1')}`
}

function youDontGet(m: Mission): string {
  const not = m.understanding?.not_planned ?? []
  const stays = m.contract?.assertions.filter((a) => a.regression) ?? []
  const same = stays.slice(0, 4).map((a) => `*${inline(a.title, 100)}* (${a.id} proves it)`)
  const parts = [
    not.length > 0 ? `**You don't get** ${not.map((x) => inline(x, 160)).join(', ')}` : null,
    same.length > 0 ? `**Stays as it is** ${same.join(', ')}${stays.length > 4 ? ` and ${stays.length - 4} more` : ''}` : null,
  ]
  return parts.filter((part) => part !== null).join('\n')
}

/** What matters comes first, in bold, so that nobody approves it unread. */
function assumed(m: Mission): string {
  const all = (m.understanding?.assumptions ?? []).map((a, i) => ({ ...a, name: `A${i + 1}` })).toSorted((a, b) => Number(b.matters) - Number(a.matters))
  if (all.length === 0) return ''
  return `**I assumed**\n\n${bullets(all.map((a) => (a.matters ? `**${a.name}, matters:** ${inline(a.text, 400)}` : `${a.name} ${inline(a.text, 400)}`)))}`
}

function touches(m: Mission): string {
  const paths = [...new Set(original(m).flatMap((f) => f.feature.touches))]
  const shown = paths.slice(0, 8).map((path) => code(path, 80))
  const guarded = paths.filter(isProtectedPath)
  const manifests = [...new Set([...(m.plan?.manifests ?? []), ...paths.filter(isManifest)])]
  return `**Touches** ${dotted(
    `${shown.join(', ') || 'nothing named'}${paths.length > 8 ? ` and ${paths.length - 8} more` : ''}`,
    `protected paths ${guarded.length > 0 ? guarded.map((path) => code(path, 80)).join(', ') : 'none'}`,
    `dependency files ${manifests.length > 0 ? manifests.map((path) => code(path, 80)).join(', ') : 'none'}`,
    risk(m),
  )}`
}

function risk(m: Mission): string {
  const careful = original(m).filter((f) => riskOf(m, f) !== 'low')
  if (careful.length === 0) return 'risk low: features merge when reviewed and green, you merge the whole'
  const names = careful.map((f) => `${f.feature.id} ${riskOf(m, f)}`).join(', ')
  return m.policy.trust === 'scoped-autonomy'
    ? `risk ${names}: merges when reviewed and green, as the policy says; you merge the whole`
    : `risk ${names}: a person approves ${careful.length === 1 ? 'it' : 'each'}; the rest merges when reviewed and green`
}

function revisions(m: Mission): string {
  const last = m.revisions.at(-1)
  return last ? `**Since the last plan** ${person(last.by)} asked: “${inline(last.text, 400)}”` : ''
}

function choices(m: Mission): string {
  if (m.phase !== 'awaiting_approval' && m.phase !== 'publishing') return ''
  const hash = planHash4(m)
  const more = Math.ceil(((m.cap_wish_usd ?? quoteOf(m)?.usd.to ?? 10) * 1.2) / 5) * 5
  const approve = `/approve-plan${hash ? ` ${hash}` : ''}`
  // A block of its own has GitHub's copy button.
  return `**To approve, comment**\n\`\`\`\n${approve}\n\`\`\`\n${dotted(`With another limit \`${approve} --cap ${more}\``, 'another plan `/revise-plan …`', 'stop `/cancel`', `here or on #${m.request.issue.number}`, 'waiting costs nothing')}`
}

function featuresFold(m: Mission, plan: Plan): Fold {
  const room = Math.min(1200, Math.floor(14_000 / Math.max(1, plan.features.length)))
  return {
    summary: `<b>The plan: ${plural(plan.features.length, 'feature')}, in order</b>`,
    blocks: plan.milestones.flatMap((milestone, i) => [
      `**Milestone ${i + 1}, ${inline(milestone.title, 100)}.** ${inline(milestone.goal, 400)}`,
      ...m.features.filter((f) => f.feature.milestone === milestone.id && f.feature.fixes.length === 0).map((f) => planned(m, f.feature, room)),
    ]),
  }
}

function planned(m: Mission, f: Feature, room: number): string {
  const issue = m.features.find((x) => x.feature.id === f.id)?.issue
  const facts = dotted(
    `risk ${f.risk}`,
    f.after.length > 0 ? `after ${f.after.join(', ')}` : 'can start at once',
    f.covers.length > 0 ? `proves ${f.covers.join(', ')}` : 'proves nothing of its own',
    f.touches.length > 0
      ? `touches ${f.touches
          .slice(0, 6)
          .map((path) => code(path, 80))
          .join(', ')}`
      : null,
  )
  return `- **${f.id}** ${inline(f.title, 100)}${issue ? ` (#${issue})` : ''}  \n  ${inline(f.brief, room)}  \n  ${facts}`
}

function proceduresFold(p: Procedures, from: string): Fold {
  const rows = (['install', 'build', 'test', 'lint', 'types', 'start'] as const)
    .filter((name) => name !== 'build' || p.build !== null)
    .map((name) => [name, p[name] === null ? 'none' : code(p[name], 400)])
  const env = Object.entries(p.env).map(([name, value]) => code(`${name}=${value}`, 160))
  return {
    summary: `<b>Procedures</b>: how it is installed, tested and started${from.trim() ? `, from ${inline(from, 160)}` : ''}`,
    blocks: [
      table(
        ['Procedure', 'Command or value'],
        [
          ...rows,
          ['port', p.port === null ? 'none' : String(p.port)],
          ['health', p.health === null ? 'none' : code(p.health)],
          ...(env.length > 0 ? [['environment', env.join(' ')]] : []),
          ...p.scanners.map((command) => ['scanner', code(command, 400)]),
          ...p.services.map((service) => [`service ${service.name}`, serviceLine(service)]),
          ...(p.entry_points.length > 0 ? [['commands users run', p.entry_points.map((argv) => code(argv.join(' '), 160)).join(', ')]] : []),
        ],
      ),
    ],
  }
}

function serviceLine(s: Procedures['services'][number]): string {
  const ready = s.health === null ? null : `ready when ${code(s.health, 200)} succeeds`
  return dotted(code(s.start, 400), s.port === null ? null : `port ${s.port}`, ready, s.stop === null ? null : `ended by ${code(s.stop, 200)}`)
}

/** Every finding and what became of it; none disappears. */
function findingsFold(m: Mission): Fold | null {
  if (m.findings.length === 0) return null
  const open = m.findings.filter((f) => f.decision.is === 'open').length
  return {
    summary: `<b>${plural(m.findings.length, 'finding')}</b>${open > 0 ? `, ${open} open` : ', all decided'}`,
    blocks: m.findings.map((f) => {
      const place = placeOf(m, f.finding, null)
      const head = dotted(`**${f.finding.severity.replace('_', '-')}**`, f.validator, f.finding.assertion ?? null, place, code(f.id))
      return `- ${head}  \n  ${inline(f.finding.what, 400)}  \n  ${decision(m, f.decision)}`
    }),
  }
}

function limitsFold(m: Mission): Fold {
  const quote = quoteOf(m)
  const l = m.limits
  return {
    summary: '<b>Quote, limits and what the approval covers</b>',
    blocks: [
      quote ? quoteText(quote, m) : '',
      quote ? basisTable(quote) : '',
      `**Limits** ${dotted(`${plural(l.attempts_per_feature, 'try', 'tries')} a feature`, `${l.rounds_per_feature} review rounds a feature`, `${l.rounds_per_milestone} validation rounds a milestone`, `${l.delivery_rounds} rounds at the end`, `${plural(l.parallel_workers, 'worker')} at once`)}. Whatever runs out stops the mission and asks you.`,
      `**Covered by the approval** the request as it was labelled, contract, plan, procedures, limits, trust ${m.policy.trust}${m.base_sha ? `, starting from ${sha7(m.base_sha)}` : ''}. ${m.published ? `Hash of all that: ${code(m.published.plan_hash)}` : ''}`.trimEnd(),
    ],
  }
}

function quoteText(quote: Quote, m: Mission): string {
  return `**Quote** ${span(quote.runs)} agent runs after the approval, ${span(quote.minutes)} minutes, ${dollarSpan(quote.usd)}, with up to ${dollars(m.limits.planning_usd)} of planning in the upper end. Until this installation has a history of its own, these come from published prices and typical run lengths:`
}

/** The first figure: everything is right at once. The second: every other feature needs a fix, and milestones and the whole are validated twice. */
function basisTable(quote: Quote): string {
  return table(
    ['Runs that', 'How many:', 'Turns each:'],
    quote.basis.map(({ work, runs, turns }) => [workNames[work], span(runs), span(turns)]),
  )
}

const workNames: Record<Quote['basis'][number]['work'], string> = {
  build: 'build features and fixes',
  review: 'review them',
  confirm: 'look a second time at what a review found',
  exercise: 'try the product, by milestone and before delivery',
  synthesise: 'read each milestone as a whole',
  again: 'try a second time what did not pass',
  triage: 'decide about findings',
  curate: 'sort what was learned',
}

function origin(m: Mission): string {
  return `<sub>For #${m.request.issue.number}, labelled by ${person(m.request.by)}. ${goal(m)}</sub>`
}

function goal(m: Mission): string {
  return m.understanding ? prose(m.understanding.goal, 300).replaceAll('\n', ' ') : ''
}

function firstSentence(text: string): string {
  return /^[^]*?[.!?](?=\s|$)/.exec(text.slice(0, 400))?.[0] ?? text
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
