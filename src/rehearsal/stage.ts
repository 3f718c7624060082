import { join } from 'node:path'
import { packageRoot } from '../paths.ts'
import { openHouse, type House, type HouseSpec } from '../stage/house.ts'
import { startScriptedModel, type ScriptedModel } from './scripted/server.ts'

export const place = { owner: 'acme', name: 'rooms', full: 'acme/rooms', person: 'mara' }

/** Everything a mission needs, on this machine: a GitHub, a repository, a model, and the app's own processes. */
export interface Stage extends House {
  model: ScriptedModel
}

export interface StageSpec {
  dir: string
  redis_url: string
  defects: readonly number[]
  chromium?: string | undefined
  /** Over the rehearsal's own settings. */
  env?: Record<string, string>
  model?: Partial<Parameters<typeof startScriptedModel>[0]>
  observe?: HouseSpec['emulator']['observe']
}

export async function openStage(spec: StageSpec): Promise<Stage> {
  const model = await startScriptedModel({ port: 0, defects: [...spec.defects], ...spec.model })
  const house = await openHouse({
    dir: spec.dir,
    redis_url: spec.redis_url,
    emulator: spec.observe ? { observe: spec.observe } : {},
    env: { ANTHROPIC_API_KEY: 'rehearsal', ANTHROPIC_BASE_URL: model.url, ...(spec.chromium ? { CHROME_PATH: spec.chromium } : {}), ...spec.env },
  })
  const { emulator } = house
  emulator.addUser(place.person)
  emulator.addUser('passer-by')
  await emulator.addRepository({ owner: place.owner, name: place.name, from: join(packageRoot, 'dist/rehearsal/seed') })
  emulator.addCollaborator(place.full, place.person, 'maintain')
  return {
    ...house,
    model,
    async [Symbol.asyncDispose]() {
      await house[Symbol.asyncDispose]()
      await model.close()
    },
  }
}
