import type { FindingState } from './mission.ts'
import type { Triage } from './verdict.ts'

/** What is wrong with a triage, in sentences its author can act on: each finding is decided exactly once, each fix described. */
export function triageProblems(triage: Triage, asked: FindingState[]): string[] {
  const problems: string[] = []
  for (const { id } of asked) {
    const times = triage.decisions.filter((d) => d.finding === id).length
    if (times !== 1) problems.push(`Finding ${id} is decided ${times} times; decide it exactly once.`)
  }
  for (const decision of triage.decisions) {
    if (!asked.some((f) => f.id === decision.finding)) problems.push(`Finding ${decision.finding} was not asked about; leave it out.`)
    if (decision.decision === 'fix' && triage.fixes.filter((f) => f.group === decision.group).length !== 1) {
      problems.push(`Group "${decision.group}" needs exactly one entry in fixes, with title and brief.`)
    }
  }
  for (const fix of triage.fixes) {
    if (!triage.decisions.some((d) => d.decision === 'fix' && d.group === fix.group)) problems.push(`Group "${fix.group}" fixes no finding; leave it out.`)
  }
  return problems
}
