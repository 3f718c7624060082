import type { FeatureId, MilestoneId } from '../id.ts'
import type { FindingState, HoldReason, Mission } from '../mission.ts'
import { code, inline, person } from './escape.ts'
import { capUsd, dollars, list, plural, spentUsd, times } from './figures.ts'
import { featureNamed, milestoneName, pullOf } from './names.ts'

export interface Way {
  /** What a person types or does, as Markdown. */
  act: string
  does: string
}

/** What a hold means to people. The first way is the one most will want. */
export interface Meaning {
  urgency: string
  headline: string
  what: string
  /** A login, or in words somebody whose login the mission does not know. */
  who: string
  called: 'by login' | 'in words' | 'nobody'
  ways: Way[]
}

const cancel: Way = { act: '`/cancel`', does: 'ends the mission; its pull requests are closed, its branches stay' }

/** What happened, who can help, and which acts lead out; each of them is one the protocol knows. */
export function meaning(m: Mission, reason: HoldReason): Meaning {
  const owner = m.request.by
  const notUrgent = 'Paused, needs you, not urgent'
  switch (reason.why) {
    case 'paused':
      return {
        urgency: 'Paused',
        headline: `${person(reason.by)} asked for it`,
        what: 'Agents stop before their next turn. Nothing is lost.',
        who: reason.by,
        called: 'by login',
        ways: [resume('goes on where it stopped'), cancel],
      }
    case 'label_removed':
      return {
        urgency: 'Paused',
        headline: `${person(reason.by)} took the label away`,
        what: 'A mission runs only while its issue has the label.',
        who: reason.by,
        called: 'by login',
        ways: [{ act: 'set the label `mission` again', does: 'goes on where it stopped' }, resume('goes on without the label'), cancel],
      }
    case 'issue_closed':
      return {
        urgency: 'Paused',
        headline: `${person(reason.by)} closed the issue`,
        what: 'A closed issue may mean that the work is no longer wanted.',
        who: reason.by,
        called: 'by login',
        ways: [{ act: 'reopen the issue', does: 'goes on where it stopped' }, cancel],
      }
    case 'access_lost':
      return {
        urgency: 'Paused, needs an owner of the repository',
        headline: 'the app has no access any more',
        what: detail(reason.detail),
        who: `an owner of ${m.request.repository.owner}`,
        called: 'in words',
        ways: [{ act: 'give the app access again, then `/resume`', does: 'goes on where it stopped' }, cancel],
      }
    case 'effect_failed':
      return failedEffect(m, reason)
    case 'model_away':
      return {
        urgency: 'Paused, needs nobody yet',
        headline: 'the model does not answer',
        what: `${detail(reason.detail)} The mission tries again by itself, 15 minutes after the last try.`,
        who: 'the model provider',
        called: 'nobody',
        ways: [resume('tries now'), cancel],
      }
    case 'model_refused_credentials':
      return {
        urgency: 'Paused, needs the operator',
        headline: 'the model refuses the key',
        what: detail(reason.detail),
        who: 'whoever runs the app',
        called: 'in words',
        ways: [{ act: 'set a valid key or add credit, then `/resume`', does: 'goes on where it stopped' }, cancel],
      }
    case 'budget': {
      const cap = capUsd(m)
      return {
        urgency: notUrgent,
        headline: `the next step does not fit into ${dollars(cap)}`,
        what: `${dollars(spentUsd(m))} of ${dollars(cap)} is spent, and what comes next could cost more than is left. ${detail(reason.detail)}`.trim(),
        who: owner,
        called: 'by login',
        ways: [
          { act: `\`/budget ${Math.ceil(cap * 1.5)}\``, does: 'sets a new limit, any amount you like, and goes on' },
          ...(m.phase === 'dry_running' ? [{ act: '`/waive dry-run <reason>`', does: 'shows you the plan without trying the rest of it' }] : []),
          cancel,
        ],
      }
    }
    case 'planning_failed':
      return {
        urgency: notUrgent,
        headline: 'planning got stuck',
        what: `The orchestrator could not ${planningStep[reason.task]}. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [resume('tries once more, afresh'), cancel],
      }
    case 'plan_rejected':
      return {
        urgency: notUrgent,
        headline: 'no sound plan came out',
        what: `The program sent the plan back ${times(m.limits.plan_send_backs)}; what is still wrong with it:\n${reason.problems
          .slice(0, 6)
          .map((p) => `- ${inline(p, 300)}`)
          .join('\n')}`,
        who: owner,
        called: 'by login',
        ways: [resume('lets the orchestrator try again, with these problems in hand'), cancel],
      }
    case 'dry_run_failed':
      return {
        urgency: notUrgent,
        headline: 'the plan does not work on your code',
        what: `The program tried the plan on ${m.base_sha ? code(m.base_sha.slice(0, 7)) : 'the base'} and sent it back ${times(m.limits.plan_send_backs)}; what still does not work:\n${reason.problems
          .slice(0, 6)
          .map((p) => `- ${inline(p, 600)}`)
          .join('\n')}`,
        who: owner,
        called: 'by login',
        ways: [
          { act: '`/revise-plan <how it is installed and started>`', does: 'plans again with your words' },
          resume('tries it once more, afresh; right after you mended something on the machine'),
          { act: '`/waive dry-run <reason>`', does: 'shows you the plan all the same, with this trouble in it' },
          cancel,
        ],
      }
    case 'triage_failed':
      return {
        urgency: notUrgent,
        headline: 'nobody could decide about the findings',
        what: `The orchestrator gave no usable decision. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [resume('asks it again'), ...waiveFindings(m, reason.scope), cancel],
      }
    case 'attempts_used':
      return {
        urgency: notUrgent,
        headline: `${reason.feature} was not built in ${plural(featureNamed(m, reason.feature)?.attempts ?? m.limits.attempts_per_feature, 'try', 'tries')}`,
        what: `${featureTitle(m, reason.feature)} ended without a usable result. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [retry(m, reason.feature), ...pushAndResume(m, reason.feature), leaveOut(m, reason.feature), cancel],
      }
    case 'feature_rounds_used':
      return {
        urgency: notUrgent,
        headline: `${reason.feature} used its last review round`,
        what: `${featureTitle(m, reason.feature)} was reviewed ${times(featureNamed(m, reason.feature)?.rounds ?? m.limits.rounds_per_feature)} and still has ${openOnes(m, reason.feature)}`,
        who: owner,
        called: 'by login',
        ways: [retry(m, reason.feature), ...waiveFindings(m, reason.feature), ...mergeByHand(m, reason.feature), leaveOut(m, reason.feature), cancel],
      }
    case 'review_failed':
      return {
        urgency: notUrgent,
        headline: `${reason.feature} could not be reviewed`,
        what: `Two reviewers of ${featureTitle(m, reason.feature)} ended without a report. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [{ act: `\`/retry ${reason.feature}\``, does: 'sends a fresh reviewer' }, ...mergeByHand(m, reason.feature), leaveOut(m, reason.feature), cancel],
      }
    case 'validation_failed':
      return {
        urgency: notUrgent,
        headline: `${milestoneName(m, reason.milestone)} has no verdict`,
        what: `The validators ended without a report, so nothing is proved either way. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [resume('sends fresh validators'), cancel],
      }
    case 'rounds_used':
      return {
        urgency: notUrgent,
        headline: `${milestoneName(m, reason.milestone)} used its last round`,
        what: failing(m, reason.milestone),
        who: owner,
        called: 'by login',
        ways: [resume('grants one more round'), ...waiveFailing(m, reason.milestone), ...pushToMission(m), cancel],
      }
    case 'checks_timed_out':
      return {
        urgency: notUrgent,
        headline: 'the repository’s checks do not end',
        what: `${reason.feature ? `The checks on ${featureTitle(m, reason.feature)}` : 'The checks on the mission’s pull request'} were awaited for ${Math.round(m.policy.checks_deadline_ms / 60_000)} minutes.`,
        who: owner,
        called: 'by login',
        ways: [{ act: 'see why they hang, then `/resume`', does: 'waits for them once more' }, ...(reason.feature ? mergeByHand(m, reason.feature) : []), cancel],
      }
    case 'merge_forbidden':
      return {
        urgency: notUrgent,
        headline: `${reason.feature} may not be merged by the app`,
        what: `GitHub refuses the merge of ${featureTitle(m, reason.feature)}. ${detail(reason.detail)}`,
        who: owner,
        called: 'by login',
        ways: [...mergeByHand(m, reason.feature), { act: 'change the branch rule, then `/resume`', does: 'lets the app merge it' }, cancel],
      }
    case 'pull_closed':
      return reason.feature === null
        ? {
            urgency: notUrgent,
            headline: `${person(reason.by)} closed the mission’s pull request`,
            what: 'It was closed without a merge. That may mean no, or not yet.',
            who: reason.by,
            called: 'by login',
            ways: [resume('opens it again'), cancel],
          }
        : {
            urgency: notUrgent,
            headline: `${person(reason.by)} closed the pull request of ${reason.feature}`,
            what: `A closed pull request is a rejected feature: ${featureTitle(m, reason.feature)}. Say how it should go on.`,
            who: reason.by,
            called: 'by login',
            ways: [retry(m, reason.feature), leaveOut(m, reason.feature), cancel],
          }
  }
}

const planningStep = { clarify: 'make sense of the request', contract: 'write the contract', decompose: 'write the plan' } as const

function failedEffect(m: Mission, reason: Extract<HoldReason, { why: 'effect_failed' }>): Meaning {
  const again = 'tries the same step again; nothing is done twice'
  const what = detail(reason.detail)
  switch (reason.trouble) {
    case 'github':
      return {
        urgency: 'Paused, needs you',
        headline: 'GitHub refused a step',
        what,
        who: m.request.by,
        called: 'by login',
        ways: [{ act: 'put right what is named above, then `/resume`', does: again }, cancel],
      }
    case 'push_refused':
      return {
        urgency: 'Paused, needs you',
        headline: 'a push was refused',
        what,
        who: m.request.by,
        called: 'by login',
        ways: [{ act: 'put right what is named above, then `/resume`', does: again }, cancel],
      }
    case 'foreign_head':
      return {
        urgency: 'Paused, needs you',
        headline: 'somebody else’s commits are in the way',
        what: `${what} They are left as they are.`,
        who: m.request.by,
        called: 'by login',
        ways: [{ act: 'move or merge those commits, then `/resume`', does: again }, cancel],
      }
    case 'environment':
      return {
        urgency: 'Paused, needs the operator',
        headline: 'the machine cannot do this step',
        what,
        who: 'whoever runs the app',
        called: 'in words',
        ways: [{ act: 'put right what is named above, then `/resume`', does: again }, cancel],
      }
    case 'bug':
      return {
        urgency: 'Paused, needs the operator',
        headline: 'the app contradicts itself',
        what: `${what} Going on could do harm, so this mission stopped; others are not touched.`,
        who: 'whoever runs the app',
        called: 'in words',
        ways: [{ act: 'report it, update the app, then `/resume`', does: again }, cancel],
      }
  }
}

function resume(does: string): Way {
  return { act: '`/resume`', does }
}

function retry(m: Mission, id: FeatureId): Way {
  const f = featureNamed(m, id)
  return { act: `\`/retry ${id} <what to do differently>\``, does: f?.pull || f?.head ? 'one more try, on what is there, with your words' : 'one more try, with your words' }
}

function leaveOut(m: Mission, id: FeatureId): Way {
  const covers = featureNamed(m, id)?.feature.covers ?? []
  return { act: `\`/waive ${id} <reason>\``, does: covers.length > 0 ? `leaves it out, and ${list(covers.slice(0, 4))}${covers.length > 4 ? ' and others' : ''} unproved` : 'leaves it out' }
}

function mergeByHand(m: Mission, id: FeatureId): Way[] {
  const f = featureNamed(m, id)
  const pull = f && pullOf(m, f)
  return pull ? [{ act: `merge #${pull} yourself`, does: 'counts, as it stands' }] : []
}

function pushAndResume(m: Mission, id: FeatureId): Way[] {
  const f = featureNamed(m, id)
  return f?.pull ? [{ act: `push to ${code(f.branch)}, then \`/resume\``, does: 'your commits are what gets reviewed' }] : []
}

function pushToMission(m: Mission): Way[] {
  return m.integration ? [{ act: `push to ${code(m.integration.branch)}, then \`/resume\``, does: 'your commits are what gets tested' }] : []
}

function waiveFindings(m: Mission, scope: string): Way[] {
  const [first, ...more] = openBlocking(m, scope)
  if (!first) return []
  return [{ act: `\`/waive ${first.id} <reason>\``, does: more.length > 0 ? 'dismisses that finding; each of them needs its own' : 'dismisses the finding' }]
}

function waiveFailing(m: Mission, milestone: MilestoneId | null): Way[] {
  const [first, ...more] = failingIds(m, milestone)
  if (!first) return waiveFindings(m, milestone ?? 'final')
  return [{ act: `\`/waive ${first} <reason>\``, does: more.length > 0 ? 'goes on without it; each of them needs its own' : 'goes on without it' }]
}

function openBlocking(m: Mission, scope: string): FindingState[] {
  return m.findings.filter((f) => f.scope === scope && f.decision.is === 'open' && f.finding.severity === 'blocking')
}

function failingIds(m: Mission, milestone: MilestoneId | null): string[] {
  const covered = m.features.filter((f) => milestone === null || f.feature.milestone === milestone).flatMap((f) => f.feature.covers)
  return covered.filter((id) => ['fail', 'blocked'].includes(m.assertions[id]?.result ?? ''))
}

function failing(m: Mission, milestone: MilestoneId | null): string {
  const ids = failingIds(m, milestone)
  const rounds = m.rounds[milestone ?? 'final'] ?? 0
  const lines = ids.slice(0, 6).map((id) => {
    const assertion = m.contract?.assertions.find((a) => a.id === id)
    const state = assertion && m.assertions[assertion.id]
    return `- **${id}** ${inline(assertion?.title ?? '', 120)}: ${inline(state?.note || 'no note', 300)}`
  })
  if (lines.length === 0) return `After ${plural(rounds, 'round')} there is still ${openOnes(m, milestone ?? 'final')}`
  const rest = ids.length > 6 ? `\n- and ${ids.length - 6} more` : ''
  return `After ${plural(rounds, 'round')} ${ids.length === 1 ? 'one check still does' : `${ids.length} checks still do`} not pass:\n${lines.join('\n')}${rest}`
}

function openOnes(m: Mission, scope: string): string {
  const open = openBlocking(m, scope)
  const lines = open.slice(0, 6).map((f) => `- ${inline(f.finding.what, 300)} ${code(f.id)}`)
  return `${plural(open.length, 'blocking finding')}${lines.length > 0 ? `:\n${lines.join('\n')}` : '.'}`
}

function featureTitle(m: Mission, id: FeatureId): string {
  const f = featureNamed(m, id)
  return f ? `${id} *${inline(f.feature.title, 100)}*` : id
}

/** How a run ended, as the program names it, and as people say it. */
const endings: Readonly<Record<string, string>> = {
  turns: 'it ran out of turns',
  tokens: 'it ran out of tokens',
  wall_time: 'it ran out of time',
  dollars: 'it ran out of money',
  refusal: 'the model refused',
  context: 'it outgrew what the model can hold in mind',
  off_schema: 'its answer never had the agreed form',
  no_work: 'it changed nothing',
  push_gate: 'its commits did not pass the push gate',
  claims: 'it claimed what it had not done',
  gates: 'the repository’s own checks stayed red',
  unproven: 'its tests did not prove its work',
  environment: 'the machine could not do it',
}

function detail(text: string): string {
  const [, ending = '', rest = ''] = /^([a-z_]+): ?([^]*)$/.exec(text) ?? []
  const words = Object.hasOwn(endings, ending) ? endings[ending] : undefined
  const said = inline(words === undefined ? text : [words, rest].filter(Boolean).join(': '), 600)
  const whole = `${said.charAt(0).toUpperCase()}${said.slice(1)}`
  return whole && !/[.!?…]$/.test(whole) ? `${whole}.` : whole
}
