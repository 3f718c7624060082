import { createHash } from 'node:crypto'
import type { AssertionId } from '../domain/id.ts'
import type { Assertion } from '../domain/contract.ts'
import { startingPointsOf } from '../domain/contract.ts'
import type { FindingState, Mission } from '../domain/mission.ts'

/** Words of others between marks that they cannot forge: the nonce comes from the run, and is taken out of the text. */
export function fenced(run: string, text: string): string {
  if (text.trim() === '') return 'none'
  const nonce = createHash('sha256').update(`fence ${run}`).digest('hex').slice(0, 12)
  return `<untrusted-${nonce}>\n${text.replaceAll(nonce, '')}\n</untrusted-${nonce}>`
}

/** JSON that cannot close the mark around it. */
export function json(value: unknown): string {
  return JSON.stringify(value, null, 1).replaceAll('<', '\\u003c')
}

/** JSON, or nothing for an empty list. */
export function jsonList(list: readonly unknown[]): string {
  return list.length === 0 ? '' : json(list)
}

export function lines(list: readonly string[]): string {
  return list.map((item) => `- ${item}`).join('\n')
}

export function repositoryName(mission: Mission): string {
  const { owner, name, default_branch } = mission.request.repository
  return `${owner}/${name} (default branch ${default_branch})`
}

export function requestText(mission: Mission, run: string): string {
  const { title, body, author, number } = mission.request.issue
  return fenced(run, `Issue ${number} by ${author}: ${title}\n\n${body.trim() || '(no text)'}`)
}

export function roundsText(mission: Mission): string {
  return jsonList(mission.clarify_rounds.map(({ round, questions, replies }) => ({ round, questions, replies })))
}

/** What the mission is about, for those who do not see the request. */
export function missionText(mission: Mission): string {
  const u = mission.understanding
  return json({
    title: u?.title ?? mission.request.issue.title,
    goal: u?.goal ?? '',
    users: u?.users ?? [],
    constraints: u?.constraints ?? [],
    not_planned: u?.not_planned ?? [],
    assumptions: u?.assumptions.map((a) => a.text) ?? [],
  })
}

export function assertionsOf(mission: Mission, ids: readonly AssertionId[]): Assertion[] {
  return (mission.contract?.assertions ?? []).filter((a) => ids.includes(a.id))
}

/** What assertions that an agent sees start from. */
export function startingPointsText(mission: Mission, assertions: readonly Assertion[]): string {
  return jsonList(startingPointsOf(mission.contract, assertions))
}

/** Findings as an agent reads them. */
export function findingsText(findings: readonly FindingState[]): string {
  return jsonList(
    findings.map(({ id, finding, validator, scope, decision }) => ({
      id,
      from: validator,
      scope,
      ...finding,
      ...(decision.is === 'open' ? {} : { decided: decision.is === 'fix' ? `fix in ${decision.feature}` : `dismissed: ${decision.reason}` }),
    })),
  )
}
