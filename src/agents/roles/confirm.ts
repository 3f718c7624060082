import type { FeatureState, FindingState, Mission } from '../../domain/mission.ts'
import { Confirmations } from '../../domain/verdict.ts'
import { outcome, play } from '../cast.ts'
import { confirmationProblems } from '../confirmations.ts'
import { assertionsOf, fenced, json, jsonList, lines, repositoryName, startingPointsText } from '../material.ts'
import { recordOf } from '../record.ts'
import { conventionsText } from '../repository/conventions.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { repositoryOf } from '../services.ts'
import { submit } from '../submit.ts'
import { readOnlyTools } from '../toolsets.ts'
import { proceduresOf } from './build.ts'
import { diffText, scrutinise } from './review.ts'

/** A second, fresh reviewer: sees what a finding says and what it is about, nothing of how the first came to it. */
export async function confirm(job: Job<TaskOf<'confirm'>>): Promise<Outcome> {
  const { mission, run, task, services } = job
  const repository = repositoryOf(mission)
  const findings = mission.findings.filter((f) => task.findings.includes(f.id))
  const about = featuresOf(mission, task)
  const assertions = assertionsOf(mission, [...about.flatMap((f) => f.feature.covers), ...findings.flatMap((f) => f.finding.assertion ?? [])])
  const diff = await services.workspaces.diff(repository, task.base, task.head)
  return scrutinise(job, task, async (checks, sandbox) => {
    const ending = await play(job, {
      run,
      prompt: 'scrutiny/confirm',
      values: {
        repository: repositoryName(mission),
        findings: jsonList(findings.map(wordsOf)),
        features: jsonList(about.map(({ feature }) => feature)),
        starting_points: startingPointsText(mission, assertions),
        assertions: jsonList(assertions),
        procedures: json(proceduresOf(mission)),
        checks: fenced(run, checks),
        // Of a milestone, what was claimed and proved was judged feature by feature.
        handoff: jsonList(task.feature === null ? [] : about.flatMap((f) => (f.handoff ? [{ feature: f.feature.id, ...f.handoff, knowledge: undefined }] : []))),
        proof: jsonList(task.feature === null ? [] : about.flatMap((f) => (f.proof ? [{ feature: f.feature.id, ...f.proof, test_files: undefined }] : []))),
        boundaries: lines(mission.plan?.boundaries ?? []),
        conventions: fenced(
          run,
          await conventionsText(
            await services.workspaces.tree(repository, task.base),
            about.flatMap((f) => f.feature.touches),
          ),
        ),
        diff: fenced(run, diffText(diff)),
      },
      tools: readOnlyTools(sandbox),
      submit: submit({
        description: 'Hands in your word on every finding and ends your task. A program looks for your evidence in what your tools returned.',
        answer: Confirmations,
        value: Confirmations,
        async check(answer) {
          const record = recordOf(await services.trajectories.read(run))
          const problems = confirmationProblems(answer, findings, { record, diff: diff.text })
          return problems.length > 0 ? { problems } : { value: answer }
        },
      }),
    })
    return outcome(ending, ({ confirmations }) => ({ type: 'FindingsConfirmed', confirmations, usage: ending.usage }))
  })
}

/** The feature with the fixes on its branch, or all of a milestone. */
function featuresOf(mission: Mission, task: TaskOf<'confirm'>): FeatureState[] {
  if (task.feature !== null) return mission.features.filter((f) => f.feature.id === task.feature || f.on === task.feature)
  return mission.features.filter((f) => f.feature.milestone === task.milestone && f.status !== 'dropped')
}

/** The finding's own words, without its evidence: that would be repeated instead of looked for. */
function wordsOf({ id, finding }: FindingState): object {
  const { severity, what, assertion, place } = finding
  return { id, severity, what, ...(assertion ? { assertion } : {}), ...(place ? { place } : {}) }
}
