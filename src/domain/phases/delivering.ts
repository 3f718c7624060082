import { count, hold, isPending, issue, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import { holdsTrue } from '../invariant.ts'
import type { Finding } from '../verdict.ts'
import { record } from './findings.ts'
import { makeFix } from './triaging.ts'

// Verifying has passed: the mission's pull request is opened, its checks are awaited, a person merges.

export function startDelivery(d: Draft): void {
  const { m } = d
  holdsTrue(m.integration, 'delivery without an integration branch')
  // A waiver can settle what failed at verifying: then the check on that commit must say so.
  if (m.delivery.passed !== m.integration.head) {
    const sha = m.integration.head
    issue(d, ['report-validation', sha.slice(0, 12), count(d, `report ${sha}`)], { type: 'ReportValidation', sha, conclusion: 'success' })
    Object.assign(m.delivery, { passed: sha, reported: sha })
  }
  m.phase = 'delivering'
  m.delivery.checked = null
  if (m.delivery.pull === null) issue(d, ['open-mission-pull-request', count(d, 'mission pull')], { type: 'OpenMissionPullRequest', head: m.integration.head })
  else awaitMissionChecks(d)
}

export function missionPullRequestOpened(d: Draft, event: EventOf<'MissionPullRequestOpened'>): void {
  d.m.delivery.pull = event.pull
  awaitMissionChecks(d)
}

export function awaitMissionChecks(d: Draft): void {
  const { m } = d
  holdsTrue(m.integration, 'delivery without an integration branch')
  if (isPending(d, 'AwaitChecks')) return
  issue(d, ['await-checks', 'mission', count(d, 'await mission')], {
    type: 'AwaitChecks',
    subject: { of: 'mission' },
    sha: m.integration.head,
    grace_ms: m.policy.checks_grace_ms,
    deadline_ms: m.policy.checks_deadline_ms,
  })
}

export function missionChecked(d: Draft, event: EventOf<'ChecksConcluded'>): void {
  const { m } = d
  if (m.integration?.head !== event.sha) return awaitMissionChecks(d)
  switch (event.conclusion) {
    case 'none':
    case 'success':
      m.delivery.checked = event.sha
      return
    case 'timeout':
      return hold(d, { why: 'checks_timed_out', feature: null })
    case 'failure':
      return reopen(
        d,
        event.answers,
        'checks',
        event.failing.map((c) => ({ severity: 'blocking', what: `The repository's check "${c.name}" failed: ${c.summary}`.slice(0, 2000), evidence: [] })),
      )
    case 'conflict': {
      const what = 'The mission no longer merges into the default branch without conflicts.'
      const fix = makeFix(d, 'final', { title: 'Resolve conflicts with the default branch', brief: `${what} Merge it, keep both intentions, keep all tests green.`, touches: [] })
      fix.merges = event.base_head
      reopen(d, event.answers, 'checks', [{ severity: 'blocking', what, evidence: [] }])
      const found = m.findings.at(-1)
      holdsTrue(found, 'the conflict is a finding')
      fix.feature.fixes.push(found.id)
      found.decision = { is: 'fix', feature: fix.feature.id }
    }
  }
}

/** Back to triage: a red check, a conflict, or a change request by someone with write permission. */
export function reopen(d: Draft, source: string, validator: 'checks' | 'person', findings: Finding[]): void {
  record(d, source, { validator, scope: 'final' }, findings)
  d.m.delivery.passed = null
  d.m.delivery.checked = null
  d.m.phase = 'triaging'
  d.m.triaging = 'final'
}
