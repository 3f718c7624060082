import { z } from 'zod'
import { memoryLedger } from '../../src/adapters/memory/ledger.ts'
import { memoryTrajectories } from '../../src/adapters/memory/trajectories.ts'
import { anthropicModel } from '../../src/adapters/model/anthropic.ts'
import { purseOf } from '../../src/agents/budget.ts'
import { AgentsConfig, roomFor } from '../../src/agents/config.ts'
import type { Agent, Ending, LoopServices } from '../../src/agents/loop.ts'
import { runAgent } from '../../src/agents/loop.ts'
import { defaultPrices } from '../../src/agents/price.ts'
import { submit } from '../../src/agents/submit.ts'
import type { Tool } from '../../src/agents/tool.ts'
import type { Trajectories } from '../../src/ports/trajectories.ts'
import { aMission, effect } from '../support/builders.ts'
import type { Reply, SentRequest } from '../support/messages-api.ts'
import { startMessagesApi } from '../support/messages-api.ts'
import { idleTime, type FakeTime } from './time.ts'

export const run = effect('build', 'f1', 'a1')
const Answer = z.strictObject({ text: z.string().min(3) })

export interface Alone {
  /** Asked for each request, in order, as a server with a model behind it. */
  model: (request: SentRequest, n: number) => Reply | Promise<Reply>
  tools: Tool[]
  agent?: Partial<Agent<z.infer<typeof Answer>>>
  trajectories?: Trajectories
  time?: FakeTime
  mayGoOn?: () => Promise<boolean>
  attempts?: number
}

export interface Played {
  ending: Ending<z.infer<typeof Answer>> | Error
  requests: SentRequest[]
  trajectories: Trajectories
  spent: number
}

/** One agent of the real loop before a real HTTP model. */
export async function playAlone(setting: Alone): Promise<Played> {
  await using api = await startMessagesApi(setting.model)
  const time = setting.time ?? idleTime()
  const mission = aMission()
  mission.limits.planning_usd = 1_000
  mission.limits.installation_day_usd = 1_000
  const ledger = memoryLedger()
  const model = setting.agent?.model ?? 'claude-sonnet-5-5'
  const agent: Agent<z.infer<typeof Answer>> = {
    run,
    role: 'worker',
    task: 'build',
    model,
    fallbacks: [],
    effort: 'low',
    max_output_tokens: 1_000,
    system: 'You test.',
    message: 'Begin.',
    tools: setting.tools,
    submit: submit({ description: 'Ends.', answer: Answer, value: Answer, check: async (value) => ({ value }) }),
    limits: { turns: 400, tokens: 1_000_000_000, wall_ms: 1_000_000_000, usd: 1_000 },
    room: roomFor(model, AgentsConfig.parse({})),
    ...setting.agent,
  }
  const services: LoopServices = {
    model: anthropicModel({ api_key: 'k', base_url: api.url, attempts: setting.attempts ?? 1, first_wait_ms: 1 }),
    trajectories: setting.trajectories ?? memoryTrajectories(),
    clock: time,
    prices: defaultPrices,
    purse: purseOf(mission, run, { ledger, clock: time }),
    wait: (ms, signal) => time.wait(ms, signal),
    mayGoOn: setting.mayGoOn ?? (async () => true),
  }
  const ending = await runAgent(agent, services, new AbortController().signal).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  return { ending, requests: api.requests, trajectories: services.trajectories, spent: await ledger.spent(mission.key) }
}

/** The bytes of a request that must not change, without cache marks and its end. */
export function unmarked({ body }: SentRequest): { text: string; prefix: string } {
  const text = JSON.stringify({ tools: body.tools, system: body.system, messages: body.messages }, (key, value) => (key === 'cache_control' ? undefined : value))
  return { text, prefix: text.slice(0, -2) }
}

/** A store whose process is killed when it has written so many lines. */
export function dyingAfter(store: Trajectories, lines: number): Trajectories {
  let left = lines
  return { read: (id) => store.read(id), append: async (id, line) => (left-- > 0 ? store.append(id, line) : Promise.reject(new Error('killed'))) }
}
