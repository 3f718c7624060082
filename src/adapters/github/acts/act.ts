import { ForgeRefused } from '../../../ports/forge.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { FeatureState } from '../../../domain/mission.ts'
import type { FeatureId } from '../../../domain/id.ts'

export function featureOf(mission: Mission, id: FeatureId): FeatureState {
  const found = mission.features.find((feature) => feature.feature.id === id)
  if (found === undefined) throw new Error(`The mission has no feature ${id}.`)
  return found
}

/** The number of a page that must be there by now. */
export function present(number: number | null, what: string): number {
  if (number === null) throw new ForgeRefused(`There is no ${what} to work on.`)
  return number
}
