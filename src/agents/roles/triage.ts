import { triageProblems } from '../../domain/triage.ts'
import { Triage } from '../../domain/verdict.ts'
import { outcome, play } from '../cast.ts'
import { findingsText, json, jsonList, lines, repositoryName } from '../material.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { submit } from '../submit.ts'
import { exploreTool } from '../tools/explore.ts'
import { verdict } from '../verdict.ts'

export async function triage(job: Job<TaskOf<'triage'>>): Promise<Outcome> {
  const { mission, run, task } = job
  const asked = mission.findings.filter((f) => task.findings.includes(f.id))
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/triage',
    values: {
      repository: repositoryName(mission),
      understanding: json(mission.understanding),
      contract: json(mission.contract),
      features: jsonList(
        mission.features.map(({ feature, status, dropped }) => ({
          id: feature.id,
          title: feature.title,
          milestone: feature.milestone,
          covers: feature.covers,
          touches: feature.touches,
          fixes: feature.fixes,
          status,
          ...(dropped === null ? {} : { dropped }),
        })),
      ),
      findings: findingsText(asked),
      scope: scopeText(task.scope),
      problems: lines(task.problems),
    },
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in a decision for every finding and ends your task. A program checks it first.',
      answer: Triage,
      value: Triage,
      check: async (value) => verdict(value, triageProblems(value, asked)),
    }),
  })
  return outcome(ending, (decided) => ({ type: 'FindingsTriaged', triage: decided, usage: ending.usage }))
}

function scopeText(scope: string): string {
  if (scope === 'final') return 'the final verification of the whole'
  return scope.startsWith('m') ? `the validation of milestone ${scope}` : `the review of feature ${scope}`
}
