import { describe, expect, it } from 'vitest'
import type { Mission } from '../../../src/domain/mission.ts'
import { validationCheck } from '../../../src/domain/views/check.ts'
import { featurePullRequest } from '../../../src/domain/views/feature-pull.ts'
import { longestPage_chars, page, table } from '../../../src/domain/views/page.ts'
import { report } from '../../../src/domain/views/report.ts'
import { review } from '../../../src/domain/views/review.ts'
import { statusComment } from '../../../src/domain/views/status.ts'
import { trackingIssue } from '../../../src/domain/views/tracking.ts'
import { verdictComment } from '../../../src/domain/views/verdict.ts'
import { aBuildingMission, aFeature, aFeatureState, aFinding, aHandoff, anAssertion, anAssertionState, anUnderstanding, aPlan, ms, val } from '../../support/builders.ts'

const long = (n: number) => '<@a|*_#1 '.repeat(Math.ceil(n / 9)).slice(0, n)
const id = (n: number) => `API-${String(n).padStart(3, '0')}`
const sixty = Array.from({ length: 60 }, (_, i) => i + 1)

/** As large as the schemas allow, in characters that grow when they are escaped. */
function hugeMission(): Mission {
  const evidence = Array.from({ length: 6 }, () => ({ kind: 'http' as const, text: long(4000) }))
  const handoff = aHandoff({ summary: long(2000), implemented: sixty.map(() => long(400)), commands: sixty.map(() => ({ command: long(400), exit: 1, seen: long(600) })) })
  const plan = aPlan({
    milestones: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((n) => ({ id: ms(n), title: long(100), goal: long(600) })),
    features: sixty.map((n) => aFeature(n, { milestone: ms((n % 12) + 1), title: long(100), brief: long(4000), expected: long(2000), covers: [val(id(n))], touches: [long(200)], risk: 'high' })),
  })
  return aBuildingMission({
    plan,
    understanding: anUnderstanding({
      understood: sixty.slice(0, 12).map(() => long(200)),
      not_planned: sixty.slice(0, 12).map(() => long(200)),
      assumptions: sixty.slice(0, 20).map(() => ({ text: long(400), matters: true })),
    }),
    contract: {
      starting_points: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => ({ name: `point-${n}`, text: long(600) })),
      assertions: sixty.map((n) => anAssertion(id(n), { title: long(120), starts_from: ['point-1', 'point-2', 'point-3'], behaviour: long(2000), evidence: [1, 2, 3, 4, 5, 6].map(() => long(240)) })),
    },
    assertions: Object.fromEntries(sixty.map((n) => [val(id(n)), anAssertionState('fail', { note: long(1000), evidence })])),
    features: plan.features.map((feature) =>
      aFeatureState(feature, { pull: 100, status: 'merged', handoff, report: { summary: long(2000), results: [], findings: [], knowledge: [], documentation: [] } }),
    ),
    findings: Array.from({ length: 300 }, (_, i) => aFinding(`review.f1.r1-${i + 1}`, { finding: { severity: 'blocking', what: long(2000), evidence } })),
  })
}

describe('a page', () => {
  const m = hugeMission()
  const [feature] = m.features
  const pages: Record<string, string> = {
    status: statusComment(m),
    tracking: trackingIssue(m).body,
    plan: trackingIssue({ ...m, approval: null, phase: 'awaiting_approval' }).body,
    report: report(m).body,
    check: validationCheck(m).text,
    pull: feature ? featurePullRequest(m, feature).body : '',
    review: feature ? review(m, feature) : '',
    verdict: verdictComment(m, { assertions: sixty.map((n) => val(id(n))), findings: m.findings }),
  }

  it.each(Object.entries(pages))('%s fits on GitHub however much there is to say', (_, text) => {
    expect(text.length).toBeGreaterThan(2000)
    expect(text.length).toBeLessThanOrEqual(longestPage_chars)
    expect(text.split('<details>').length).toBe(text.split('</details>').length)
  })

  it('shortens its folds first, and says so', () => {
    const blocks = Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(1000)}`)
    const text = page('First.', { summary: 'All', blocks }, 'Last.')
    expect(text.length).toBeLessThanOrEqual(longestPage_chars)
    expect(text).toMatch(/entries do not fit on this page/)
    expect(text.endsWith('</details>\n\nLast.')).toBe(true)
  })

  it('leaves out what has nothing to say', () => {
    expect(page('a', null, '', { summary: 'x', blocks: [] }, 'b')).toBe('a\n\nb')
  })

  it('keeps a table’s rows and cells apart', () => {
    expect(table(['A', 'B:'], [['a|b', '`c|d`\n']])).toBe('| A | B |\n| :--- | ---: |\n| a\\|b | `c\\|d`<br> |')
  })
})
