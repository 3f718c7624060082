import Anthropic from '@anthropic-ai/sdk'
import { describe, expect, test } from 'vitest'
import { Clarification } from '../../src/domain/contract.ts'
import type { Fault } from '../../src/rehearsal/scripted/faults.ts'
import { taskOf } from '../../src/rehearsal/scripted/roles.ts'
import { startScriptedModel, type ScriptedModel } from '../../src/rehearsal/scripted/server.ts'

class Desk implements AsyncDisposable {
  readonly model: ScriptedModel
  readonly client: Anthropic

  private constructor(model: ScriptedModel) {
    this.model = model
    this.client = new Anthropic({ apiKey: 'k', baseURL: model.url, maxRetries: 0 })
  }
  static async open(faults: Fault[] = []): Promise<Desk> {
    return new Desk(await startScriptedModel({ port: 0, defects: [], faults }))
  }
  async [Symbol.asyncDispose](): Promise<void> {
    await this.model.close()
  }
}

/** The first turn of a run that clarifies. */
function clarifying(more: Anthropic.MessageParam[] = []): Anthropic.MessageCreateParamsNonStreaming {
  return {
    model: 'claude-opus-5-5',
    max_tokens: 1_000,
    metadata: { user_id: '81234-7.clarify.r1' },
    system: [{ type: 'text', text: `# Orchestrator: understand the request\n\n${'A prefix shorter than a cache takes would not be kept. '.repeat(400)}`, cache_control: { type: 'ephemeral' } }],
    tools: ['explore', 'submit'].map((name) => ({ name, description: name, input_schema: { type: 'object' } })),
    messages: [{ role: 'user', content: [{ type: 'text', text: '<rounds>\nnone\n</rounds>', cache_control: { type: 'ephemeral' } }] }, ...more],
  }
}

function answered(message: Anthropic.Message, text: string, is_error = false): Anthropic.MessageParam[] {
  const results = message.content.flatMap((block) => (block.type === 'tool_use' ? [{ type: 'tool_result' as const, tool_use_id: block.id, is_error, content: [{ type: 'text' as const, text }] }] : []))
  return [
    { role: 'assistant', content: message.content },
    { role: 'user', content: results },
  ]
}

function inputOf(message: Anthropic.Message, tool: string): unknown {
  return message.content.flatMap((block) => (block.type === 'tool_use' && block.name === tool ? [block.input] : []))[0]
}

