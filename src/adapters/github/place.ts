import type { Mission } from '../../domain/mission.ts'
import type { RawFact } from '../../ports/forge.ts'
import type { Site } from './site.ts'

/** Where a fact of the mission took place. */
export function placeOf(site: Site, mission: Mission): RawFact['repository'] {
  return { ...site.repository, default_branch: mission.request.repository.default_branch }
}
