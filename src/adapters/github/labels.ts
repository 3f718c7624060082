import type { Site } from './site.ts'
import { said } from './trouble.ts'

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

interface Label {
  name: string
  color: string
  description: string
}

export async function ensureLabels(site: Site, wanted: readonly Label[]): Promise<void> {
  const present = await site.octokit.paginate(site.octokit.rest.issues.listLabelsForRepo, { ...site.repo, per_page: 100 })
  const names = new Set(present.map((label) => label.name.toLowerCase()))
  for (const { name, color, description } of wanted) {
    if (names.has(name)) continue
    try {
      await site.octokit.rest.issues.createLabel({ ...site.repo, name, color, description })
    } catch (error) {
      // Another mission was quicker.
      if (!said(error, 422)) throw error
    }
  }
}
