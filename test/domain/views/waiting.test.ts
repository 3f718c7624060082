import { describe, expect, it } from 'vitest'
import { mergeGate, riskOf } from '../../../src/domain/gate.ts'
import type { FeatureState, Mission } from '../../../src/domain/mission.ts'
import { elapsedMs, epochMs, timeOfDay } from '../../../src/domain/instant.ts'
import { liveView } from '../../../src/domain/views/live.ts'
import { awaitingReview, waitingFor } from '../../../src/domain/views/waiting.ts'
import { aHold, at, effect, f, sha } from '../../support/builders.ts'
import * as story from './stories.ts'

function first(m: Mission): FeatureState {
  const found = m.features[0]
  if (!found) throw new Error('the story has no feature')
  return found
}

describe('the human act a mission waits for', () => {
  it.each<[string, Mission, ReturnType<typeof waitingFor>]>([
    ['the request is being read', story.labelled, null],
    ['questions stand on the issue', story.asked, { who: 'mara', what: 'answers to 2 questions', act: 'reply on #7' }],
    ['the plan is published', story.plan, { who: 'acme/web-leads', what: 'approval of the plan', act: '`/approve-plan a41f`' }],
    ['nobody is named as approver', story.revised, { who: 'mara', what: 'approval of the plan', act: '`/approve-plan a41f`' }],
    ['workers build', story.building, null],
    ['a careful feature was reviewed', story.waitingForReview, { who: 'mara', what: 'a review of #44, medium risk under auto-merge-low-risk', act: 'approve or merge #44' }],
    ['validators look', story.tested, null],
    ['the pull request is green', story.readyToMerge, { who: 'mara', what: 'the merge of #48', act: 'review and merge #48' }],
    ['the pull request is not checked', { ...story.readyToMerge, delivery: { ...story.readyToMerge.delivery, checked: null } }, null],
    ['it was checked on another commit', { ...story.readyToMerge, delivery: { ...story.readyToMerge.delivery, checked: sha('old') } }, null],
    ['it is done', story.done, null],
    ['it was cancelled', story.cancelled, null],
    ['it is paused', { ...story.building, holds: [aHold({ why: 'paused', by: 'paul' })] }, { who: 'paul', what: 'paul asked for it', act: '`/resume`' }],
  ])('%s', (_, m, waiting) => {
    expect(waitingFor(m)).toEqual(waiting)
  })

  it('answers are awaited until there is one', () => {
    const [round] = story.asked.clarify_rounds
    expect(round && waitingFor({ ...story.asked, clarify_rounds: [{ ...round, replies: [{ by: 'mara', text: 'yes' }] }] })).toBeNull()
  })

  it('a review is offered while other work goes on, but nobody is waited for', () => {
    const pending = story.building.pending
    const m = { ...story.waitingForReview, pending }
    expect(waitingFor(m)).toBeNull()
    expect(awaitingReview(m).map((x) => x.feature.id)).toEqual(['f1'])
  })

  it('an answer still to be spoken does not count as work', () => {
    const respond = { id: effect('respond', 5), at: at(1), type: 'Respond' as const, comment: 5, issue: 7, reaction: '+1' as const, saying: null }
    expect(waitingFor({ ...story.waitingForReview, pending: [respond] })?.act).toBe('approve or merge #44')
  })
})

describe('the gate of the policy', () => {
  const m = story.waitingForReview
  const f1 = first(m)

  it('merges low risk by itself', () => {
    expect(mergeGate(m, { ...f1, feature: { ...f1.feature, risk: 'low' } })).toEqual({ open: true, because: 'low risk, and auto-merge-low-risk merges it when reviewed and green' })
  })
  it('waits for a person otherwise', () => {
    expect(mergeGate(m, f1)).toEqual({ open: false, because: 'medium risk under auto-merge-low-risk', needs: 'an approving review, or a merge by hand, by someone with write permission' })
  })
  it('opens for an approval of this very commit', () => {
    expect(mergeGate(m, { ...f1, approved: { by: 'lee', head: sha('head') } })).toEqual({ open: true, because: `medium risk, approved by lee on ${sha('head').slice(0, 7)}` })
  })
  it('says that an approval has gone stale', () => {
    expect(mergeGate(m, { ...f1, approved: { by: 'lee', head: sha('old') } })).toMatchObject({ open: false, because: expect.stringContaining('the branch has moved since') })
  })
  it('lets everything through under scoped autonomy', () => {
    expect(mergeGate({ ...m, policy: { ...m.policy, trust: 'scoped-autonomy' } }, { ...f1, feature: { ...f1.feature, risk: 'high' } })).toEqual({
      open: true,
      because: 'scoped-autonomy merges every feature that is reviewed and green',
    })
  })
  it('takes the highest risk of what is built on the branch, and forgets what was left out', () => {
    const fix = { ...first(story.building), on: f(2), feature: { ...f1.feature, risk: 'high' as const } }
    const second = story.building.features[1] ?? f1
    expect(riskOf({ ...story.building, features: [second, fix] }, second)).toBe('high')
    expect(riskOf({ ...story.building, features: [second, { ...fix, status: 'dropped' }] }, second)).toBe('low')
  })
})

describe('the live view', () => {
  it('shows the moment as plain data', () => {
    expect(liveView(story.building, at(65))).toMatchSnapshot()
  })
  it('shows a halt and whom it waits for, without Markdown', () => {
    const view = liveView(story.outOfRounds, at(151))
    expect(view.held).toBe('Paused, needs you, not urgent: milestone 1 used its last round')
    expect(view.waiting).toEqual({ who: 'mara', what: 'milestone 1 used its last round', act: '/resume' })
    expect(view.running).toEqual([])
  })
  it('stops its clock at the end', () => {
    expect(liveView(story.done, at(9000)).elapsed_ms).toBe(120 * 60_000)
  })
})

describe('instants', () => {
  it.each(['1970-01-01T00:00:00Z', '2024-02-29T23:59:59.999Z', '2000-03-01T00:00:00Z', '1999-12-31T12:30:00.5Z', '2100-02-28T00:00:00Z', '2026-11-21T13:30Z'])(
    '%s is what the calendar says',
    (instant) => {
      expect(epochMs(instant)).toBe(Date.parse(instant))
    },
  )
  it('refuses what is no instant', () => {
    expect(() => epochMs('yesterday')).toThrow('not an instant in UTC: yesterday')
  })
  it('never runs backwards', () => {
    expect(elapsedMs(at(5), at(3))).toBe(0)
    expect(timeOfDay(at(62))).toBe('14:02 UTC')
  })
})
