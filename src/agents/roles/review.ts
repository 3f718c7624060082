import type { Mission } from '../../domain/mission.ts'
import type { EffectId, Sha } from '../../domain/id.ts'
import type { Handoff } from '../../domain/feature.ts'
import { Review, Synthesis } from '../../domain/verdict.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { outcome, play } from '../cast.ts'
import { checkDocumentation, notYet } from '../documentation.ts'
import { knowledgeFor } from '../library.ts'
import { assertionsOf, fenced, findingsText, json, jsonList, lines, repositoryName, startingPointsText } from '../material.ts'
import { checkTree } from '../check.ts'
import { proceduresText } from '../procedures.ts'
import { conventionsText } from '../repository/conventions.ts'
import { recordOf } from '../record.ts'
import type { Job, Outcome, Services, TaskOf } from '../services.ts'
import { hasBegun, repositoryOf } from '../services.ts'
import { skeleton } from '../skeleton.ts'
import { reportOn } from './reviewed.ts'
import { readOnlyTools } from '../toolsets.ts'
import { featureOf, proceduresOf, wordsOf } from './build.ts'

/** A fresh reviewer of one feature: diff, claims and what was done, never what the worker thought. */
export async function review(job: Job<TaskOf<'review'>>): Promise<Outcome> {
  const { mission, run, task, services } = job
  const { feature } = featureOf(mission, task.feature)
  const assertions = assertionsOf(mission, feature.covers)
  const own = mission.features.filter((f) => f.feature.id === task.feature || f.on === task.feature)
  const fixes = own.filter((f) => f.on === task.feature && f.status !== 'dropped')
  const diff = await services.workspaces.diff(repositoryOf(mission), task.base, task.head)
  return scrutinise(job, task, async (checks, sandbox) => {
    const ending = await play(job, {
      run,
      prompt: 'scrutiny/review',
      values: {
        repository: repositoryName(mission),
        feature: json({ ...feature, ...(fixes.length > 0 ? { fixed_by: fixes.map((f) => ({ id: f.feature.id, title: f.feature.title, brief: f.feature.brief, touches: f.feature.touches })) } : {}) }),
        starting_points: startingPointsText(mission, assertions),
        assertions: jsonList(assertions),
        procedures: json(proceduresOf(mission)),
        checks: fenced(run, checks),
        handoff: jsonList(own.flatMap((f) => (f.handoff ? [{ feature: f.feature.id, ...f.handoff, tests_added: testsShown(f.handoff.tests_added), knowledge: undefined }] : []))),
        proof: jsonList(own.flatMap((f) => (f.proof ? [{ feature: f.feature.id, ...f.proof, test_files: undefined }] : []))),
        trajectory: fenced(
          run,
          await trajectories(
            mission,
            own.map((f) => f.feature.id),
            services,
          ),
        ),
        boundaries: lines(mission.plan?.boundaries ?? []),
        conventions: fenced(run, await conventionsText(await services.workspaces.tree(repositoryOf(mission), task.base), feature.touches)),
        earlier: findingsText(mission.findings.filter((f) => f.scope === task.feature)),
        knowledge: await knowledgeFor(job, task.base, { paths: diff.files.map((file) => file.path), words: wordsOf(feature, assertions) }),
        diff: fenced(run, diffText(diff)),
      },
      tools: readOnlyTools(sandbox),
      submit: reportOn(Review, { sandbox, documentation: notYet, diff, mission }),
    })
    return outcome(ending, (report) => ({ type: 'FeatureReviewed', feature: task.feature, report, usage: ending.usage }))
  })
}

/** Tests that prove something, by name; the others stand in the diff, and are counted. */
function testsShown(tests: Handoff['tests_added']) {
  const rest = tests.length - tests.filter((t) => t.proves.length > 0).length
  return [...tests.filter((t) => t.proves.length > 0), ...(rest > 0 ? [`${rest} more that guard something else`] : [])]
}

