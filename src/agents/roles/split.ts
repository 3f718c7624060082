import { around } from '../../domain/phases/splitting.ts'
import { Split, splitProblems } from '../../domain/split.ts'
import { outcome, play } from '../cast.ts'
import { assertionsOf, fenced, json, jsonList, lines, repositoryName, startingPointsText } from '../material.ts'
import { callsOf, recordOf, type RunRecord } from '../record.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { skeleton } from '../skeleton.ts'
import { submit } from '../submit.ts'
import { exploreTool } from '../tools/explore.ts'
import { featureOf } from './build.ts'
import { verdict } from '../verdict.ts'

/** What becomes of a feature whose worker ran into a limit. It sees what was done, never what the worker thought. */
export async function split(job: Job<TaskOf<'split'>>): Promise<Outcome> {
  const { mission, run, task, services } = job
  const state = featureOf(mission, task.feature)
  const assertions = assertionsOf(mission, state.feature.covers)
  const record = recordOf(await services.trajectories.read(task.run))
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/split',
    values: {
      repository: repositoryName(mission),
      understanding: json(mission.understanding),
      feature: json(state.feature),
      starting_points: startingPointsText(mission, assertions),
      assertions: jsonList(assertions),
      features: jsonList(mission.features.map(({ feature: f, status }) => ({ id: f.id, title: f.title, milestone: f.milestone, after: f.after, touches: f.touches, status }))),
      ending: `${task.reason}: ${task.detail}`,
      attempt: `${task.attempt}. ${task.again ? 'Another attempt is possible.' : 'No attempt is left for the feature as it is.'}`,
      lessons: state.lessons.length === 0 ? '' : fenced(run, lines(state.lessons)),
      commits: lines(commits(record)),
      trajectory: fenced(run, skeleton(record)),
      problems: lines(task.problems),
    },
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in your decision and ends your task. A program checks it first.',
      answer: Split,
      value: Split,
      check: async (value) => verdict(value, splitProblems(value, around(mission, state, task.again))),
    }),
  })
  return outcome(ending, (decided) => ({ type: 'SplitDecided', feature: task.feature, split: decided, usage: ending.usage }))
}

/** What the worker committed, by the first line of each message. */
function commits(record: RunRecord): string[] {
  return record.turns.flatMap(({ turn, results }) =>
    callsOf(turn).flatMap((call) => {
      if (call.name !== 'commit' || results.get(call.id)?.ok !== true) return []
      const { input } = call
      return typeof input === 'object' && input && 'message' in input ? [String(input.message).split('\n')[0] ?? ''] : []
    }),
  )
}
