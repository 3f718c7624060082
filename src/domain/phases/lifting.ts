import { featureOf, type Draft } from '../draft.ts'
import type { HoldReason } from '../mission.ts'
import { awaitMissionChecks, startDelivery } from './delivering.ts'
import { dryRun } from './dry-running.ts'
import { writeContract, writePlan } from './planning.ts'
import { startReading } from './picturing.ts'

/** What going on means, once a hold is lifted. Most effects wait in the outbox and need nothing; a used-up limit is raised by one. */
export function lift(d: Draft, reason: HoldReason): void {
  const { m } = d
  const oneMore = (name: string) => (m.extra_rounds[name] = (m.extra_rounds[name] ?? 0) + 1)
  switch (reason.why) {
    case 'paused':
    case 'label_removed':
    case 'issue_closed':
    case 'access_lost':
    case 'effect_failed':
    case 'model_away':
    case 'model_refused_credentials':
    case 'budget':
    case 'validation_failed':
      return
    case 'planning_failed':
      if (reason.task === 'clarify') {
        const round = m.clarify_rounds.length + 1
        startReading(d, { task: 'clarify', round })
      } else if (reason.task === 'contract') writeContract(d, [])
      else writePlan(d, [])
      return
    case 'plan_rejected':
      m.send_backs = 0
      if (m.phase === 'contracting') writeContract(d, reason.problems)
      else writePlan(d, reason.problems)
      return
    case 'dry_run_failed':
      // Afresh: what failed may have been the machine's, and may be mended.
      m.dry_send_backs = 0
      m.dry_run = null
      dryRun(d)
      return
    case 'triage_failed':
      m.counters[`sent back ${reason.scope}`] = 0
      return
    case 'attempts_used':
      featureOf(d, reason.feature).extra_attempts++
      return
    case 'feature_rounds_used':
      oneMore(reason.feature)
      return
    case 'review_failed': {
      const f = featureOf(d, reason.feature)
      f.status = 'handed_off'
      m.counters[`reviewer ${f.feature.id} ${f.rounds}`] = 0
      return
    }
    case 'rounds_used':
      oneMore(reason.milestone ?? 'final')
      return
    case 'checks_timed_out':
      // A feature goes through the lane again by itself.
      if (!reason.feature && m.phase === 'delivering') awaitMissionChecks(d)
      return
    case 'merge_forbidden':
      return
    case 'pull_closed':
      if (reason.feature) {
        const f = featureOf(d, reason.feature)
        f.pull = null
        f.extra_attempts++
      } else {
        // Back at work, another is opened when it is due.
        m.delivery.pull = null
        if (m.phase === 'delivering') startDelivery(d)
      }
      return
  }
}
