import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { filePictures } from '../../../src/adapters/files/pictures.ts'
import { githubForge } from '../../../src/adapters/github/forge.ts'
import { markers } from '../../../src/adapters/github/marker.ts'
import type { Markers } from '../../../src/adapters/github/marker.ts'
import { createClients } from '../../../src/adapters/github/octokit.ts'
import type { Clients } from '../../../src/adapters/github/octokit.ts'
import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import type { ActEffect, EffectOf, EffectType } from '../../../src/domain/effect.ts'
import { laneOf } from '../../../src/domain/effect.ts'
import { Event } from '../../../src/domain/event.ts'
import { Sha, missionKey } from '../../../src/domain/id.ts'
import type { Mission } from '../../../src/domain/mission.ts'
import { Limits, Policy } from '../../../src/domain/policy.ts'
import { transition } from '../../../src/domain/transition.ts'
import { startEmulator } from '../../../src/emulator/emulator.ts'
import type { Emulator, EmulatorOptions } from '../../../src/emulator/emulator.ts'
import type { Target } from '../../../src/emulator/webhooks.ts'
import { texts } from '../../../src/texts.ts'
import { ForgeAway } from '../../../src/ports/forge.ts'
import type { AnswerBody, Forge } from '../../../src/ports/forge.ts'
import type { RepositoryRef, Workspaces } from '../../../src/ports/workspaces.ts'

/** How acts are done: once, twice, or with the answer to each change lost on its way. */
export type Manner = 'once' | 'twice' | 'answers lost'

export interface Stage extends AsyncDisposable {
  emulator: Emulator
  forge: Forge
  clients: Clients
  markers: Markers
  workspaces: Workspaces
  ref: RepositoryRef
  repo: string
  issue: number
  mission(): Mission
  /** Folds an event into the mission. */
  tell(body: Record<string, unknown>): void
  /** Does the pending act of that type through the forge and folds its answer. */
  act<T extends ActEffect['type']>(type: T): Promise<AnswerBody>
  /** The pending effect of that type. */
  pending<T extends EffectType>(type: T): EffectOf<T>
  /** A worker's commit. */
  commit(at: Sha, files: Record<string, string>, run: string): Promise<Sha>
  /** How many answers were lost so far. */
  lost(): number
  signal: AbortSignal
}

/** Every call of an act that changes something, but for reactions: those are set, and set again. */
const changes = [
  'POST issues',
  'PATCH issues/{issue_number}',
  'POST issues/{issue_number}/comments',
  'PATCH issues/comments/{comment_id}',
  'POST labels',
  'PUT issues/{issue_number}/labels',
  'DELETE issues/{issue_number}/labels/{name}',
  'POST issues/{issue_number}/sub_issues',
  'POST issues/{issue_number}/dependencies/blocked_by',
  'POST pulls',
  'PATCH pulls/{pull_number}',
  'PUT pulls/{pull_number}/merge',
  'POST pulls/{pull_number}/reviews',
  'POST pulls/{pull_number}/comments',
  'POST check-runs',
  'PATCH check-runs/{check_run_id}',
  'DELETE git/refs/{ref}',
]

