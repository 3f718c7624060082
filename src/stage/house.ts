import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { startEmulator, type Emulator, type EmulatorOptions } from '../emulator/emulator.ts'
import { freePort, startApp, until, type AppProcess } from './processes.ts'

/** A GitHub on this machine and the app's own processes, pointed at each other. */
export interface House extends AsyncDisposable {
  emulator: Emulator
  web_port: number
  /** All that the app is told. */
  env: Record<string, string>
  log_file: string
  apps: AppProcess[]
  start(parts: 'web' | 'worker' | 'both'): AppProcess
  /** Its apps are being stopped, so that their end is no accident. */
  closing(): boolean
  /** When webhooks are taken; throws when the app ends before. */
  ready(): Promise<void>
}

export interface HouseSpec {
  dir: string
  redis_url: string
  emulator: Partial<EmulatorOptions>
  /** Model and settings; over the house's own. */
  env: Record<string, string>
}

export async function openHouse(spec: HouseSpec): Promise<House> {
  mkdirSync(spec.dir, { recursive: true })
  const secret = 'webhook-secret-of-this-machine'
  const web_port = await freePort()
  const webhook = { url: `http://127.0.0.1:${web_port}/api/github/webhooks`, secret }
  const emulator = await startEmulator({ data_dir: join(spec.dir, 'github'), webhook, app: { id: 4242, slug: 'missions' }, ...spec.emulator })
  const env = {
    APP_ID: String(emulator.app.id),
    PRIVATE_KEY: emulator.app.private_key,
    WEBHOOK_SECRET: secret,
    PORT: String(web_port),
    HOST: '127.0.0.1',
    GITHUB_API_URL: `${emulator.url}/api/v3`,
    REDIS_URL: spec.redis_url,
    MISSIONS_DATA_DIR: join(spec.dir, 'data'),
    // A real GitHub wants a second between writes and a minute of grace for checks; this one does not.
    MISSIONS_WRITE_SPACING_MS: '0',
    MISSIONS_CHECKS_GRACE_MS: '300',
    MISSIONS_CHECKS_POLL_MS: '300',
    MISSIONS_SWEEP_MS: '2000',
    MISSIONS_FACTS_MS: '5000',
    LOG_LEVEL: 'info',
    ...spec.env,
  }
  const apps: AppProcess[] = []
  let closing = false
  const log_file = join(spec.dir, 'app.log')
  return {
    emulator,
    web_port,
    env,
    log_file,
    apps,
    closing: () => closing,
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
      closing = true
      await Promise.all(apps.map((a) => a.stop()))
      await emulator[Symbol.asyncDispose]()
    },
  }
}
