import { elapsedMs, timeOfDay } from '../instant.ts'
import type { Mission } from '../mission.ts'
import { board } from './board.ts'
import { inline, person } from './escape.ts'
import { capUsd, dollars, duration, list, minutesLeft, original, plural, proof, settled, sinceApproval_ms, spentUsd } from './figures.ts'
import { missionName, planHash4, pullOf } from './names.ts'
import { bullets, dotted, page } from './page.ts'
import { awaitingReview, waitingFor } from './waiting.ts'
import { meaning } from './ways-out.ts'

/** The one living comment on the labelled issue: the first thing the app says there, edited ever after. Mentions nobody. */
export function statusComment(m: Mission): string {
  const planning = m.approval === null && m.phase !== 'stopped'
  return page(`### ${headline(m)}`, planning ? planningText(m) : progressText(m), footer(m))
}

/** Where the mission stands, in one line without punctuation at its end. */
export function headline(m: Mission): string {
  const hold = m.holds.at(-1)
  if (hold) {
    const { urgency, headline: what } = meaning(m, hold.reason)
    return `${missionName(m)}: ${urgency.toLowerCase()}: ${what}`
  }
  return `${missionName(m)}: ${phaseWords(m)}`
}

/** Who is waited for, and for what. */
export function nextAct(m: Mission): string {
  const waiting = waitingFor(m)
  if (waiting) return `**Waiting for ${inline(waiting.who, 200)}:** ${waiting.act}`
  if (m.phase === 'done' || m.phase === 'stopped') return 'Nothing is waited for.'
  return 'Waiting for nobody.'
}

export function phaseWords(m: Mission): string {
  const count = m.plan?.milestones.length ?? 0
  const milestone = count > 1 ? ` milestone ${Math.min(m.milestone + 1, count)} of ${count}` : ''
  switch (m.phase) {
    case 'clarifying':
      return waitingFor(m) ? 'a few questions' : 'reading your request'
    case 'contracting':
      return 'writing down what will be proved'
    case 'decomposing':
      return 'planning'
    case 'publishing':
      return 'publishing the plan'
    case 'awaiting_approval': {
      const hash = planHash4(m)
      return hash ? `plan ${hash} awaits approval` : 'the plan awaits approval'
    }
    case 'building':
      return `building${milestone}`
    case 'validating':
      return `testing${milestone || ' the whole'}`
    case 'triaging':
      return `deciding about findings${milestone ? `,${milestone}` : ''}`
    case 'verifying':
      return 'proving the whole once more'
    case 'delivering':
      return m.delivery.checked ? 'ready to merge' : 'opening the pull request'
    case 'done':
      return m.outcome === 'validated' ? 'merged, every check settled' : 'merged before validation had passed'
    case 'stopped':
      return 'cancelled'
  }
}

function planningText(m: Mission): string {
  const parts = [understood(m), holdText(m)]
  const safe = `No code is touched before you approve. Planning may cost up to ${dollars(m.limits.planning_usd)}; ${dollars(spentUsd(m))} so far.`
  if (m.holds.length === 0) parts.push(`${safe}\n**Next:** ${nextInPlanning(m)}`)
  else parts.push(safe)
  return parts.filter((part) => part !== null).join('\n\n')
}

function understood(m: Mission): string | null {
  const u = m.understanding
  if (!u) return `I am reading *${inline(m.request.issue.title, 200)}* and the code around it.`
  const not = u.not_planned.length > 0 ? ` Not planned: ${u.not_planned.map((x) => inline(x, 120)).join(', ')}.` : ''
  const correct = m.phase === 'clarifying' ? ' Wrong? Just reply.' : ''
  return `I understood: ${u.understood.map((x) => `*${inline(x, 140)}*`).join(', ')}.${not}${correct}`
}

function nextInPlanning(m: Mission): string {
  const waiting = waitingFor(m)
  if (waiting) return `${person(waiting.who)}: ${waiting.act} (${waiting.what}). Waiting costs nothing.`
  switch (m.phase) {
    case 'clarifying':
      return m.clarify_rounds.length === 0 ? 'questions or a plan in about 20 minutes.' : 'a plan, or one more round of questions.'
    default:
      return 'a plan to approve, in about 15 minutes.'
  }
}

function progressText(m: Mission): string {
  const all = original(m)
  const { proved, waived, all: checks } = proof(m)
  const left = m.phase === 'done' || m.phase === 'stopped' || m.holds.length > 0 || waitingFor(m) ? null : minutesLeft(m)
  const figures = dotted(
    `${all.filter((f) => f.status === 'merged').length} of ${plural(all.length, 'feature')}`,
    `${proved} of ${plural(checks, 'check')} proved${waived > 0 ? `, ${waived} waived` : ''}`,
    `${dollars(spentUsd(m))} of ${dollars(capUsd(m))}`,
    `${duration(sinceApproval_ms(m, m.last_event_at))}${left === null ? '' : `, about ${left} to go`}`,
  )
  return [m.features.length > 0 ? figures : null, holdText(m) ?? `${nextAct(m)}${ended(m)}`, m.features.length > 0 ? board(m) : null, since(m)].filter((part) => part !== null && part !== '').join('\n\n')
}

function ended(m: Mission): string {
  if (m.phase === 'stopped') return ' The branches are kept; label the issue again to start anew.'
  return ''
}

function holdText(m: Mission): string | null {
  const hold = m.holds.at(-1)
  if (!hold) return null
  const { what, ways } = meaning(m, hold.reason)
  return `${what}\n\n**Leads out:**\n${bullets(ways.map((way) => `${way.act}: ${way.does}`))}`
}

/** What a person could do meanwhile, and what was decided without him. */
function since(m: Mission): string {
  if (m.phase === 'done' || m.phase === 'stopped') return ''
  const open = awaitingReview(m)
  const reviewable = open.length > 0 ? `You could review now: ${list(open.map((f) => `#${pullOf(m, f)}`))}.` : null
  const dismissed = m.findings.filter((f) => f.decision.is === 'dismissed')
  const last = dismissed.at(-1)
  const why = last?.decision.is === 'dismissed' ? `${plural(dismissed.length, 'finding')} dismissed; the last: ${inline(last.decision.reason, 200)}` : null
  const fixing = m.features.filter((f) => f.feature.fixes.length > 0 && !settled(f)).length
  return [reviewable, fixing > 0 ? `${plural(fixing, 'fix', 'fixes')} under way.` : null, why ? `${why}${/[.!?…]$/.test(why) ? '' : '.'}` : null].filter((x) => x !== null).join(' ')
}

function footer(m: Mission): string {
  const over = m.phase === 'done' || m.phase === 'stopped'
  const hidden = m.request.hidden_passages
  const age = elapsedMs(m.requested_at, m.last_event_at)
  return `<sub>${dotted(
    m.tracking_issue === null ? null : `Plan and progress: #${m.tracking_issue}`,
    m.delivery.pull === null ? null : `Pull request: #${m.delivery.pull}`,
    `owner ${person(m.request.by)}`,
    `trust ${m.policy.trust}`,
    hidden > 0 ? `${plural(hidden, 'hidden passage')} of the issue ignored` : null,
    over ? null : 'pause: remove the label',
    over ? null : 'stop: <code>/cancel</code>',
    age < 86_400_000 ? timeOfDay(m.last_event_at) : `${m.last_event_at.slice(0, 10)} ${timeOfDay(m.last_event_at)}`,
  )}</sub>`
}