describe('the scripted model', () => {
  test('streams what it says without a stream, and says the same to the same request', async () => {
    await using desk = await Desk.open()
    const streamed = await desk.client.messages.stream(clarifying()).finalMessage()
    const whole = await desk.client.messages.create(clarifying())
    expect(streamed.content).toEqual(whole.content)
    expect(streamed.id).toBe(whole.id)
    expect(streamed.stop_reason).toBe('tool_use')
    expect(inputOf(streamed, 'explore')).toMatchObject({ question: expect.stringContaining('booking') })
  })

  test('goes on from the results in the conversation, to an answer of the domain', async () => {
    await using desk = await Desk.open()
    const first = await desk.client.messages.stream(clarifying()).finalMessage()
    const second = await desk.client.messages.stream(clarifying(answered(first, 'bookings are made there'))).finalMessage()
    expect(Clarification.parse(inputOf(second, 'submit')).outcome).toBe('questions')
  })

  test('says a turn again when its calls were not run, and submits again when that comes back', async () => {
    await using desk = await Desk.open()
    const first = await desk.client.messages.stream(clarifying()).finalMessage()
    const cut = await desk.client.messages.stream(clarifying(answered(first, 'Not run: your turn was cut.', true))).finalMessage()
    expect(inputOf(cut, 'explore')).toEqual(inputOf(first, 'explore'))
    const so_far = answered(first, 'there')
    const submitted = await desk.client.messages.stream(clarifying(so_far)).finalMessage()
    const again = await desk.client.messages.stream(clarifying([...so_far, ...answered(submitted, 'Not accepted.', true)])).finalMessage()
    expect(inputOf(again, 'submit')).toEqual(inputOf(submitted, 'submit'))
  })

  test('counts a marked prefix as written once and read ever after', async () => {
    await using desk = await Desk.open()
    const first = await desk.client.messages.stream(clarifying()).finalMessage()
    expect(first.usage).toMatchObject({ input_tokens: 0, cache_read_input_tokens: 0 })
    const written = first.usage.cache_creation_input_tokens ?? 0
    expect(written).toBeGreaterThan(50)
    const second = await desk.client.messages.stream(clarifying(answered(first, 'there'))).finalMessage()
    expect(second.usage.cache_read_input_tokens).toBe(written)
    expect(second.usage.input_tokens).toBeGreaterThan(0)
    expect(desk.model.stats()).toMatchObject({ requests: 2, cache_write_tokens: written, cache_read_tokens: written, runs: { '81234-7.clarify.r1': 2 } })
  })

  test('fails as it is told: 529, a cut stream, an error in the stream, and whole again', async () => {
    await using desk = await Desk.open([
      { kind: 'overloaded', nth: 1 },
      { kind: 'stream_cut', nth: 2, run: 'clarify' },
      { kind: 'stream_error', nth: 3 },
      { kind: 'off_schema', nth: 4 },
    ])
    const ask = () => desk.client.messages.stream(clarifying()).finalMessage()
    await expect(ask()).rejects.toMatchObject({ status: 529 })
    await expect(ask()).rejects.toThrow()
    await expect(ask()).rejects.toThrow(/Overloaded/)
    expect(inputOf(await ask(), 'explore')).toEqual({ nonsense: true })
    expect(inputOf(await ask(), 'explore')).toMatchObject({ question: expect.any(String) })
    expect(desk.model.stats()).toMatchObject({ requests: 5, faults: 4 })
  })

  test('stops as it is told: without a call, cut at its limit, refusing', async () => {
    await using desk = await Desk.open([
      { kind: 'no_call', nth: 1 },
      { kind: 'max_tokens', nth: 2 },
      { kind: 'refusal', nth: 3 },
    ])
    const stops: (string | null)[] = []
    for (let i = 0; i < 3; i += 1) stops.push((await desk.client.messages.stream(clarifying()).finalMessage()).stop_reason)
    expect(stops).toEqual(['end_turn', 'max_tokens', 'refusal'])
  })

  test('refuses what is no request, and counts tokens', async () => {
    await using desk = await Desk.open()
    const post = async (path: string, body: string) => (await fetch(desk.model.url + path, { method: 'POST', body })).status
    expect([await post('/v1/messages', '{'), await post('/v1/messages', '{}'), await post('/v1/other', '{}')]).toEqual([400, 400, 404])
    expect(await post('/v1/messages/count_tokens', '{}')).toBe(200)
  })
})

test.each([
  ['81234-7.build.f1.a1', '# Worker: build one feature', 'build'],
  ['81234-7.clarify.r1.x1', '# Explorer: answer one question about the repository', 'explore'],
  ['81234-7.decompose.n1', '# Orchestrator: cut the work into features and milestones', 'decompose'],
  ['81234-7.contract.n1', '# Orchestrator: write the validation contract', 'contract'],
  ['81234-7.triage.m1.n1', '# Orchestrator: decide what becomes of the findings', 'triage'],
  ['81234-7.curate.m1.n1', '# Orchestrator: curate what was learned', 'curate'],
  ['81234-7.review.f1.r1', '# Scrutiny: review one feature', 'review'],
  ['81234-7.synthesise.m1.r1', '# Scrutiny: review the milestone as a whole', 'synthesise'],
  ['81234-7.exercise.final.r1.p1', '# User testing: exercise the assertions', 'exercise'],
  ['81234-7.synthesise.m1.r1', 'You are somebody', 'synthesise'],
  ['81234-7.clarify.r1.x2', 'You are somebody', 'explore'],
])('%s, "%s" is the task %s', (run, heading, task) => {
  expect(taskOf({ run, heading, message: '', tools: [] })).toBe(task)
})
