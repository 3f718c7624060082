import type { EffectOf } from '../domain/effect.ts'
import { leftRed } from '../domain/skeleton.ts'
import type { Mission } from '../domain/mission.ts'
import type { AnswerBody } from '../ports/forge.ts'
import { featureCommit } from './feature-commit.ts'
import { checkTree } from './check.ts'
import { proceduresText } from './procedures.ts'
import { featureOf, proceduresOf } from './roles/build.ts'
import type { Services } from './services.ts'
import { repositoryOf } from './services.ts'

type Integrated = Extract<AnswerBody, { type: 'FeatureIntegrated' }>

/** Brings a feature up to the integration head and runs the procedures on what comes of it. No model takes part. */
export async function performIntegrate(
  effect: EffectOf<'IntegrateFeature'>,
  mission: Mission,
  services: Pick<Services, 'workspaces' | 'sandboxes' | 'setups' | 'config'>,
  signal: AbortSignal,
): Promise<Integrated> {
  const { workspaces, sandboxes } = services
  const repository = repositoryOf(mission)
  const procedures = proceduresOf(mission)
  const { feature } = featureOf(mission, effect.feature)
  const answer = (outcome: Integrated['outcome'], head: Integrated['head'], output: string): Integrated => ({ type: 'FeatureIntegrated', feature: effect.feature, outcome, head, output })

  const subject = featureCommit(mission, `Merge the mission's branch into ${feature.id}: ${feature.title}`)
  const message = `${subject}\n\nMission: ${mission.key}\nFeature: ${feature.id}\n`
  const merged = await workspaces.merge({ repository, ours: effect.head, theirs: effect.onto, message })
  if (merged.outcome === 'conflict') return answer('conflict', effect.head, `These files changed on both sides: ${merged.paths.join(', ')}`)

  const workspace = await workspaces.open({ repository, run: effect.id, at: merged.sha }, signal)
  const results = await check()
  await workspaces.release(effect.id)
  const excused = mission.plan ? leftRed(mission.plan) : []
  const red = results.filter((r) => r.exit !== 0 && !excused.some((name) => name === r.name))
  return red.length === 0 ? answer('clean', merged.sha, proceduresText(results)) : answer('broken', merged.sha, proceduresText(red))

  async function check() {
    await using sandbox = await sandboxes.open({ run: effect.id, workdir: workspace.dir, home: workspace.home, writable: true, env: procedures.env })
    // Awaited here: the sandbox ends with this scope.
    return await checkTree({ run: effect.id, repository, workspace, sandbox, procedures }, services, signal)
  }
}
