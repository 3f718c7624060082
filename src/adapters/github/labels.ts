/** The label by which a person asks for a mission. */
export const missionLabel = 'mission'

/** Labels of the app's own issues. */
export const ownLabels = {
  plan: { name: 'mission-plan', color: '5319e7', description: 'The plan and the progress of a mission' },
  feature: { name: 'mission-feature', color: '1d76db', description: 'One unit of work of a mission' },
  fix: { name: 'mission-fix', color: 'd93f0b', description: 'Work that answers findings' },
} as const

/** Where a feature stands; an open sub-issue carries at most one of them. */
export const stateLabels = {
  building: { name: 'mission: building', color: 'fbca04', description: 'A worker is at it' },
  reviewing: { name: 'mission: reviewing', color: 'c5def5', description: 'Being reviewed' },
  merging: { name: 'mission: merging', color: 'c2e0c6', description: 'Reviewed, on its way into the mission branch' },
} as const
