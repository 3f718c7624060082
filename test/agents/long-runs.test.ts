import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { memoryTrajectories } from '../../src/adapters/memory/trajectories.ts'
import { costUsd, defaultPrices } from '../../src/agents/price.ts'
import { Line } from '../../src/agents/record.ts'
import { said, tool } from '../../src/agents/tool.ts'
import { ModelAway } from '../../src/ports/model.ts'
import type { Trajectories } from '../../src/ports/trajectories.ts'
import type { Block, Reply, SentRequest } from '../support/messages-api.ts'
import { says, uses } from '../support/messages-api.ts'
import { dyingAfter, playAlone, run } from './lone.ts'
import { hear } from './script.ts'

const room = { window_tokens: 60_000, clear_at_tokens: 12_000, clear_to_tokens: 5_000 }
const tools = [
  tool({ name: 'bash', description: 'Runs.', input: z.strictObject({ command: z.string() }), effects: 'none', execute: async ({ command }) => said(`${command} `.repeat(600), { exit: 0 }) }),
  tool({ name: 'write', description: 'Writes.', input: z.strictObject({ path: z.string(), content: z.string() }), effects: 'none', execute: async ({ path }) => said(`${path} written.`) }),
]
const bash = (n: number): Block => uses('bash', { command: `step ${n}` }, `toolu_${n}`)
const write = (n: number): Block => uses('write', { path: `f${n}.js`, content: 'x'.repeat(4_000) }, `toolu_w${n}`)
const submit = uses('submit', { text: 'done' }, 'toolu_end')

/** A model that takes so many steps, and says truly how long what it was sent is. */
function stepping(turns: number, at: (n: number) => Reply | null = () => null) {
  return (request: SentRequest): Reply => {
    const n = request.body.messages.filter((m) => m.role === 'assistant').length + 1
    const say = n > turns ? [submit] : [says(`Step ${n}.`), bash(n), ...(n % 3 === 0 ? [write(n)] : [])]
    return at(n) ?? { say, usage: { input_tokens: Math.ceil(request.text.length / 4) } }
  }
}

async function lines(trajectories: Trajectories): Promise<Line[]> {
  return (await trajectories.read(run)).map((line) => Line.parse(line))
}

describe('a long run', () => {
  test('has its old results cleared in few steps, the newest never, and goes on', async () => {
    const { ending, requests, trajectories } = await playAlone({ model: stepping(24), tools, agent: { room } })
    expect(ending).toMatchObject({ is: 'submitted', usage: { turns: 25 } })
    const clearings = (await lines(trajectories)).filter((line) => line.kind === 'cleared')
    expect(clearings.length).toBeGreaterThanOrEqual(2)
    expect(clearings.length).toBeLessThanOrEqual(6)
    for (const { text } of requests) expect(text.length / 4).toBeLessThan(room.clear_at_tokens * 1.2)
    const last = requests.at(-1)?.body.messages ?? []
    const results = last.flatMap((m) => m.content.filter((b) => b['type'] === 'tool_result').map((b) => JSON.stringify(b['content'])))
    expect(results[0]).toBe(JSON.stringify([{ type: 'text', text: '[Cleared to save room: what bash step 1 showed, exit 0, 4200 characters. Call it again if you need it.]' }]))
    expect(results.at(-2)).toContain('step 24 step 24')
    // A file that was written can be read where it was written to.
    expect(JSON.stringify(last)).toContain('[4000 characters, cleared to save room]')
    expect(last[0]?.content[0]?.['text']).toBe('Begin.')
  })

  test('killed between any two lines goes on with the same bytes', { timeout: 180_000 }, async () => {
    const away = (n: number): Reply | null => (n === 7 ? { status: 529, type: 'overloaded_error', message: 'busy' } : null)
    const model = (request: SentRequest) => stepping(11, (n) => (request.text.includes('claude-sonnet') ? away(n) : null))(request)
    const agent = { room, fallbacks: ['claude-haiku-5-5'] }
    const undisturbed = await playAlone({ model, tools, agent })
    expect(undisturbed.ending).toMatchObject({ is: 'submitted' })
    const written = await lines(undisturbed.trajectories)
    expect(new Set(written.map((line) => line.kind))).toEqual(new Set(['begun', 'turn', 'result', 'reply', 'cleared', 'ended']))
    const sent = texts(undisturbed.requests)
    for (let crash = 0; crash < written.length; crash++) {
      const store = memoryTrajectories()
      const before = await playAlone({ model, tools, agent, trajectories: dyingAfter(store, crash) })
      const after = await playAlone({ model, tools, agent, trajectories: store })
      expect({ crash, ended: after.ending }).toMatchObject({ ended: { is: 'submitted' } })
      expect({ crash, sent: texts([...before.requests, ...after.requests]) }).toEqual({ crash, sent })
    }
  })

  test('that the model calls too long is cleared once and asked again; then it ends as `context`', async () => {
    const tooLong: Reply = { status: 400, type: 'invalid_request_error', message: 'prompt is too long: 70000 tokens' }
    const refused = new Set<number>()
    const once = (n: number) => (n === 5 && !refused.has(n) ? (refused.add(n), tooLong) : null)
    const wide = { ...room, clear_at_tokens: 50_000 }
    const saved = await playAlone({ model: stepping(8, once), tools, agent: { room: wide } })
    expect(saved.ending).toMatchObject({ is: 'submitted' })
    expect((await lines(saved.trajectories)).filter((line) => line.kind === 'cleared')).toHaveLength(1)

    const lost = await playAlone({ model: stepping(8, (n) => (n >= 5 ? tooLong : null)), tools, agent: { room: wide } })
    expect(lost.ending).toMatchObject({ is: 'failed', reason: 'context', detail: expect.stringContaining('nothing more of it can be cleared') })
  })

  test('whose own words fill the window ends as `context` before it is sent', async () => {
    const wordy = (request: SentRequest): Reply => ({
      say: [says('because '.repeat(4_000)), uses('bash', { command: 'ls' }, `toolu_${request.text.length}`)],
      usage: { input_tokens: Math.ceil(request.text.length / 4), output_tokens: 8_000 },
    })
    const { ending, requests } = await playAlone({ model: wordy, tools, agent: { room } })
    expect(ending).toMatchObject({ is: 'failed', reason: 'context', detail: expect.stringContaining('the model reads 60000') })
    for (const { text } of requests) expect(text.length / 4).toBeLessThan(room.window_tokens)
  })
})

