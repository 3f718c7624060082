import type { FindingState, Mission } from '../../domain/mission.ts'
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
      contract: contractText(mission, task.scope, asked),
      features: jsonList(
        mission.features.map(({ feature, status, dropped }) => ({
          id: feature.id,
          title: feature.title,
          // What is merged speaks for itself; what is reviewed, or still to be built, may have decided the matter.
          ...(feature.id === task.scope || (status !== 'merged' && dropped === null) ? { brief: feature.brief } : {}),
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

/** Of a feature's review only what it speaks of stands in full: the rest is known by its title. */
function contractText({ contract, features }: Mission, scope: string, findings: readonly FindingState[]): string {
  const covers = features.find((f) => f.feature.id === scope)?.feature.covers
  if (!contract || !covers) return json(contract)
  const near = new Set([...covers, ...findings.map((f) => f.finding.assertion)])
  return json({ ...contract, assertions: contract.assertions.map((a) => (near.has(a.id) ? a : { id: a.id, title: a.title })) })
}

function scopeText(scope: string): string {
  if (scope === 'final') return 'the final verification of the whole'
  return scope.startsWith('m') ? `the validation of milestone ${scope}` : `the review of feature ${scope}`
}
