import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '../emulator/emulator.ts'
import { packageRoot } from '../paths.ts'
import { freePort, startApp, until, type AppProcess } from './processes.ts'
import { startScriptedModel, type ScriptedModel } from './scripted/server.ts'

export const place = { owner: 'acme', name: 'rooms', full: 'acme/rooms', person: 'mara' }

/** Everything a mission needs, on this machine: a GitHub, a repository, a model, and the app's own processes. */
export interface Stage extends AsyncDisposable {
  emulator: Emulator
  model: ScriptedModel
  web_port: number
  env: Record<string, string>
  log_file: string
  apps: AppProcess[]
  start(parts: 'web' | 'worker' | 'both'): AppProcess
  ready(): Promise<void>
}

export interface StageSpec {
  dir: string
  redis_url: string
  defects: readonly number[]
  chromium?: string | undefined
  /** Over the rehearsal's own settings. */
  env?: Record<string, string>
  model?: Partial<Parameters<typeof startScriptedModel>[0]>
  observe?: Parameters<typeof startEmulator>[0]['observe']
}

export async function openStage(spec: StageSpec): Promise<Stage> {
  mkdirSync(spec.dir, { recursive: true })
  const secret = 'rehearsal-webhook-secret'
  const web_port = await freePort()
  const webhook = { url: `http://127.0.0.1:${web_port}/api/github/webhooks`, secret }
  const emulator = await startEmulator({ data_dir: join(spec.dir, 'github'), webhook, app: { id: 4242, slug: 'missions' }, ...(spec.observe ? { observe: spec.observe } : {}) })
  emulator.addUser(place.person)
  emulator.addUser('passer-by')
  await emulator.addRepository({ owner: place.owner, name: place.name, from: join(packageRoot, 'dist/rehearsal/seed') })
  emulator.addCollaborator(place.full, place.person, 'maintain')
  const model = await startScriptedModel({ port: 0, defects: [...spec.defects], ...spec.model })
  const env = {
    APP_ID: String(emulator.app.id),
    PRIVATE_KEY: emulator.app.private_key,
    WEBHOOK_SECRET: secret,
    PORT: String(web_port),
    HOST: '127.0.0.1',
    GITHUB_API_URL: `${emulator.url}/api/v3`,
    REDIS_URL: spec.redis_url,
    ANTHROPIC_API_KEY: 'rehearsal',
    ANTHROPIC_BASE_URL: model.url,
    MISSIONS_DATA_DIR: join(spec.dir, 'data'),
    // A real GitHub wants a second between writes and a minute of grace for checks; this one does not.
    MISSIONS_WRITE_SPACING_MS: '0',
    MISSIONS_CHECKS_GRACE_MS: '300',
    MISSIONS_CHECKS_POLL_MS: '300',
    MISSIONS_SWEEP_MS: '2000',
    MISSIONS_FACTS_MS: '5000',
    LOG_LEVEL: 'info',
    ...(spec.chromium ? { CHROME_PATH: spec.chromium } : {}),
    ...spec.env,
  }
  const apps: AppProcess[] = []
  const log_file = join(spec.dir, 'app.log')
  return {
    emulator,
    model,
    web_port,
    env,
    log_file,
    apps,
    start(parts) {
      const app = startApp({ parts, env, log_file })
      apps.push(app)
      return app
    },
    async ready() {
      const died = Promise.race(apps.map((a) => a.exited)).then((code) => {
        throw new Error(`the app ended with ${code} before it was ready; its log is ${log_file}`)
      })
      await Promise.race([until('the app to answer /healthz', async () => (await fetch(`http://127.0.0.1:${web_port}/healthz`).catch(() => null))?.ok, 30_000), died])
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(apps.map((a) => a.stop()))
      await model.close()
      await emulator[Symbol.asyncDispose]()
    },
  }
}
