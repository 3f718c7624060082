import type { EffectOf } from '../domain/effect.ts'
import type { Mission } from '../domain/mission.ts'
import { build } from './roles/build.ts'
import { confirm } from './roles/confirm.ts'
import { curate } from './roles/curate.ts'
import { exercise } from './roles/exercise.ts'
import { clarify, decompose, writeContract } from './roles/planning.ts'
import { review, synthesise } from './roles/review.ts'
import { split } from './roles/split.ts'
import { triage } from './roles/triage.ts'
import type { Outcome, Services } from './services.ts'

/**
 * Does one run, from its record's last line to its end. Throws `ModelAway`, `ModelRefused`, `OverBudget`, `SandboxLost`
 * and aborts: the effect then stays pending, and the same run goes on later.
 */
export async function performRun(effect: EffectOf<'StartRun'>, mission: Mission, services: Services, signal: AbortSignal): Promise<Outcome> {
  const job = { run: effect.id, mission, services, signal }
  const { task } = effect
  switch (task.task) {
    case 'clarify':
      return clarify({ ...job, task })
    case 'contract':
      return writeContract({ ...job, task })
    case 'decompose':
      return decompose({ ...job, task })
    case 'triage':
      return triage({ ...job, task })
    case 'split':
      return split({ ...job, task })
    case 'curate':
      return curate({ ...job, task })
    case 'build':
      return build({ ...job, task })
    case 'review':
      return review({ ...job, task })
    case 'synthesise':
      return synthesise({ ...job, task })
    case 'confirm':
      return confirm({ ...job, task })
    case 'exercise':
      return exercise({ ...job, task })
  }
}
