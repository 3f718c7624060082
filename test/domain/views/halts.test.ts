import { describe, expect, it } from 'vitest'
import { parseCommands } from '../../../src/domain/commands.ts'
import type { HoldReason, Mission } from '../../../src/domain/mission.ts'
import { halt } from '../../../src/domain/views/halt.ts'
import { statusComment } from '../../../src/domain/views/status.ts'
import { waitingFor } from '../../../src/domain/views/waiting.ts'
import { meaning } from '../../../src/domain/views/ways-out.ts'
import { aFinding, aHold, anAssertionState, effect, f, ms, val } from '../../support/builders.ts'
import * as story from './stories.ts'

const trouble = (kind: Extract<HoldReason, { why: 'effect_failed' }>['trouble']): HoldReason => ({
  why: 'effect_failed',
  effect: effect('merge-feature', 'f1', 1),
  trouble: kind,
  detail: 'Required status check "lint" is expected',
})

/** Every reason there is; the compiler asks for the ones that are missing. */
const reasons: { [W in HoldReason['why']]: Extract<HoldReason, { why: W }>[] } = {
  paused: [{ why: 'paused', by: 'mara' }],
  label_removed: [{ why: 'label_removed', by: 'mara' }],
  issue_closed: [{ why: 'issue_closed', by: 'paul' }],
  access_lost: [{ why: 'access_lost', detail: 'The app was suspended.' }],
  effect_failed: [],
  model_away: [{ why: 'model_away', effect: effect('build', 'f1', 'a1'), detail: 'overloaded' }],
  model_refused_credentials: [{ why: 'model_refused_credentials', effect: effect('build', 'f1', 'a1'), detail: '401 invalid x-api-key' }],
  budget: [{ why: 'budget', effect: effect('build', 'f1', 'a1'), detail: '' }],
  planning_failed: [{ why: 'planning_failed', task: 'contract', detail: 'off_schema: assertions: too few' }],
  plan_rejected: [{ why: 'plan_rejected', problems: ['VAL-API-001 is covered by no feature; every assertion needs exactly one.'] }],
  dry_run_failed: [{ why: 'dry_run_failed', problems: ['`node server.js` does not bring the product up on the base. The product was not up after 60 s.'] }],
  triage_failed: [{ why: 'triage_failed', scope: 'f1', detail: 'no decision about review.f1.r1-1' }],
  attempts_used: [{ why: 'attempts_used', feature: f(1), detail: 'turns: 60 turns' }],
  feature_rounds_used: [{ why: 'feature_rounds_used', feature: f(1) }],
  review_failed: [{ why: 'review_failed', feature: f(1), detail: 'context: ' }],
  validation_failed: [{ why: 'validation_failed', milestone: ms(1), detail: 'environment: no browser' }],
  rounds_used: [{ why: 'rounds_used', milestone: ms(1) }],
  checks_timed_out: [{ why: 'checks_timed_out', feature: f(1) }],
  merge_forbidden: [{ why: 'merge_forbidden', feature: f(1), detail: 'At least 1 approving review is required' }],
  pull_closed: [{ why: 'pull_closed', feature: f(1), by: 'paul' }],
}
const all: HoldReason[] = [
  ...Object.values(reasons).flat(),
  trouble('github'),
  trouble('push_refused'),
  trouble('foreign_head'),
  trouble('environment'),
  trouble('bug'),
  { why: 'validation_failed', milestone: null, detail: 'it said nothing' },
  { why: 'rounds_used', milestone: null },
  { why: 'checks_timed_out', feature: null },
  { why: 'pull_closed', feature: null, by: 'paul' },
]

function held(reason: HoldReason): Mission {
  return {
    ...story.building,
    findings: [aFinding('review.f1.r1-1')],
    assertions: { ...story.results, [val('DATA-001')]: anAssertionState('fail', { note: 'Starts with an empty list.' }) },
    rounds: { m1: 4, final: 3 },
    holds: [aHold(reason)],
  }
}

const named = all.map((reason): [string, HoldReason] => [
  [reason.why, 'trouble' in reason ? reason.trouble : '', 'milestone' in reason || 'feature' in reason ? String('milestone' in reason ? reason.milestone : reason.feature) : '']
    .filter(Boolean)
    .join(' '),
  reason,
])

describe('every halt', () => {
  it.each(named)('%s says what, what is safe, and which ways lead out', async (name, reason) => {
    await expect(`${halt(held(reason), 1)}\n`).toMatchFileSnapshot(`halts/${name.replaceAll(' ', '-')}.md.snap`)
  })

  it.each(named)('%s offers only commands that are understood', (_, reason) => {
    const acts = meaning(held(reason), reason).ways.map((way) => way.act)
    expect(acts.at(-1)).toBe('`/cancel`')
    const commands = acts.flatMap((act) => [...act.matchAll(/`(\/[^`]+)`/g)].map((match) => match[1] ?? ''))
    for (const command of commands) expect(parseCommands(command), command).toMatchObject([{ name: /^\/([a-z-]+)/.exec(command)?.[1] }])
  })

  it.each(named)('%s waits for somebody named, with an act', (_, reason) => {
    const waiting = waitingFor(held(reason))
    expect(waiting?.who).toBeTruthy()
    expect(waiting?.act).toBeTruthy()
    expect(statusComment(held(reason))).toContain('**Waiting for ')
  })

  it('says so when it is over before it is posted', () => {
    expect(halt(story.building, 3)).toBe('This halt is over; the mission goes on.')
  })

  it('in planning says nothing of features', async () => {
    const m: Mission = { ...story.understood, holds: [aHold({ why: 'planning_failed', task: 'clarify', detail: 'refusal: ' })] }
    await expect(`${halt(m, 1)}\n\n=====\n\n${statusComment(m)}\n`).toMatchFileSnapshot('halts/in-planning.md.snap')
  })
})
