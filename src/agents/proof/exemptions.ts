import type { AssertionId } from '../../domain/id.ts'
import type { Exemption } from '../../domain/proof.ts'
import { beyondExemption } from './kinds.ts'

/** What of the claimed assertions needs no test, and what is wrong with the exemptions that were asked for. */
export function exempted(exemptions: readonly Exemption[], change: { paths: readonly string[]; claimed: readonly AssertionId[] }): { whole: boolean; assertions: AssertionId[]; problems: string[] } {
  const problems: string[] = []
  let whole = false
  const assertions = new Set<AssertionId>()
  for (const { kind, assertions: about } of exemptions) {
    const beyond = beyondExemption(kind, change.paths)
    if (beyond.length > 0) {
      problems.push(
        `The exemption ${kind} does not hold: your change also has ${beyond.slice(0, 6).join(', ')}${beyond.length > 6 ? ` and ${beyond.length - 6} more` : ''}. Take it out and prove the change by tests.`,
      )
      continue
    }
    if (kind !== 'untestable') {
      whole = true
      continue
    }
    const foreign = about.filter((id) => !change.claimed.includes(id))
    if (foreign.length > 0) problems.push(`The exemption untestable names ${foreign.join(', ')}, which is none of the assertions you have to prove.`)
    if (about.length === 0 && change.claimed.length > 0)
      problems.push(`The exemption untestable names no assertion. Name those that no test of this repository can reach: ${change.claimed.join(', ')}?`)
    for (const id of about) assertions.add(id)
    if (change.claimed.length === 0) whole = true
  }
  if (whole) for (const id of change.claimed) assertions.add(id)
  return { whole: whole || (change.claimed.length > 0 && change.claimed.every((id) => assertions.has(id))), assertions: [...assertions], problems }
}
