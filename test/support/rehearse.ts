import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectRedis } from '../../src/adapters/redis/connect.ts'
import { redisJournal } from '../../src/adapters/redis/journal.ts'
import { startRedisServer } from '../../src/adapters/redis/server.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { openStage, type Stage, type StageSpec } from '../../src/rehearsal/stage.ts'
import { missionStore } from '../../src/runner/missions.ts'
import { accountsOf, type Accounts } from './books.ts'

/** A stage with its own Redis in a folder of its own, and the journal beside it. Everything goes at the end. */
export interface TestStage extends AsyncDisposable {
  stage: Stage
  dir: string
  redis: Awaited<ReturnType<typeof startRedisServer>>
  mission(issue: number): Promise<Mission | null>
  journal: ReturnType<typeof redisJournal>
  /** All that is written anywhere about what a mission cost. */
  accounts(mission: Mission): Promise<Accounts>
}

export async function testStage(spec: Omit<StageSpec, 'dir' | 'redis_url'>): Promise<TestStage> {
  const dir = await mkdtemp(join(tmpdir(), 'missions-e2e-'))
  const server = await startRedisServer(join(dir, 'redis'))
  const redis = connectRedis(server.address)
  const journal = redisJournal(redis)
  const missions = missionStore(journal)
  const stage = await openStage({ ...spec, dir, redis_url: server.url, chromium: process.env['CHROME_PATH'] })
  return {
    stage,
    dir,
    redis: server,
    journal,
    accounts: (m) => accountsOf(m, { dir, journal, redis, emulator: stage.emulator }),
    async mission(issue) {
      const found = (await journal.all()).find((key) => key.split('-')[1] === String(issue))
      return found ? (await missions.load(found)).mission : null
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      redis.disconnect()
      await server.stop()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
