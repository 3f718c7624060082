import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { anthropicModel } from '../../src/adapters/model/anthropic.ts'
import { memoryLedger } from '../../src/adapters/memory/ledger.ts'
import { memoryTrajectories } from '../../src/adapters/memory/trajectories.ts'
import { OverBudget, purseOf } from '../../src/agents/budget.ts'
import type { Agent, LoopServices } from '../../src/agents/loop.ts'
import { runAgent } from '../../src/agents/loop.ts'
import { defaultPrices } from '../../src/agents/price.ts'
import { submit } from '../../src/agents/submit.ts'
import { said, tool } from '../../src/agents/tool.ts'
import { ModelAway } from '../../src/ports/model.ts'
import type { Trajectories } from '../../src/ports/trajectories.ts'
import { aMission, effect } from '../support/builders.ts'
import type { Block, SentRequest } from '../support/messages-api.ts'
import { says, startMessagesApi, uses } from '../support/messages-api.ts'
import type { Step } from './script.ts'
import { dyingAfter, unmarked } from './lone.ts'
import { hear, scripted } from './script.ts'
import { idleTime } from './time.ts'

const run = effect('build', 'f1', 'a1')
const Answer = z.strictObject({ text: z.string().min(3) })
const limits = { turns: 20, tokens: 1_000_000, wall_ms: 60_000, usd: 5 }
const look = (n: number): Block => uses('look', { n }, `toolu_look_${n}`)
const act = (n: number): Block => uses('act', { n }, `toolu_act_${n}`)
const hand = (text: string, n = 0): Block => uses('submit', { text }, `toolu_submit_${n}`)

interface Setting {
  steps: Step[]
  limits?: Partial<typeof limits>
  trajectories?: Trajectories
  mayGoOn?: () => Promise<boolean>
  planning_usd?: number
  reject?: number
  previous?: unknown
}

/** One agent with a tool that looks, a tool that acts, and a submit, before a real HTTP model. */
async function play(setting: Setting) {
  const acted: number[] = []
  let rejections = setting.reject ?? 0
  await using api = await startMessagesApi(scripted({ 'build.f1.a1': setting.steps }))
  const mission = aMission()
  mission.limits.planning_usd = setting.planning_usd ?? 3
  const clock = { now: () => new Date() }
  const ledger = memoryLedger()
  const agent: Agent<z.infer<typeof Answer>> = {
    run,
    role: 'worker',
    task: 'build',
    model: 'claude-sonnet-5-5',
    effort: 'low',
    max_output_tokens: 1_000,
    system: 'You test.',
    message: 'Begin.',
    tools: [
      tool({ name: 'look', description: 'Looks.', input: z.strictObject({ n: z.int() }), effects: 'none', execute: async ({ n }) => said(`saw ${n}`) }),
      tool({
        name: 'act',
        description: 'Acts.',
        input: z.strictObject({ n: z.int() }),
        effects: 'some',
        async execute({ n }) {
          acted.push(n)
          return said(`did ${n}`)
        },
      }),
    ],
    submit: submit({
      description: 'Ends.',
      amends: { what: 'it', ...(setting.previous === undefined ? {} : { previous: setting.previous }) },
      answer: Answer,
      value: Answer,
      check: async (value) => (rejections-- > 0 ? { reason: 'push_gate', problems: ['not like this'] } : { value }),
    }),
    limits: { ...limits, ...setting.limits },
    fallbacks: [],
    room: { window_tokens: 900_000, clear_at_tokens: 800_000, clear_to_tokens: 100_000 },
  }
  const services: LoopServices = {
    model: anthropicModel({ api_key: 'k', base_url: api.url, attempts: 1 }),
    trajectories: setting.trajectories ?? memoryTrajectories(),
    clock,
    prices: defaultPrices,
    purse: purseOf(mission, run, { ledger, clock }),
    wait: (ms, signal) => idleTime().wait(ms, signal),
    mayGoOn: setting.mayGoOn ?? (async () => true),
  }
  const ending = await runAgent(agent, services, new AbortController().signal).catch((error: unknown) => error)
  const { trajectories } = services
  return { ending, acted, requests: api.requests, last: api.requests.length > 0 ? hear(api.requests.at(-1)) : null, trajectories, spent: await ledger.spent(mission.key) }
}

