import type { EffectOf } from '../../../domain/effect.ts'
import type { Mission } from '../../../domain/mission.ts'
import type { AnswerBody } from '../../../ports/forge.ts'
import type { Site } from '../site.ts'
import { validationCheckName } from '../validation-check.ts'

const text_limit = 65_535

/** One check run for each mission and commit; a later verdict on the same commit changes it. */
export async function reportValidation(site: Site, act: EffectOf<'ReportValidation'>, mission: Mission): Promise<AnswerBody> {
  const { title, summary, text } = site.texts.validationCheck(mission)
  const output = { title, summary: summary.slice(0, text_limit), text: text.slice(0, text_limit) }
  const listing = { ...site.repo, ref: act.sha, check_name: validationCheckName, per_page: 100 }
  const runs = await site.octokit.paginate(site.octokit.rest.checks.listForRef, listing)
  const made = runs.find((run) => run.app?.id === site.identity.app_id && run.external_id === mission.key)
  const state = { name: validationCheckName, status: 'completed' as const, conclusion: act.conclusion, output }
  if (made === undefined) await site.octokit.rest.checks.create({ ...site.repo, head_sha: act.sha, external_id: mission.key, ...state })
  else if (made.conclusion !== act.conclusion || made.output.text !== output.text) await site.octokit.rest.checks.update({ ...site.repo, check_run_id: made.id, ...state })
  return { type: 'ValidationReported' }
}
