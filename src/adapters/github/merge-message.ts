import type { FeatureState, Mission } from '../../domain/mission.ts'

/** The merge commit's message, with the trailers by which a commit leads back to its mission. */
export function mergeMessage(mission: Mission, feature: FeatureState): { title: string; body: string } {
  const { id, title, covers } = feature.feature
  const built = mission.features.filter((candidate) => candidate === feature || candidate.on === id).map((candidate) => candidate.feature.id)
  const runs = Object.values(mission.runs).filter((run) => run.role === 'worker' && run.feature !== null && built.includes(run.feature) && run.ending === 'submitted')
  const last = runs.at(-1)
  const trailers = {
    Mission: mission.key,
    Feature: built.join(', '),
    Assertions: covers.join(', '),
    'Agent-Run': last?.id ?? '',
    Model: last?.usage?.model ?? '',
  }
  const lines = Object.entries(trailers).filter(([, value]) => value !== '')
  return { title: `Merge ${id}: ${title} (#${feature.pull ?? '?'})`, body: lines.map(([name, value]) => `${name}: ${value}`).join('\n') }
}
