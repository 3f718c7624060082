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
import type { Outcome, Services } from '../../src/agents/services.ts'
import type { EffectOf, Task } from '../../src/domain/effect.ts'
import type { Plan } from '../../src/domain/feature.ts'
import { branches } from '../../src/domain/id.ts'
import type { Sha } from '../../src/domain/id.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { packageRoot } from '../../src/paths.ts'
import { createRemote } from '../adapters/git/remote.ts'
import type { Files, Remote } from '../adapters/git/remote.ts'
import { optionsFor } from '../adapters/git/house.ts'
import { options as sandboxOptions } from '../sandbox/made.ts'
import { aBuildingMission, aFeature, aFeatureState, anAssertion, aPlan, at, effect, key, val } from '../support/builders.ts'
import type { SentRequest } from '../support/messages-api.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import type { Step } from './script.ts'
import { scripted } from './script.ts'

/** A counter over HTTP and on the command line: small, real, and tested. */
export const counter: Files = {
  'package.json': JSON.stringify({ name: 'counter', type: 'module', scripts: { test: 'node --test' } }),
  'server.js': `import { createServer } from 'node:http'
import { next } from './count.js'
createServer((req, res) => {
  if (req.url === '/health') return res.end('ok')
  if (req.url === '/next') return res.end(String(next()))
  res.writeHead(404).end('no such page')
}).listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'))
`,
  'count.js': `let n = 0\nexport function next() {\n  return ++n\n}\n`,
  'cli.js': `import { next } from './count.js'\nconsole.log(next())\n`,
  'count.test.js': `import test from 'node:test'\nimport assert from 'node:assert'\nimport { next } from './count.js'\ntest('counts', () => assert.equal(next(), 1))\n`,
}

export const procedures: Plan['procedures'] = {
  install: null,
  build: null,
  test: 'node --test',
  lint: 'node --check server.js',
  types: null,
  scanners: [],
  start: 'node server.js',
  port: 4321,
  health: '/health',
  env: { PORT: '4321' },
  entry_points: [['node', 'cli.js']],
  services: [],
}

export interface World extends AsyncDisposable {
  remote: Remote
  base: Sha
  mission: Mission
  services: Services
  requests: SentRequest[]
  /** One run of a task under its natural key. */
  run(natural: string, task: Task, over?: Partial<Services>): Promise<Outcome>
}

/** Real git, real sandboxes, a real HTTP model with scripted words. */
export async function world(steps: Record<string, Step[]>, files: Files = counter): Promise<World> {
  const remote = await createRemote()
  const api = await startMessagesApi(scripted(steps))
  const base = await remote.write('main', files)
  await remote.git('branch', branches.integration(key), 'main')
  const clock = { now: () => new Date() }
  const services: Services = {
    model: anthropicModel({ api_key: 'k', base_url: api.url, attempts: 1 }),
    ledger: memoryLedger(),
    trajectories: memoryTrajectories(),
    pictures: filePictures(path.join(remote.room, 'pictures')),
    workspaces: gitWorkspaces(optionsFor(remote)),
    sandboxes: bubblewrapSandboxes(sandboxOptions),
    setups: diskSetups({ dir: path.join(remote.room, 'setups'), limit_bytes: 2 ** 30, exclusive: withLock }),
    clock,
    config: AgentsConfig.parse({}),
    prompts: await readPrompts(path.join(packageRoot, 'prompts')),
    async testerDir(run) {
      const dir = path.join(remote.room, 'tester', run)
      await mkdir(dir, { recursive: true })
      return dir
    },
    mayGoOn: async () => true,
  }
  const mission = missionAt(base)
  return {
    remote,
    base,
    mission,
    services,
    requests: api.requests,
    run: (natural, task, over = {}) => performRun(start(natural, task), mission, { ...services, ...over }, new AbortController().signal),
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]()
      await remote[Symbol.asyncDispose]()
    },
  }
}

function start(natural: string, task: Task): EffectOf<'StartRun'> {
  return { type: 'StartRun', id: effect(natural), at: at(30), task }
}

function missionAt(base: Sha): Mission {
  const assertions = [
    anAssertion('API-001', {
      title: 'Counting goes on',
      behaviour: 'A user asks for /next twice and gets 1, then 2.',
      evidence: ['response(GET /next -> 200, body has "1")', 'response(GET /next -> 200, body has "2")'],
    }),
    anAssertion('CLI-001', { title: 'The command counts', tool: 'command', behaviour: 'A user runs the command and sees 1.', evidence: ['exit(0)'] }),
  ]
  const plan = aPlan({ features: [aFeature(1, { title: 'Count from one', covers: [val('API-001'), val('CLI-001')], touches: ['count.js'] })], procedures })
  const mission = aBuildingMission({ base_sha: base, plan, contract: { assertions }, features: plan.features.map((feature) => aFeatureState(feature)) })
  return { ...mission, integration: { branch: branches.integration(key), head: base, open: true } }
}
