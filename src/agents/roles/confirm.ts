import type { FindingState } from '../../domain/mission.ts'
import { Confirmations } from '../../domain/verdict.ts'
import { outcome, play } from '../cast.ts'
import { assertionsOf, fenced, json, jsonList, repositoryName, startingPointsText } from '../material.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { repositoryOf } from '../services.ts'
import { submit } from '../submit.ts'
import { readOnlyTools } from '../toolsets.ts'
import { proceduresOf } from './build.ts'
import { diffText, scrutinise } from './review.ts'

/** A second, fresh reviewer: sees what a finding says and the code it is about, nothing of how the first came to it. */
export async function confirm(job: Job<TaskOf<'confirm'>>): Promise<Outcome> {
  const { mission, run, task, services } = job
  const findings = mission.findings.filter((f) => task.findings.includes(f.id))
  const assertions = assertionsOf(
    mission,
    findings.flatMap((f) => f.finding.assertion ?? []),
  )
  const diff = await services.workspaces.diff(repositoryOf(mission), task.base, task.head)
  return scrutinise(job, task, async (checks, sandbox) => {
    const ending = await play(job, {
      run,
      prompt: 'scrutiny/confirm',
      values: {
        repository: repositoryName(mission),
        findings: jsonList(findings.map(wordsOf)),
        starting_points: startingPointsText(mission, assertions),
        assertions: jsonList(assertions),
        procedures: json(proceduresOf(mission)),
        checks: fenced(run, checks),
        diff: fenced(run, diffText(diff)),
      },
      tools: readOnlyTools(sandbox),
      submit: submit({
        description: 'Hands in your word on every finding and ends your task.',
        answer: Confirmations,
        value: Confirmations,
        async check(answer) {
          const problems = [...confirmationProblems(answer, findings)]
          return problems.length > 0 ? { problems } : { value: answer }
        },
      }),
    })
    return outcome(ending, ({ confirmations }) => ({ type: 'FindingsConfirmed', confirmations, usage: ending.usage }))
  })
}

/** The finding's own words, without its evidence: that would be repeated instead of looked for. */
function wordsOf({ id, finding }: FindingState): object {
  const { severity, what, assertion, place } = finding
  return { id, severity, what, ...(assertion ? { assertion } : {}), ...(place ? { place } : {}) }
}

function confirmationProblems({ confirmations }: Confirmations, findings: readonly FindingState[]): string[] {
  return [
    ...findings.flatMap(({ id }) => {
      const given = confirmations.filter((c) => c.finding === id)
      if (given.length !== 1) return [`Finding ${id} is answered ${given.length} times; answer it exactly once.`]
      return given.some((c) => c.outcome === 'confirmed' && c.evidence.length === 0) ? [`Finding ${id} is confirmed without evidence; quote what you ran and what it printed.`] : []
    }),
    ...confirmations.filter((c) => !findings.some((f) => f.id === c.finding)).map((c) => `Finding ${c.finding} was not asked about; leave it out.`),
  ]
}