/** An emulator, a real repository, the forge over real HTTP and git, and one mission, folded by the real protocol. */
export async function openStage(manner: Manner = 'once', options: { webhook?: Target } & Pick<EmulatorOptions, 'clock' | 'observe'> = {}): Promise<Stage> {
  const dir = await mkdtemp(join(tmpdir(), 'forge-'))
  const emulator = await startEmulator({
    data_dir: join(dir, 'github'),
    webhook: options.webhook ?? null,
    ...(options.clock === undefined ? {} : { clock: options.clock }),
    ...(options.observe === undefined ? {} : { observe: options.observe }),
    app: { id: 77, slug: 'missions-test' },
  })
  const record = await emulator.addRepository({ owner: 'acme', name: 'rooms' })
  emulator.addCollaborator('acme/rooms', 'mara', 'write')
  const issue = await emulator.as('mara').createIssue('acme/rooms', { title: 'No double bookings', body: 'Please.', labels: ['mission'] })

  const clock = { now: () => new Date() }
  const clients = createClients({ app_id: 77, private_key: emulator.app.private_key, api_url: `${emulator.url}/api/v3`, clock })
  const identity = await clients.identity()
  const [installation] = (await emulator.dump()).installations
  const ref = { id: record.id, installation_id: installation?.id ?? 0, owner: 'acme', name: 'rooms' }
  const signing = markers(['a secret of this test'], identity)
  const workspaces = gitWorkspaces({
    data_dir: join(dir, 'git'),
    author: { name: 'missions-test[bot]', email: '77+missions-test[bot]@users.noreply.github.com' },
    credential: (repository, access) => clients.gitCredential(repository, access),
  })
  const forge = githubForge({
    octokitFor: (repository) => clients.octokitFor(repository),
    identity,
    markers: signing,
    workspaces,
    pictures: filePictures(join(dir, 'pictures')),
    texts,
    clock,
    spacing_ms: 0,
  })
  const signal = new AbortController().signal

  const request = {
    key: missionKey({ repository_id: record.id, issue: issue.number, k: 1 }),
    installation_id: ref.installation_id,
    repository: { id: record.id, owner: 'acme', name: 'rooms', default_branch: 'main' },
    issue: { number: issue.number, title: issue.title, body: 'Please.', author: 'mara' },
    by: 'mara',
    hidden_passages: 0,
  }
  let mission: Mission | null = null
  let told = 0
  let lost = 0

  function tell(body: Record<string, unknown>): void {
    const event = Event.parse({ v: 1, id: `told/${++told}`, at: new Date().toISOString(), ...body })
    const step = transition(mission, event)
    if (step === null) throw new Error(`the mission has no use for ${event.type} in ${mission?.phase}`)
    mission = step.mission
  }
  tell({ type: 'MissionRequested', request, limits: Limits.parse({ clarify_rounds: 1 }), policy: Policy.parse({}) })

  function now(): Mission {
    if (mission === null) throw new Error('no mission')
    return mission
  }

  function pending<T extends EffectType>(type: T): EffectOf<T> {
    const found = now().pending.find((effect): effect is EffectOf<T> => effect.type === type)
    if (found === undefined)
      throw new Error(
        `no ${type} among ${now()
          .pending.map((effect) => effect.id)
          .join(', ')}`,
      )
    return found
  }

  async function perform(effect: ActEffect): Promise<AnswerBody> {
    switch (manner) {
      case 'once':
        return forge.perform(effect, now(), signal)
      case 'twice': {
        await forge.perform(effect, now(), signal)
        return forge.perform(effect, now(), signal)
      }
      case 'answers lost':
        return performLosing(effect)
    }
  }

  /** Each try loses the answer to its first change, so that each change is once the last thing that was done. */
  async function performLosing(effect: ActEffect): Promise<AnswerBody> {
    for (let tries = 0; tries < 60; tries++) {
      for (const operation of changes) emulator.faults.add({ do: tries % 2 === 0 ? 'reset' : 'html', match: operation.replace(' ', ' /repos/{owner}/{repo}/'), when: 'after', times: 1 })
      try {
        return await forge.perform(effect, now(), signal)
      } catch (error) {
        if (!(error instanceof ForgeAway)) throw error
        lost += 1
      } finally {
        emulator.faults.clear()
      }
    }
    throw new Error(`${effect.id} was not done after sixty tries`)
  }

  return {
    emulator,
    forge,
    clients,
    markers: signing,
    workspaces,
    ref,
    repo: 'acme/rooms',
    issue: issue.number,
    mission: now,
    tell,
    pending,
    lost: () => lost,
    signal,
    async act(type) {
      const effect = now().pending.find((candidate): candidate is ActEffect => candidate.type === type && laneOf[candidate.type] === 'act')
      if (effect === undefined)
        throw new Error(
          `no ${type} among ${now()
            .pending.map((candidate) => candidate.id)
            .join(', ')}`,
        )
      const answer = await perform(effect)
      tell({ ...answer, answers: effect.id })
      return answer
    },
    async commit(at, files, run) {
      await workspaces.fetch(ref, 'main')
      const workspace = await workspaces.open({ repository: ref, run, at })
      for (const [path, content] of Object.entries(files)) await writeFile(join(workspace.dir, path), content)
      const sha = await workspace.commit({ text: `work of ${run}`, trailers: {}, at: new Date() })
      return Sha.parse(sha)
    },
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
