import { elapsedMs, timeOfDay } from '../instant.ts'
import type { Mission } from '../mission.ts'
import { Role } from '../role.ts'
import { board } from './board.ts'
import { inline, person } from './escape.ts'
import { capUsd, dollars, duration, list, minutesLeft, original, plural, proof, settled, sinceApproval_ms, spentUsd } from './figures.ts'
import { compareUrl, missionName, planHash4, pullOf } from './names.ts'
import { dotted, page } from './page.ts'
import { picturesFact, picturesMissing } from './pictures.ts'
import { planSize } from './plan-line.ts'
import { awaitingReview, waitingFor } from './waiting.ts'
import { meaning } from './ways-out.ts'

/** The one living comment on the labelled issue: the first thing the app says there, edited ever after. Mentions nobody. */
export function statusComment(m: Mission): string {
  const planning = m.approval === null && m.phase !== 'stopped'
  return page(`### ${missionName(m)}: ${headline(m)}`, planning ? planningText(m) : progressText(m), footer(m))
}

/** Where the mission stands, in a few words, to be put behind its name. */
export function headline(m: Mission): string {
  const hold = m.holds.at(-1)
  return hold ? `paused, ${meaning(m, hold.reason).headline}` : phaseWords(m)
}

/** Who is waited for, and for what. */
export function nextAct(m: Mission): string {
  const waiting = waitingFor(m)
  const hold = m.holds.at(-1)
  const act = hold
    ? meaning(m, hold.reason)
        .ways.map((way) => way.act)
        .join(' · ')
    : waiting?.act
  if (waiting) return `**Waiting for ${inline(waiting.who, 200)}:** ${act}${m.phase === 'awaiting_approval' && m.holds.length === 0 ? ` (${planSize(m)})` : ''}`
  if (m.phase === 'done') return 'Nothing is left to do.'
  if (m.phase === 'stopped') return 'Nothing runs any more. The branches are kept; set the label `mission` again to start anew.'
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
    case 'dry_running':
      return 'trying the plan on your code'
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
      if (m.pending.some((e) => e.type === 'CommitKnowledge' || (e.type === 'StartRun' && e.task.task === 'curate'))) return `sorting what was learned${milestone ? `,${milestone}` : ''}`
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
  const parts = [understood(m), picturesMissing(m), holdText(m)]
  const spent = spentUsd(m)
  const safe = `No code is touched before you approve. Planning may cost up to ${dollars(m.limits.planning_usd)}${spent > 0 ? `, ${dollars(spent)} so far` : ''}.`
  if (m.holds.length === 0) parts.push(`${safe}\n**Next:** ${nextInPlanning(m)}`)
  else parts.push(safe, nextAct(m))
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
  if (waiting && m.phase === 'clarifying') return `${person(waiting.who)} answers ${plural(m.clarify_rounds.at(-1)?.questions.length ?? 0, 'question')} here. Waiting costs nothing.`
  if (waiting) return `${person(waiting.who)} reads ${m.tracking_issue === null ? 'the plan' : `#${m.tracking_issue}`} (${planSize(m)}) and comments ${waiting.act}. Waiting costs nothing.`
  if (m.phase !== 'clarifying') return 'a plan to approve, in about 15 minutes.'
  return m.clarify_rounds.length === 0 ? 'questions or a plan in about 20 minutes.' : 'a plan, or one more round of questions.'
}

function progressText(m: Mission): string {
  if (m.features.length === 0) return nextAct(m)
  return [`${figures(m)}\n${nextAct(m)}`, holdText(m), board(m), since(m)].filter((part) => part !== null && part !== '').join('\n\n')
}

/** `3 of 5 features done · 9 of 12 checks proved · $3.10 of $10 · 41 min, about 30 to go` */
export function figures(m: Mission): string {
  const all = original(m)
  const { proved, waived, all: checks } = proof(m)
  const ended = m.phase === 'done' || m.phase === 'stopped'
  const left = ended || m.holds.length > 0 || waitingFor(m) ? null : minutesLeft(m)
  return dotted(
    `${all.filter((f) => f.status === 'merged').length} of ${plural(all.length, 'feature')} done`,
    `${proved} of ${plural(checks, 'check')} proved${waived > 0 ? `, ${waived} waived` : ''}`,
    `${dollars(spentUsd(m))} of ${dollars(capUsd(m))}`,
    `${duration(sinceApproval_ms(m, m.last_event_at))}${left === null ? '' : `, about ${left} to go`}`,
  )
}

/** Holds that a person made himself have no halt comment: what they mean stands here. */
function holdText(m: Mission): string | null {
  const hold = m.holds.at(-1)
  return hold ? meaning(m, hold.reason).what : null
}

/** What a person could do meanwhile, and what was decided without him. */
function since(m: Mission): string {
  if (m.phase === 'done' || m.phase === 'stopped') return ''
  const open = waitingFor(m) ? [] : awaitingReview(m)
  const reviewable = open.length > 0 ? `You could review now: ${list(open.map((f) => `#${pullOf(m, f)}`))}.` : null
  const dismissed = m.findings.filter((f) => f.decision.is === 'dismissed')
  const last = dismissed.at(-1)
  const why = last?.decision.is === 'dismissed' ? `${plural(dismissed.length, 'finding')} dismissed${dismissed.length === 1 ? '' : ', the last'}: “${inline(last.decision.reason, 200)}”` : null
  const fixing = m.features.filter((f) => f.feature.fixes.length > 0 && !settled(f)).length
  return [reviewable, fixing > 0 ? `${plural(fixing, 'fix', 'fixes')} under way.` : null, why].filter((x) => x !== null).join(' ')
}

function footer(m: Mission): string {
  const over = m.phase === 'done' || m.phase === 'stopped'
  const hidden = m.request.hidden_passages
  const age = elapsedMs(m.requested_at, m.last_event_at)
  return `<sub>${dotted(
    m.tracking_issue === null ? null : `Plan and progress: #${m.tracking_issue}`,
    m.delivery.pull === null ? soFar(m) : `Pull request: #${m.delivery.pull}`,
    `owner ${person(m.request.by)}`,
    `trust ${m.policy.trust}`,
    ...chosenModels(m),
    picturesFact(m),
    hidden > 0 ? `${plural(hidden, 'hidden passage')} of the issue ignored` : null,
    over ? null : 'pause: remove the label',
    over ? null : 'stop: <code>/cancel</code>',
    age < 86_400_000 ? timeOfDay(m.last_event_at) : `${m.last_event_at.slice(0, 10)} ${timeOfDay(m.last_event_at)}`,
  )}</sub>`
}

/** What people changed by /model. */
function chosenModels(m: Mission): string[] {
  return Role.options.flatMap((role) => {
    const chosen = m.models[role]
    if (!chosen) return []
    const what = [chosen.model === null ? null : inline(chosen.model, 100), chosen.effort === null ? null : `${chosen.effort} effort`].filter((x) => x !== null).join(', ')
    return [`${role} with ${what}, by ${person(chosen.by)}`]
  })
}

/** Until the mission's pull request is opened, all that was merged can be read as one comparison. */
function soFar(m: Mission): string | null {
  const url = compareUrl(m)
  return url && m.features.some((f) => f.status === 'merged') ? `All changes so far: [compare](${url})` : null
}