describe('a model that is away', () => {
  const busy: Reply = { status: 529, type: 'overloaded_error', message: 'busy' }
  const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' }

  test('is replaced by the next that is configured, told in the record and priced by its own name', async () => {
    const model = (request: SentRequest): Reply => {
      const { turn } = hear(request)
      if (turn >= 1 && request.text.includes('"claude-sonnet-5-5"')) return busy
      return { say: turn >= 3 ? [submit] : [thinking, bash(turn)], usage: { input_tokens: 1_000, output_tokens: 100 } }
    }
    const { ending, requests, trajectories, spent } = await playAlone({ model, tools, agent: { fallbacks: ['claude-haiku-5-5', 'claude-opus-5-5'] }, attempts: 2 })
    expect(requests.map((r) => JSON.parse(r.text).model)).toEqual(['claude-sonnet-5-5', 'claude-sonnet-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-haiku-5-5', 'claude-haiku-5-5'])
    // What one model thought is not given to another.
    expect(requests.map((r) => r.text.split('"thinking":"hm"').length - 1)).toEqual([0, 1, 1, 0, 1, 2])
    const turns = (await lines(trajectories)).flatMap((line) => (line.kind === 'turn' ? [line] : []))
    expect(turns.map((t) => [t.model, t.fell_back?.from])).toEqual([
      ['claude-sonnet-5-5', undefined],
      ['claude-haiku-5-5', 'claude-sonnet-5-5'],
      ['claude-haiku-5-5', undefined],
      ['claude-haiku-5-5', undefined],
    ])
    expect(turns[1]?.fell_back?.detail).toContain('claude-sonnet-5-5: The model did not answer: 529 overloaded_error busy')
    const tokens = { input_tokens: 1_000, output_tokens: 100, cache_read_tokens: 0, cache_write_tokens: 0 }
    const cost = costUsd(tokens, 'claude-sonnet-5-5', defaultPrices) + 3 * costUsd(tokens, 'claude-haiku-5-5', defaultPrices)
    expect(ending).toMatchObject({
      usage: { model: 'claude-sonnet-5-5', turns: 4, cost_usd: expect.closeTo(cost, 9), by_model: { 'claude-sonnet-5-5': { turns: 1 }, 'claude-haiku-5-5': { turns: 3, input_tokens: 3_000 } } },
    })
    expect(spent).toBeCloseTo(cost, 9)
  })

  test('and has no fallback is not replaced; with all of them away every one is named', async () => {
    const none = await playAlone({ model: () => busy, tools })
    expect(none.ending).toBeInstanceOf(ModelAway)
    expect(none.requests).toHaveLength(1)
    const all = await playAlone({ model: () => busy, tools, agent: { fallbacks: ['claude-opus-5-5'] } })
    expect(all.ending).toMatchObject({ message: expect.stringMatching(/claude-sonnet-5-5: .* claude-opus-5-5: /) })
  })

  test('before its first turn gives way to the model that the run is told to take when it is tried again', async () => {
    const store = memoryTrajectories()
    await playAlone({ model: () => busy, tools, trajectories: store })
    const again = await playAlone({ model: stepping(1), tools, trajectories: store, agent: { model: 'claude-opus-5-5', effort: 'high', message: 'Something else.' } })
    expect(again.ending).toMatchObject({ is: 'submitted', usage: { model: 'claude-opus-5-5' } })
    expect(JSON.parse(again.requests[0]?.text ?? '{}')).toMatchObject({ model: 'claude-opus-5-5', output_config: { effort: 'high' }, messages: [{ content: [{ text: 'Begin.' }] }] })
  })
})

/** The bytes of each distinct request, in order: a turn that was paid twice was asked with the same bytes. */
function texts(requests: SentRequest[]): string[] {
  return [...new Set(requests.map((request) => request.text))]
}
