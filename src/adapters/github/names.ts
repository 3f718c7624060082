import type { MissionKey } from '../../domain/id.ts'

/** Marker names of things that outlive a single effect: one each for a mission. */
export const markerName = {
  tracking: (key: MissionKey) => `${key}.tracking`,
  featureIssue: (key: MissionKey, feature: string) => `${key}.issue.${feature}`,
}
