import { isPending, type Draft } from '../draft.ts'
import { MilestoneId } from '../id.ts'
import { currentMilestone, milestoneSettled, startReview, startWorkers } from './building.ts'
import { enterLane } from './merging.ts'
import { settleReview } from './triaging.ts'
import { afterVerdict, startValidation } from './validating.ts'

/**
 * Issues whatever is due in the state the mission is in. Every event ends here, so that nothing depends on the order in which
 * answers happen to come: it looks at the state, not at the event.
 */
export function advance(d: Draft): void {
  const { m } = d
  if (m.phase === 'building' && m.integration?.open) {
    for (const f of m.features) settleReview(d, f)
    // A review that people asked to try again after it failed for good.
    for (const f of m.features) if (f.status === 'handed_off' && !f.on && f.published === f.head && f.head && !isPending(d, 'PublishFeature')) startReview(d, f)
    startWorkers(d)
    enterLane(d)
    if (milestoneSettled(d)) startValidation(d, MilestoneId.parse(currentMilestone(d)))
  }
  if (m.phase === 'triaging') {
    afterVerdict(d)
    if (phaseNow(d) === 'building') advance(d)
  }
}

/** Read afresh: the compiler cannot see that the call before changed it. */
function phaseNow(d: Draft): string {
  return d.m.phase
}
