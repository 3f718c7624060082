import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { filePictures } from '../../src/adapters/files/pictures.ts'
import { gitWorkspaces } from '../../src/adapters/git/workspaces.ts'
import { memoryLedger } from '../../src/adapters/memory/ledger.ts'
import { memoryTrajectories } from '../../src/adapters/memory/trajectories.ts'
import { anthropicModel } from '../../src/adapters/model/anthropic.ts'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import { diskSetups } from '../../src/adapters/setups/disk.ts'
import { withLock } from '../../src/adapters/git/lock.ts'
import { AgentsConfig } from '../../src/agents/config.ts'
import { performRun } from '../../src/agents/perform.ts'
import { readPrompts } from '../../src/agents/prompt.ts'
import type { Services } from '../../src/agents/services.ts'
import { Understanding, ValidationContract } from '../../src/domain/contract.ts'
import type { Task } from '../../src/domain/effect.ts'
import type { EventOf } from '../../src/domain/event.ts'
import { Feature, Plan } from '../../src/domain/feature.ts'
import { AssertionId, FeatureId, MilestoneId, Sha } from '../../src/domain/id.ts'
import type { FindingState, Mission } from '../../src/domain/mission.ts'
import type { Finding, Report } from '../../src/domain/verdict.ts'
import { packageRoot } from '../../src/paths.ts'
import type { Fault } from '../../src/rehearsal/scripted/faults.ts'
import { startScriptedModel, type ScriptedModel } from '../../src/rehearsal/scripted/server.ts'
import { contract } from '../../src/rehearsal/story/contract.ts'
import { plan } from '../../src/rehearsal/story/plan.ts'
import { clarifications, issue, reply } from '../../src/rehearsal/story/request.ts'
import { optionsFor } from '../adapters/git/house.ts'
import { createRemote, type Remote } from '../adapters/git/remote.ts'
import { options as sandboxOptions } from '../sandbox/made.ts'
import { aBuildingMission, aFeatureState, aFinding, aRequest, at, effect } from '../support/builders.ts'
import type { Tree } from './tree.ts'

/** The real agents, sandboxes and git over the scripted model, at one point of the story. */
export interface Stage extends AsyncDisposable {
  model: ScriptedModel
  mission: Mission
  /** What a tree holds, as a commit of the mission's repository. */
  pushed(tree: Tree): Promise<Sha>
  /** Runs one agent to its end; the event that answers it. */
  run<T extends Answer['type']>(natural: string, task: Task, type: T): Promise<EventBody<T>>
  build(feature: string, base: Sha, attempt?: number): Promise<EventBody<'FeatureHandedOff'>>
  review(feature: string, base: Sha, head: Sha, round?: number): Promise<Report>
  exercise(head: Sha, assertions: string[]): Promise<Report>
  /** Lets the orchestrator decide on findings; the fix features it asks for, ready to be built. */
  triage(findings: Finding[], scope: string): Promise<string[]>
}

type Answer = Extract<Awaited<ReturnType<typeof performRun>>, { is: 'answered' }>['body']
type EventBody<T extends Answer['type']> = Omit<EventOf<T>, 'v' | 'id' | 'at' | 'answers'>

export async function stage(options: { slips?: number[]; faults?: Fault[] } = {}): Promise<Stage> {
  const remote = await createRemote()
  const model = await startScriptedModel({ port: 0, defects: options.slips ?? [], faults: options.faults ?? [] })
  const services = await servicesFor(remote, model)
  const mission = storyMission()
  let n = 0

  async function run<T extends Answer['type']>(natural: string, task: Task, type: T): Promise<EventBody<T>> {
    const done = await performRun({ type: 'StartRun', id: effect(natural), at: at(30), task }, mission, services, new AbortController().signal)
    if (done.is !== 'answered' || !isOf(done.body, type)) throw new Error(`${natural} ended otherwise: ${JSON.stringify(done).slice(0, 2_000)}`)
    return done.body
  }

  return {
    model,
    mission,
    run,
    async pushed(tree) {
      n += 1
      await tree.git('push', '-q', remote.bare, `HEAD:refs/heads/at-${n}`)
      return Sha.parse((await tree.git('rev-parse', 'HEAD')).trim())
    },
    build: (feature, base, attempt = 1) => run(`build.${feature}.a${attempt}`, { task: 'build', feature: FeatureId.parse(feature), attempt, base, merge: null, lessons: [] }, 'FeatureHandedOff'),
    async review(feature, base, head, round = 1) {
      return (await run(`review.${feature}.r${round}`, { task: 'review', feature: FeatureId.parse(feature), round, base, head }, 'FeatureReviewed')).report
    },
    async exercise(head, assertions) {
      n += 1
      return (
        await run(
          `exercise.m1.r${n}.p1`,
          { task: 'exercise', milestone: MilestoneId.parse('m1'), round: n, part: 1, head, assertions: assertions.map((a) => AssertionId.parse(a)) },
          'AssertionsExercised',
        )
      ).report
    },
    async triage(found, scope) {
      n += 1
      const states = found.map((finding, i): FindingState => aFinding(`${scope}.r${n}-${i + 1}`, { finding, scope }))
      mission.findings.push(...states)
      const { triage } = await run(`triage.${scope}.n${n}`, { task: 'triage', scope, findings: states.map((f) => f.id), n, problems: [] }, 'FindingsTriaged')
      return triage.fixes.map((fix) => {
        const id = FeatureId.parse(`f${mission.features.length + 1}`)
        const fixes = triage.decisions.flatMap((d) => (d.decision === 'fix' && d.group === fix.group ? [d.finding] : []))
        const feature = Feature.parse({ id, milestone: 'm1', title: fix.title, brief: fix.brief, covers: [], after: [], touches: fix.touches, risk: 'low', expected: '', fixes })
        mission.features.push(aFeatureState(feature))
        return id
      })
    },
    async [Symbol.asyncDispose]() {
      await model.close()
      await remote[Symbol.asyncDispose]()
    },
  }
}

function isOf<T extends Answer['type']>(body: Answer, type: T): body is Extract<Answer, EventBody<T>> {
  return body.type === type
}

async function servicesFor(remote: Remote, model: ScriptedModel): Promise<Services> {
  return {
    model: anthropicModel({ api_key: 'k', base_url: model.url, attempts: 4 }),
    ledger: memoryLedger(),
    trajectories: memoryTrajectories(),
    pictures: filePictures(path.join(remote.room, 'pictures')),
    workspaces: gitWorkspaces(optionsFor(remote)),
    sandboxes: bubblewrapSandboxes(sandboxOptions),
    setups: diskSetups({ dir: path.join(remote.room, 'setups'), limit_bytes: 2 ** 30, exclusive: withLock }),
    clock: { now: () => new Date() },
    config: AgentsConfig.parse({}),
    prompts: await readPrompts(path.join(packageRoot, 'prompts')),
    async testerDir(run) {
      const dir = path.join(remote.room, 'tester', run)
      await mkdir(dir, { recursive: true })
      return dir
    },
    mayGoOn: async () => true,
  }
}

function storyMission(): Mission {
  const planned = Plan.parse(plan)
  const { understanding } = clarifications.questions
  return aBuildingMission({
    request: aRequest({ issue: { number: 7, title: issue.title, body: issue.body, author: 'mara' } }),
    understanding: Understanding.parse(structuredClone(understanding)),
    contract: ValidationContract.parse(contract),
    plan: planned,
    features: planned.features.map((feature) => aFeatureState(feature)),
    revisions: [{ by: 'mara', text: reply }].slice(1),
  })
}
