import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import type { Procedures } from '../../domain/feature.ts'
import { Handoff } from '../../domain/feature.ts'
import type { FeatureState, Mission } from '../../domain/mission.ts'
import { Sha } from '../../domain/id.ts'
import { Proof } from '../../domain/proof.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Workspace } from '../../ports/workspaces.ts'
import { modelFor, outcome, play } from '../cast.ts'
import { knowledgeFor } from '../library.ts'
import { assertionsOf, fenced, findingsText, json, jsonList, lines, missionText, repositoryName, startingPointsText } from '../material.ts'
import { notesForFeature } from '../notes.ts'
import { conventionsText } from '../repository/conventions.ts'
import { prepare } from '../prepare.ts'
import { proceduresText } from '../procedures.ts'
import type { Served } from '../serve.ts'
import { serve } from '../serve.ts'
import type { FailReason } from '../record.ts'
import { recordOf } from '../record.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { hasBegun, repositoryOf } from '../services.ts'
import { outputsIn } from '../outputs.ts'
import { submit } from '../submit.ts'
import { prove } from '../proof/prove.ts'
import { changesTool } from '../tools/changes.ts'
import { featureCommit } from '../feature-commit.ts'
import { commitTool, isRefusal } from '../tools/commit.ts'
import { writingTools } from '../toolsets.ts'

const Built = z.strictObject({ handoff: Handoff, head: Sha, proof: Proof })
type Built = z.infer<typeof Built>

/** One worker, one feature, one worktree. Sees its brief and the repository, nothing of the planning. */
export async function build(job: Job<TaskOf<'build'>>): Promise<Outcome> {
  const { mission, run, task, services, signal } = job
  const state = featureOf(mission, task.feature)
  const procedures = proceduresOf(mission)
  const repository = repositoryOf(mission)
  const workspace = await services.workspaces.open({ repository, run, at: task.base, ...(task.merge === null ? {} : { merge: task.merge }) }, signal)
  await using sandbox = await services.sandboxes.open({ run, workdir: workspace.dir, home: workspace.home, writable: true, env: procedures.env })
  const prepared = (await hasBegun(job)) ? [] : await prepare({ run, repository, workspace, sandbox, procedures }, services, signal)
  // Its tests may need them, and so may the product that it tries out.
  await using served = await serve(sandbox, procedures, services.config.start_ms, signal)
  const assertions = assertionsOf(mission, coveredBy(mission, state))
  const trailers = (model: string) => ({ Mission: mission.key, Feature: task.feature, Assertions: assertions.map((a) => a.id).join(', ') || 'none', 'Agent-Run': run, Model: model })
  const model = await modelFor(job, 'worker/build')

  const outputs = outputsIn(sandbox)
  const ending = await play(job, {
    run,
    prompt: 'worker/build',
    values: {
      repository: repositoryName(mission),
      mission: missionText(mission),
      feature: json(state.feature),
      starting_points: startingPointsText(mission, assertions),
      assertions: jsonList(assertions),
      procedures: json(procedures),
      install: [proceduresText(prepared), servicesText(procedures, served)].filter((text) => text !== '').join('\n'),
      findings: findingsText(mission.findings.filter((f) => state.feature.fixes.includes(f.id))),
      lessons: task.lessons.length === 0 ? '' : fenced(run, lines(task.lessons)),
      knowledge: await knowledgeFor(job, task.base, { paths: state.feature.touches, words: wordsOf(state.feature, assertions) }),
      boundaries: lines(mission.plan?.boundaries ?? []),
      notes: notesForFeature(mission.notes, state.feature),
      conventions: fenced(run, await conventionsText(await services.workspaces.tree(repository, task.base, signal), state.feature.touches)),
      merge: task.merge === null ? '' : await mergeText(sandbox, task.merge, signal),
    },
    tools: [
      ...writingTools(sandbox, outputs),
      commitTool(workspace, { text: (message) => featureCommit(mission, message), trailers: trailers(model) }, services.clock),
      changesTool(workspace, task.base, outputs),
    ],
    submit: submit({
      description: 'Hands off the feature and ends your task. What is not committed is committed first; a program looks at the change.',
      amends: { what: 'the handoff' },
      answer: Handoff,
      value: Built,
      check: (handoff) => settle(handoff, workspace),
    }),
  })
  if (ending.is !== 'stopped') await services.workspaces.release(run)
  return outcome(ending, ({ handoff, head, proof }) => ({ type: 'FeatureHandedOff', feature: task.feature, head, handoff, proof, usage: ending.usage }))

  /** Everything is committed, there is something to show, the push gate would take it, and it is proven by running. */
  async function settle(handoff: Handoff, from: Workspace): Promise<{ value: Built } | { reason: FailReason; problems: string[] }> {
    try {
      await from.commit({ text: featureCommit(mission, state.feature.title), trailers: trailers(model), at: services.clock.now() })
    } catch (error) {
      if (isRefusal(error)) return { reason: 'push_gate', problems: [error.message] }
      throw error
    }
    const head = await from.head()
    if (head === task.base) return { reason: 'no_work', problems: ['Nothing in /work differs from where you began, so there is nothing to hand off.'] }
    const problems = await services.workspaces.gate(repository, task.base, head, mission.plan?.boundaries ?? [], task.merge)
    if (problems.length > 0) return { reason: 'push_gate', problems }
    const record = recordOf(await services.trajectories.read(run))
    const proved = await prove({ run, repository, procedures, services, signal }, { mission, state, task, handoff, head, record })
    return 'proof' in proved ? { value: { handoff, head, proof: proved.proof } } : proved
  }
}

export function featureOf(mission: Mission, id: string): FeatureState {
  const found = mission.features.find((f) => f.feature.id === id)
  if (!found) throw new Error(`no feature ${id}`)
  return found
}

/** What a feature is about, in words. */
export function wordsOf(feature: FeatureState['feature'], assertions: readonly Assertion[]): string {
  return [feature.title, feature.brief, feature.expected, ...assertions.flatMap((a) => [a.title, a.behaviour])].join('\n')
}

export function proceduresOf(mission: Mission): NonNullable<Mission['plan']>['procedures'] {
  if (!mission.plan) throw new Error('a run on code needs the plan')
  return mission.plan.procedures
}

/** A fix answers for the assertions its findings speak of. */
function coveredBy(mission: Mission, state: FeatureState): FeatureState['feature']['covers'] {
  const { covers, fixes } = state.feature
  const found = mission.findings.filter((f) => fixes.includes(f.id)).flatMap((f) => f.finding.assertion ?? [])
  const trunk = state.on === null ? [] : featureOf(mission, state.on).feature.covers
  return [...new Set([...covers, ...found, ...trunk])]
}

function servicesText({ services }: Procedures, { problem }: Served): string {
  if (services.length === 0) return ''
  return problem ?? `services: ${services.map((s) => (s.port === null ? s.name : `${s.name} on port ${s.port}`)).join(', ')} running`
}

async function mergeText(sandbox: Sandbox, merge: Sha, signal: AbortSignal): Promise<string> {
  const marked = await sandbox.exec({ argv: ['grep', '-rlE', '--exclude-dir=node_modules', '^(<<<<<<<|>>>>>>>) ', '.'], timeout_ms: 60_000, output_limit_bytes: 20_000 }, signal)
  const paths = marked.stdout.trim()
  return `Commit ${merge} was merged into your tree and is part of your next commit. ${paths === '' ? 'No file has conflict marks, but check that both sides still work together; a file deleted on one side leaves no mark.' : `Conflict marks stand in:\n${paths}`}`
}