describe('an agent', () => {
  test('works through its tools, turn by turn, and submits', async () => {
    const { ending, requests, acted, spent } = await play({ steps: [[look(1), look(2)], [says('Now.'), act(1)], [hand('done')]] })
    expect(ending).toMatchObject({ is: 'submitted', value: { text: 'done' }, usage: { model: 'claude-sonnet-5-5', turns: 3, input_tokens: 300, output_tokens: 60 } })
    expect(ending).toMatchObject({ usage: { cost_usd: expect.closeTo(spent, 9) } })
    expect(spent).toBeCloseTo((300 * 2 + 60 * 10) / 1e6, 9)
    expect(acted).toEqual([1])
    expect(requests[1]?.body.messages.at(-1)?.content.map((b) => [b['tool_use_id'], b['content']])).toEqual([
      ['toolu_look_1', [{ type: 'text', text: 'saw 1' }]],
      ['toolu_look_2', [{ type: 'text', text: 'saw 2' }]],
    ])
  })

  test('sends at each turn what it sent before and more, but for the cache marks', async () => {
    const { requests } = await play({ steps: [[look(1)], [says('hm')], [act(1), look(2)], [uses('none', {}, 'toolu_x')], [hand('done')]] })
    expect(requests).toHaveLength(5)
    const bare = requests.map(unmarked)
    for (const [i, { prefix }] of bare.slice(0, -1).entries()) expect(bare[i + 1]?.text.startsWith(prefix)).toBe(true)
    for (const { text } of requests) expect(text.match(/cache_control/g)?.length).toBeLessThanOrEqual(4)
  })

  test('is told what went wrong: unknown tool, input off the schema, too many calls at once', async () => {
    const many = Array.from({ length: 50 }, (_, i) => look(100 + i))
    const { ending, requests } = await play({ steps: [[uses('fly', {}, 't1'), uses('look', { n: 'one', m: 2 }, 't2')], many, [hand('done')]] })
    expect(ending).toMatchObject({ is: 'submitted' })
    const [unknown, bad] = hear(requests[1]).results
    expect(unknown).toEqual({ text: 'There is no tool fly. You have: look, act, submit.', error: true })
    expect(bad?.error).toBe(true)
    expect(bad?.text).toContain('does not fit its schema')
    const results = hear(requests[2]).results
    expect(results).toHaveLength(50)
    expect(results.filter((r) => !r.error)).toHaveLength(16)
    expect(results[49]?.text).toContain('at most 16 calls a turn')
  })

  test('is never run on a call that was cut at the output limit', async () => {
    const { ending, acted, requests } = await play({ steps: [{ say: [act(1)], stop: 'max_tokens' }, [hand('done')]] })
    expect(acted).toEqual([])
    expect(ending).toMatchObject({ is: 'submitted' })
    expect(hear(requests[1]).results).toEqual([{ text: 'Not run: your turn was cut at its output limit before this call was whole.', error: true }])
    expect(hear(requests[1]).last).toContain('smaller steps')
  })

  test.each([
    ['keeps being cut', { say: [act(1)], stop: 'max_tokens' }, 'tokens', 4],
    ['stops without submitting', [says('All done!')], 'off_schema', 3],
    ['says nothing at all', { say: [] }, 'off_schema', 3],
    ['submits off its schema', [hand('x')], 'off_schema', 4],
    ['declines', { say: [says('No.')], stop: 'refusal' }, 'refusal', 1],
    ['outgrows the model', { say: [says('…')], stop: 'model_context_window_exceeded' }, 'context', 1],
  ] satisfies [string, Step, string, number][])('that %s fails, after a bounded number of turns', async (_, step, reason, turns) => {
    const { ending, requests } = await play({ steps: Array.from({ length: 10 }, () => step) })
    expect(ending).toMatchObject({ is: 'failed', reason })
    expect(requests).toHaveLength(turns)
  })

  test('amends what came back, or what a round before it left, instead of writing it anew', async () => {
    const change = (value: unknown, n: number, path = '/text'): Block => uses('amend', { patch: [{ op: 'replace', path, value }] }, `toolu_amend_${n}`)
    const twice = await play({ steps: [[hand('one')], [change('two', 1)], [change('x', 2, '/nothing')], [change('three', 3)]], reject: 2 })
    expect(twice.ending).toMatchObject({ is: 'submitted', value: { text: 'three' } })
    expect(twice.last?.results[0]?.text).toContain('Not accepted.\nNothing was changed, since this does not fit what was handed in:\n- replace /nothing')
    expect((await play({ steps: [[change('later', 1)]], previous: { text: 'before' } })).ending).toMatchObject({ value: { text: 'later' } })
    const nothing = await play({ steps: [[change('later', 1)], [hand('whole')]] })
    expect(nothing.last?.results).toEqual([{ text: 'Not accepted.\nNothing was handed in before; submit the whole.\nMend this and amend it or submit again (3 left).', error: true }])
    // A process that died in between begins from the record.
    const trajectories = memoryTrajectories()
    const steps = [[hand('one')], [change('two', 1)]]
    expect((await play({ steps, reject: 1, trajectories: dyingAfter(trajectories, 4) })).ending).toMatchObject({ message: 'killed' })
    expect((await play({ steps, trajectories })).ending).toMatchObject({ is: 'submitted', value: { text: 'two' } })
  })

  test('gets its answer back with the reasons, and the last reason names the failure', async () => {
    const mended = await play({ steps: [[hand('one')], [hand('two', 1)]], reject: 1 })
    expect(mended.ending).toMatchObject({ is: 'submitted', value: { text: 'two' } })
    expect(mended.last?.results).toEqual([{ text: 'Not accepted.\n- not like this\nMend this and amend it or submit again (3 left).', error: true }])
    const never = await play({ steps: [[hand('one')], [hand('two', 1)], [hand('three', 2)], [hand('four', 3)]], reject: 9 })
    expect(never.ending).toMatchObject({ is: 'failed', reason: 'push_gate', detail: '- not like this' })
  })
})

