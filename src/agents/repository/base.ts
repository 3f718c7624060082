import type { Decision, Plan } from '../../domain/feature.ts'
import { decisionProblem, saidIn } from '../../domain/decisions.ts'
import type { Mission } from '../../domain/mission.ts'
import type { Tree } from '../../ports/workspaces.ts'
import { fenced, json } from '../material.ts'
import type { Job } from '../services.ts'
import { repositoryOf } from '../services.ts'
import { namedFiles } from './named-files.ts'
import type { Survey } from './survey.ts'

/** The files that planning speaks of: those of the commit where the mission began. */
export async function baseTree({ services, mission, signal }: Job): Promise<Tree> {
  const repository = repositoryOf(mission)
  const at = mission.base_sha ?? (await services.workspaces.fetch(repository, mission.request.repository.default_branch, signal))
  if (at === null) throw new Error('a mission needs a repository with a commit')
  return services.workspaces.tree(repository, at, signal)
}

/** What a program found, as the planner reads it. Between marks: the words are the repository's. */
export function surveyText({ settings, candidates, top, files }: Survey, run: string): string {
  const binding = settings && settings.problems.length === 0 ? { binding: { procedures: settings.procedures, boundaries: settings.boundaries } } : {}
  const unusable = settings && settings.problems.length > 0 ? { settings_not_used: settings.problems } : {}
  return fenced(run, json({ files, top, ...binding, ...unusable, candidates }))
}

/** Decisions whose words do not stand where they say, and sources that do not exist. */
export async function sourceProblems(plan: Plan, mission: Mission, tree: Tree): Promise<string[]> {
  const quoted = await Promise.all(plan.decisions.map(async (decision) => decisionProblem(decision, await textOf(decision, mission, tree))))
  const known = new Set(tree.paths)
  const made = plan.features.flatMap((f) => f.touches)
  const sources = namedFiles(plan.procedures_from)
  return [
    ...quoted.filter((problem) => problem !== null),
    ...sources
      .filter((path) => !known.has(path) && !made.includes(path))
      .map((path) => `"procedures_from" names ${path}, which the repository does not have; name the files the procedures were taken from.`),
  ]
}

async function textOf(decision: Decision, mission: Mission, tree: Tree): Promise<string | null> {
  return saidIn(mission, decision.document) ?? (await tree.text(decision.document.replace(/^\.\//, '')))
}
