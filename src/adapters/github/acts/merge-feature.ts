import type { EffectOf } from '../../../domain/effect.ts'
import { Sha } from '../../../domain/id.ts'
import type { FeatureState, Mission } from '../../../domain/mission.ts'
import { ForgeAway } from '../../../ports/forge.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import { closeIssue } from '../issues.ts'
import { mergeMessage } from '../merge-message.ts'
import type { Site } from '../site.ts'
import { message, said } from '../trouble.ts'
import { featureOf, present } from './act.ts'

/** Merges exactly the commit that was reviewed, or says why not. */
export async function mergeFeature(site: Site, act: EffectOf<'MergeFeature'>, mission: Mission): Promise<AnswerBody> {
  const feature = featureOf(mission, act.feature)
  const pull_number = present(feature.pull, `pull request of ${act.feature}`)
  const outcome = await merge(site, { act, feature, mission, pull_number })
  if ('reason' in outcome) return { type: 'MergeRefused', feature: act.feature, ...outcome }
  const settled = mission.features.filter((candidate) => candidate === feature || candidate.on === act.feature)
  for (const { issue } of settled) if (issue !== null) await closeIssue(site, issue, 'completed')
  return { type: 'FeatureMerged', feature: act.feature, sha: outcome.sha }
}

interface Merge {
  act: EffectOf<'MergeFeature'>
  feature: FeatureState
  mission: Mission
  pull_number: number
}
type Outcome = { sha: Sha } | { reason: 'head_moved' | 'conflict' | 'forbidden'; detail: string; head: Sha | null }

async function merge(site: Site, wanted: Merge): Promise<Outcome> {
  const { act, pull_number } = wanted
  const { data: pull } = await site.octokit.rest.pulls.get({ ...site.repo, pull_number })
  const head = Sha.parse(pull.head.sha)
  if (pull.merged) return { sha: Sha.parse(pull.merge_commit_sha) }
  if (pull.state === 'closed') return { reason: 'forbidden', detail: `Pull request #${pull_number} is closed. Reopen it, or \`/retry\`.`, head: null }
  if (head !== act.head) return { reason: 'head_moved', detail: `Pull request #${pull_number} got another commit.`, head }
  if (pull.mergeable === false) return { reason: 'conflict', detail: `Pull request #${pull_number} conflicts with ${pull.base.ref}.`, head }
  try {
    return await put(site, wanted, 'merge')
  } catch (error) {
    if (said(error, 405) && /merge commits are not allowed/i.test(message(error))) return mergeOtherwise(site, wanted)
    return refused(site, wanted, error)
  }
}

async function mergeOtherwise(site: Site, wanted: Merge): Promise<Outcome> {
  try {
    return await put(site, wanted, 'squash')
  } catch (error) {
    return refused(site, wanted, error)
  }
}

async function put(site: Site, { act, feature, mission, pull_number }: Merge, merge_method: 'merge' | 'squash'): Promise<Outcome> {
  const text = mergeMessage(mission, feature)
  const { data } = await site.octokit.rest.pulls.merge({ ...site.repo, pull_number, sha: act.head, merge_method, commit_title: text.title, commit_message: text.body })
  return { sha: Sha.parse(data.sha) }
}

async function refused(site: Site, { act, pull_number }: Merge, error: unknown): Promise<Outcome> {
  if (!said(error, 403, 405, 409, 422)) throw error
  const { data: now } = await site.octokit.rest.pulls.get({ ...site.repo, pull_number })
  const head = Sha.parse(now.head.sha)
  const detail = message(error)
  if (now.merged) return { sha: Sha.parse(now.merge_commit_sha) }
  if (head !== act.head) return { reason: 'head_moved', detail, head }
  if (/base branch was modified|try the merge again/i.test(detail)) throw new ForgeAway(`GitHub was not ready to merge: ${detail}`)
  if (now.mergeable === false || /not mergeable|merge conflict/i.test(detail)) return { reason: 'conflict', detail, head }
  return { reason: 'forbidden', detail: `GitHub does not merge pull request #${pull_number}: ${detail}`, head: null }
}