describe('limits', () => {
  test('turns: warned, then ended', async () => {
    const { ending, requests } = await play({ steps: Array.from({ length: 9 }, (_, i) => [look(i)]), limits: { turns: 6 } })
    expect(ending).toMatchObject({ is: 'failed', reason: 'turns' })
    expect(requests).toHaveLength(6)
    expect(hear(requests[1]).last).toContain('You have 5 turns left.')
    expect(hear(requests[5]).last).toContain('This is your last turn.')
  })

  test.each([
    ['tokens', { tokens: 20_000 }, 2],
    ['dollars', { usd: 0.02 }, 1],
    ['wall_time', { wall_ms: 0 }, 0],
  ])('%s end a run before the turn that would pass them', async (reason, over, turns) => {
    const { ending, requests } = await play({ steps: Array.from({ length: 9 }, (_, i) => ({ say: [look(i)], usage: { input_tokens: 10_000 } })), limits: over })
    expect(ending).toMatchObject({ is: 'failed', reason })
    expect(requests).toHaveLength(turns)
  })

  test("a mission's cap is asked before the call, with the turn's worst case", async () => {
    const { ending, requests } = await play({ steps: [[look(1)], [hand('done')]], planning_usd: 0.005 })
    expect(ending).toBeInstanceOf(OverBudget)
    expect(String(ending)).toMatch(/\$0.00 of \$0.01 are spent, and the next turn may cost up to \$0.01/)
    expect(requests).toHaveLength(0)
  })

  test('the fence stops a run before its next turn', async () => {
    let asked = 0
    const { ending, requests } = await play({ steps: [[look(1)], [look(2)], [hand('done')]], mayGoOn: async () => ++asked <= 2 })
    expect(ending).toMatchObject({ is: 'stopped', usage: { turns: 2 } })
    expect(requests).toHaveLength(2)
  })
})

describe('a run whose process dies', () => {
  const steps: Step[] = [[look(1), act(1)], [says('hm')], [act(2), look(2)], [hand('x')], [hand('done', 1)]]

  test('goes on from its last line: same bytes, nothing done twice, same end', async () => {
    const undisturbed = await play({ steps })
    const appended = (await undisturbed.trajectories.read(run)).length
    expect(undisturbed.acted).toEqual([1, 2])
    for (let crash = 0; crash < appended; crash++) {
      const store = memoryTrajectories()
      const before = await play({ steps, trajectories: dyingAfter(store, crash) })
      expect(String(before.ending)).toContain('killed')
      const after = await play({ steps, trajectories: store })
      expect({ crash, ending: { ...Object(after.ending), usage: null } }).toEqual({ crash, ending: { ...Object(undisturbed.ending), usage: null } })
      const done = [...before.acted, ...after.acted]
      expect({ crash, done }).toEqual({ crash, done: [...new Set(done)] })
      const interrupted = (await store.read(run)).some((line) => JSON.stringify(line).includes('Interrupted:'))
      // The next request of the second life is the one the first would have sent, unless an interrupted call has to be told.
      if (!interrupted) expect({ crash, sent: texts([...before.requests, ...after.requests]) }).toEqual({ crash, sent: texts(undisturbed.requests) })
    }
  })

  test('is told of a call that was begun and never answered', async () => {
    const store = memoryTrajectories()
    const dying = {
      ...store,
      append: async (id: typeof run, line: unknown) =>
        JSON.stringify(line).includes('"result"') && JSON.stringify(line).includes('did 1') ? Promise.reject(new Error('killed')) : store.append(id, line),
    }
    const before = await play({ steps, trajectories: dying })
    expect(before.acted).toEqual([1])
    const after = await play({ steps, trajectories: store })
    expect(after.acted).toEqual([2])
    expect(hear(after.requests[0]).results[1]).toMatchObject({ error: true, text: expect.stringContaining('check the state before you repeat it') })
  })

  test('answers from its record once it has ended, and pays nothing', async () => {
    const store = memoryTrajectories()
    const first = await play({ steps, trajectories: store })
    const second = await play({ steps, trajectories: store })
    expect(second.ending).toEqual(first.ending)
    expect(second.requests).toEqual([])
  })

  test('keeps what it reserved for nobody when the model is away', async () => {
    const { ending } = await play({ steps: [{ status: 529, type: 'overloaded_error', message: 'busy' }] })
    expect(ending).toBeInstanceOf(ModelAway)
  })
})

/** The bytes of each distinct request, in order: a turn that was paid twice was asked with the same bytes. */
function texts(requests: SentRequest[]): string[] {
  return [...new Set(requests.map((request) => request.text))]
}