/** One look at all merged features of a milestone together. */
export async function synthesise(job: Job<TaskOf<'synthesise'>>): Promise<Outcome> {
  const { mission, run, task, services } = job
  const features = mission.features.filter((f) => f.feature.milestone === task.milestone && f.status !== 'dropped')
  const assertions = assertionsOf(
    mission,
    features.flatMap((f) => f.feature.covers),
  )
  const diff = await services.workspaces.diff(repositoryOf(mission), task.base, task.head)
  const last = mission.plan?.milestones.at(-1)?.id === task.milestone
  return scrutinise(job, task, async (checks, sandbox) => {
    const documentation = last ? await checkDocumentation(sandbox, diff, job.signal) : notYet
    const ending = await play(job, {
      run,
      prompt: 'scrutiny/synthesise',
      values: {
        repository: repositoryName(mission),
        milestone: json(mission.plan?.milestones.find((m) => m.id === task.milestone) ?? { id: task.milestone }),
        features: jsonList(
          features.map(({ feature, handoff }) => ({
            id: feature.id,
            title: feature.title,
            brief: feature.brief,
            covers: feature.covers,
            touches: feature.touches,
            handed_off: handoff?.summary ?? null,
            left_undone: handoff?.left_undone ?? [],
          })),
        ),
        starting_points: startingPointsText(mission, assertions),
        assertions: jsonList(assertions),
        procedures: json(proceduresOf(mission)),
        checks: fenced(run, checks),
        knowledge: await knowledgeFor(job, task.head, { paths: diff.files.map((file) => file.path), words: features.map((f) => wordsOf(f.feature, [])).join('\n') }),
        earlier: findingsText(mission.findings),
        documentation: documentation.text === '' ? '' : fenced(run, documentation.text),
        diff: fenced(run, diffText(diff)),
      },
      tools: readOnlyTools(sandbox),
      submit: reportOn(Synthesis, { sandbox, documentation, diff, mission }),
    })
    return outcome(ending, (report) => ({ type: 'MilestoneSynthesised', report, usage: ending.usage }))
  })
}

/** Runs the procedures where they may write, then opens the same tree read-only for the reviewer, beside the one that the diff begins from. */
export async function scrutinise(job: Job, { base, head }: { base: Sha; head: Sha }, look: (checks: string, sandbox: Sandbox) => Promise<Outcome>): Promise<Outcome> {
  const { mission, run, services, signal } = job
  const procedures = proceduresOf(mission)
  const repository = repositoryOf(mission)
  const workspace = await services.workspaces.open({ repository, run, at: head }, signal)
  const before = await services.workspaces.open({ repository, run: `${run}.base`, at: (await services.workspaces.fork(repository, base, head)) ?? base }, signal)
  const checks = (await hasBegun(job)) ? '' : await check()
  await using sandbox = await services.sandboxes.open({ run, workdir: workspace.dir, base: before.dir, home: workspace.home, writable: false, env: procedures.env })
  const seen = await look(checks, sandbox)
  if (seen.is === 'answered') for (const one of [run, `${run}.base`]) await services.workspaces.release(one)
  return seen

  async function check(): Promise<string> {
    await using writable = await services.sandboxes.open({ run, workdir: workspace.dir, home: workspace.home, writable: true, env: procedures.env })
    return proceduresText(await checkTree({ run, repository, workspace, sandbox: writable, procedures }, services, signal))
  }
}

async function trajectories(mission: Mission, features: readonly string[], services: Services): Promise<string> {
  const runs: EffectId[] = Object.values(mission.runs).flatMap((run) => (run.task === 'build' && run.feature !== null && features.includes(run.feature) && run.ending === 'submitted' ? [run.id] : []))
  const shown = await Promise.all(runs.map(async (id) => `${id}\n${skeleton(recordOf(await services.trajectories.read(id)))}`))
  return shown.join('\n\n')
}

export function diffText(diff: { text: string; truncated: boolean; files: { path: string; added: number; removed: number }[] }): string {
  if (diff.files.length === 0) return '(no change)'
  const list = diff.files.map((f) => `${f.path} +${f.added} -${f.removed}`).join('\n')
  return `${list}\n\n${diff.text}${diff.truncated ? '\n[the diff is longer than can be shown: compare /base and /work for the rest]' : ''}`
}
