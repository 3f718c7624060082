import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { costUsd, defaultPrices } from '../../src/agents/price.ts'
import { Line, recordOf } from '../../src/agents/record.ts'
import { said, tool, type Tool } from '../../src/agents/tool.ts'
import { PromptCache, prefixesOf } from '../../src/rehearsal/scripted/account.ts'
import { MessagesRequest } from '../../src/rehearsal/scripted/request.ts'
import { chance } from '../support/random.ts'
import type { Block, Reply, SentRequest } from '../support/messages-api.ts'
import { says, uses } from '../support/messages-api.ts'
import type { Alone, Played } from './lone.ts'
import { playAlone, run, unmarked } from './lone.ts'
import { fakeTime, type FakeTime } from './time.ts'

/** A tool that prints so many characters, and one that runs for so many minutes. */
function toolsOf(time?: FakeTime): Tool[] {
  return [
    tool({
      name: 'print',
      description: 'Prints.',
      input: z.strictObject({ chars: z.int(), n: z.int() }),
      effects: 'none',
      execute: async ({ chars, n }) => said(`${n} `.repeat(Math.ceil(chars / 4)).slice(0, chars)),
    }),
    tool({
      name: 'wait',
      description: 'Runs long.',
      input: z.strictObject({ minutes: z.number() }),
      effects: 'some',
      async execute({ minutes }) {
        await time?.pass(minutes * 60_000)
        return said('It took its time.')
      },
    }),
  ]
}

const print = (chars: number, n: number): Block => uses('print', { chars, n }, `toolu_${n}`)
const end = uses('submit', { text: 'done' }, 'toolu_end')

/** What the model says at each turn of a worker's life: mostly a call or two, sometimes sixteen at once, once a word too few. */
function workday(turns: number, long_minutes: number): Block[][] {
  const random = chance(42)
  const days = Array.from({ length: turns - 1 }, (_, t): Block[] => {
    if (t === Math.floor(turns / 2)) return [says('Now the whole suite.'), uses('wait', { minutes: long_minutes }, 'toolu_long')]
    if (t === 20) return [says('Let me think.')]
    const calls = t % 9 === 4 ? 16 : 1 + random.below(3)
    const chars = calls === 16 ? 600 : 200 + random.below(9_000)
    return [says(`Step ${t}: ${'because '.repeat(1 + random.below(40))}`), ...Array.from({ length: calls }, (_c, i) => print(chars, t * 100 + i))]
  })
  return [...days, [end]]
}

interface Counted extends Played {
  reads: number
  ideal: number
  cost: number
  pings: number
  lines: Line[]
}

/** A worker before a server that counts caching as the real one does, by its own clock. */
async function work(script: Block[][], agent: Alone['agent'] = {}): Promise<Counted> {
  const time = fakeTime()
  const cache = new PromptCache()
  const sent: { read: number; ideal: number; ping: boolean }[] = []
  const seen = new Set<string>()
  const model = async (request: SentRequest): Promise<Reply> => {
    const asked = MessagesRequest.parse(request.body)
    const usage = cache.count(asked, time.now().getTime())
    const ideal = prefixesOf(asked).findLast(({ hash }) => seen.has(hash))?.tokens ?? 0
    for (const { hash } of prefixesOf(asked)) seen.add(hash)
    const ping = request.text.includes('"max_tokens":1,')
    sent.push({ read: usage.cache_read_input_tokens, ideal, ping })
    if (ping) return { say: [says('.')], stop: 'max_tokens', usage: { ...usage, output_tokens: 1 } }
    await time.pass(0)
    const say = script[request.body.messages.filter((m) => m.role === 'assistant').length] ?? [end]
    return { say, usage: { ...usage, output_tokens: Math.ceil(JSON.stringify(say).length / 4) } }
  }
  const system = `You build one feature. ${'Look first, then test, then build. '.repeat(150)}`
  const message = `The feature: ${'It must hold for a stranger. '.repeat(300)}`
  const played = await playAlone({ model, tools: toolsOf(time), time, agent: { system, message, room: { window_tokens: 900_000, clear_at_tokens: 800_000, clear_to_tokens: 1 }, ...agent } })
  const turns = sent.filter((s) => !s.ping)
  const lines = (await played.trajectories.read(run)).map((line) => Line.parse(line))
  const cost = lines.reduce((sum, line) => sum + (line.kind === 'turn' || line.kind === 'kept' ? costUsd(line.usage, line.model, defaultPrices) : 0), 0)
  return { ...played, reads: turns.reduce((n, t) => n + t.read, 0), ideal: turns.reduce((n, t) => n + t.ideal, 0), cost, pings: sent.length - turns.length, lines }
}

function told(name: string, { reads, ideal, cost, pings }: Counted): void {
  process.stdout.write(`${name}: ${(reads / ideal).toFixed(4)} of the ideal reads (${reads} of ${ideal} tokens), $${cost.toFixed(3)}, kept warm ${pings} times\n`)
}

