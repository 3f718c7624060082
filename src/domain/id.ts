import { z } from 'zod'

// Ids are made here and nowhere else. None holds a colon: BullMQ refuses it in a job id.

/** `<repository_id>-<issue>[-<k>]`; k ≥ 2 when a stopped issue is labelled again. */
export const MissionKey = z
  .string()
  .regex(/^\d+-\d+(-\d+)?$/)
  .brand('MissionKey')
export type MissionKey = z.infer<typeof MissionKey>

/** Mission key + verb + natural key + attempt, as `81234-7.publish-feature.f3.1`. Never a journal position. */
export const EffectId = z
  .string()
  .regex(/^\d+-\d+(-\d+)?\.[a-z0-9.@-]+$/)
  .brand('EffectId')
export type EffectId = z.infer<typeof EffectId>

export const FeatureId = z
  .string()
  .regex(/^f\d+$/, 'a feature id looks like f3')
  .brand('FeatureId')
export type FeatureId = z.infer<typeof FeatureId>
export const MilestoneId = z
  .string()
  .regex(/^m\d+$/, 'a milestone id looks like m1')
  .brand('MilestoneId')
export type MilestoneId = z.infer<typeof MilestoneId>
export const AssertionId = z
  .string()
  .regex(/^VAL-[A-Z][A-Z0-9]*-\d{3}$/, 'an assertion id looks like VAL-API-001')
  .brand('AssertionId')
export type AssertionId = z.infer<typeof AssertionId>
/** `<run natural key>-<n>`, as `review.f1.r1-2`: given by the program, never by a model. */
export const FindingId = z
  .string()
  .regex(/^[a-z0-9.-]+-\d+$/)
  .brand('FindingId')
export type FindingId = z.infer<typeof FindingId>
/** `<run natural key>-k<n>`, as `build.f1.a1-k1`: given by the program. */
export const KnowledgeId = z
  .string()
  .regex(/^[a-z0-9.-]+-k\d+$/)
  .brand('KnowledgeId')
export type KnowledgeId = z.infer<typeof KnowledgeId>
export const Sha = z
  .string()
  .regex(/^[0-9a-f]{40}$/, 'a commit is 40 hex digits')
  .brand('Sha')
export type Sha = z.infer<typeof Sha>
/** ISO 8601 in UTC. */
export const Instant = z.iso.datetime()
export type Instant = z.infer<typeof Instant>

export function missionKey(place: { repository_id: number; issue: number; k: number }): MissionKey {
  return MissionKey.parse(`${place.repository_id}-${place.issue}${place.k > 1 ? `-${place.k}` : ''}`)
}

export function effectId(key: MissionKey, ...parts: (string | number)[]): EffectId {
  return EffectId.parse([key, ...parts].join('.').toLowerCase())
}

/** The `<n>` of branch names: `7`, or `7-2` for a second mission of issue 7. */
export function missionNumber(key: MissionKey): string {
  return key.slice(key.indexOf('-') + 1)
}

export const branches = {
  integration: (key: MissionKey) => `mission/${missionNumber(key)}/main`,
  record: (key: MissionKey) => `mission/${missionNumber(key)}/record`,
  feature: (key: MissionKey, feature: { id: string; title: string }) => `mission/${missionNumber(key)}/${feature.id}-${slug(feature.title)}`,
}

/** The mission key that a branch name belongs to, if it is one of ours. */
export function missionOfBranch(repository_id: number, branch: string): MissionKey | null {
  const match = /^mission\/(\d+(?:-\d+)?)\/[^/]+$/.exec(branch)
  return match ? MissionKey.parse(`${repository_id}-${match[1]}`) : null
}

function slug(title: string): string {
  const words = title
    .toLowerCase()
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
  return words.slice(0, 40).replace(/-+$/, '') || 'work'
}
