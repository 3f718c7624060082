import type { Usage } from '../../domain/event.ts'
import { EffectId } from '../../domain/id.ts'
import type { Sha } from '../../domain/id.ts'
import { Digest } from '../../domain/notes.ts'
import { play } from '../cast.ts'
import { Stopped } from '../loop.ts'
import { fenced, repositoryName } from '../material.ts'
import { exploredTree } from './explored.ts'
import { outlineOf } from '../repository/outline.ts'
import { placeProblems } from '../repository/places.ts'
import type { Job } from '../services.ts'
import { repositoryOf } from '../services.ts'
import { submit } from '../submit.ts'
import { verdict } from '../verdict.ts'
import { readOnlyTools } from '../toolsets.ts'

export type Explored = ({ is: 'digest'; digest: Digest } | { is: 'failed'; detail: string }) & { usage: Usage }

/** An explorer's run below the one that asks: `1` for the first call, `1.2` for its second question. */
export function explorerRun(run: EffectId, n: string): EffectId {
  return EffectId.parse(`${run}.x${n}`)
}

/** One explorer, in the tree that the question is about. */
export async function exploreOnce(job: Job, n: string, question: string): Promise<Explored> {
  const { services, mission, signal } = job
  const run = explorerRun(job.run, n)
  const repository = repositoryOf(mission)
  const tree = exploredTree(mission, job.task)
  const at: Sha | null = tree.at ?? (await services.workspaces.fetch(repository, mission.request.repository.default_branch, signal))
  if (at === null) throw new Error('a mission needs a repository with a commit')
  const files = await services.workspaces.tree(repository, at, signal)
  const workspace = await services.workspaces.open({ repository, run, at }, signal)
  await using sandbox = await services.sandboxes.open({ run, workdir: workspace.dir, writable: false })
  const ending = await play(job, {
    run,
    prompt: 'explorer/explore',
    values: { repository: `${repositoryName(mission)}, ${tree.words}`, outline: fenced(run, await outlineOf(files)), question },
    tools: readOnlyTools(sandbox),
    submit: submit({
      description: 'Hands in your answer and ends your task.',
      answer: Digest,
      value: Digest,
      check: async (value) => verdict(value, await placeProblems(value.places, files)),
    }),
  })
  await services.workspaces.release(run)
  switch (ending.is) {
    case 'submitted':
      return { is: 'digest', digest: ending.value, usage: ending.usage }
    case 'failed':
      return { is: 'failed', detail: ending.detail, usage: ending.usage }
    case 'stopped':
      throw new Stopped('the fence said stop')
  }
}