test('sixty turns with parallel calls and a tool of twelve minutes read 0.99 of what could be read', { timeout: 180_000 }, async () => {
  const worked = await work(workday(60, 12))
  expect(worked.ending).toMatchObject({ is: 'submitted', usage: { turns: 60 } })
  told('60 turns', worked)
  expect(worked.pings).toBe(2)
  expect(worked.reads / worked.ideal).toBeGreaterThan(0.99)
  // What it cost to keep the prefix warm is in the bill, and is less than writing it again.
  const kept = worked.lines.flatMap((line) => (line.kind === 'kept' ? [line] : []))
  expect(worked.ending).toMatchObject({ usage: { cost_usd: expect.closeTo(worked.cost, 8) } })
  expect(worked.spent).toBeCloseTo(worked.cost, 6)
  const again = costUsd({ input_tokens: 0, output_tokens: 0, cache_read_tokens: 0, cache_write_tokens: kept[0]?.usage.cache_read_tokens ?? 0 }, 'claude-sonnet-5-5', defaultPrices)
  expect(kept.reduce((sum, line) => sum + line.cost_usd, 0)).toBeLessThan(again / 5)
})

test('a long run is cleared rarely: it reads nearly as well, and pays for less than half of the tokens', { timeout: 180_000 }, async () => {
  const worked = await work(workday(123, 1), { room: { window_tokens: 900_000, clear_at_tokens: 110_000, clear_to_tokens: 40_000 } })
  told('123 turns, cleared', worked)
  const clearings = worked.lines.filter((line) => line.kind === 'cleared').length
  const tokens = 'usage' in worked.ending ? worked.ending.usage.input_tokens + worked.ending.usage.cache_read_tokens + worked.ending.usage.cache_write_tokens : 0
  const part = tokens / uncleared(worked)
  process.stdout.write(`${clearings} clearings; ${part.toFixed(2)} of the tokens of a run that only grows\n`)
  expect(clearings).toBeGreaterThan(0)
  expect(clearings).toBeLessThan(6)
  expect(worked.reads / worked.ideal).toBeGreaterThan(0.99)
  expect(part).toBeLessThan(0.6)
})

/** Input tokens of the same turns, had nothing been cleared. */
function uncleared({ lines, requests }: Counted): number {
  const record = recordOf(lines.filter((line) => line.kind !== 'cleared'))
  const [first] = requests
  const ends = record.messages.map((_, i) => prefixesOf(MessagesRequest.parse({ ...first?.body, messages: [record.messages[i]] })).at(-1)?.tokens ?? 0)
  const fixed = prefixesOf(MessagesRequest.parse({ ...first?.body, messages: [{ role: 'user', content: [] }] })).at(-1)?.tokens ?? 0
  let sum = 0
  let sofar = fixed
  for (const [i, end_tokens] of ends.entries()) {
    sofar += end_tokens - fixed
    if (record.messages[i]?.role === 'user') sum += sofar
  }
  return sum
}

test('between clearings each request begins with the bytes of the one before, but for cache marks', { timeout: 180_000 }, async () => {
  const saying = fc.oneof(
    fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 1, maxLength: 18 }).map((sizes) => ({ is: 'calls' as const, sizes })),
    fc.constant({ is: 'words' as const }),
    fc.constant({ is: 'cut' as const }),
    fc.constant({ is: 'bad' as const }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(saying, { minLength: 2, maxLength: 14 }), async (script) => {
      const model = (_: SentRequest, n: number): Reply => {
        const turn = script[n - 1]
        if (!turn) return { say: [uses('submit', { text: 'done' }, `toolu_end_${n}`)] }
        if (turn.is === 'words') return { say: [says(`Turn ${n}.`)] }
        if (turn.is === 'cut') return { say: [print(1, n * 100)], stop: 'max_tokens' }
        if (turn.is === 'bad') return { say: [uses('nothing', {}, `toolu_bad_${n}`), uses('print', { chars: 'x' }, `toolu_worse_${n}`)] }
        return { say: turn.sizes.map((chars, i) => print(chars, n * 100 + i)), usage: { input_tokens: 4_000 * n } }
      }
      const { requests, trajectories } = await playAlone({ model, tools: toolsOf(), agent: { room: { window_tokens: 400_000, clear_at_tokens: 20_000, clear_to_tokens: 8_000 } } })
      const cleared = new Set((await trajectories.read(run)).map((line) => Line.parse(line)).flatMap((line) => (line.kind === 'cleared' ? [line.n] : [])))
      const bare = requests.map(unmarked)
      for (const [i, { prefix }] of bare.slice(0, -1).entries()) if (!cleared.has(i + 1)) expect(bare[i + 1]?.text.startsWith(prefix)).toBe(true)
      for (const { text } of requests) expect(text.match(/cache_control/g)?.length).toBeLessThanOrEqual(4)
    }),
    { numRuns: 12 },
  )
})
