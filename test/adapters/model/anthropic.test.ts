import { describe, expect, test } from 'vitest'
import { anthropicModel } from '../../../src/adapters/model/anthropic.ts'
import type { TurnRequest } from '../../../src/ports/model.ts'
import { ModelAway, ModelRefused } from '../../../src/ports/model.ts'
import { eventsOf, says, startMessagesApi, uses } from '../../support/messages-api.ts'
import type { Reply } from '../../support/messages-api.ts'

const request: TurnRequest = {
  run: '1-7.build.f1.a1',
  model: 'claude-sonnet-5-5',
  effort: 'medium',
  max_output_tokens: 1000,
  tools: [
    { name: 'a', description: 'A', input_schema: { type: 'object', properties: {} } },
    { name: 'b', description: 'B', input_schema: { type: 'object', properties: {} } },
  ],
  system: 'You test.',
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Begin.' }] }],
  anchors: [0],
}
const hello: Reply = { say: [says('Hello there'), uses('a', { n: 1 }, 'toolu_1')], usage: { input_tokens: 7, cache_creation_input_tokens: 8, cache_read_input_tokens: 9, output_tokens: 10 } }
const helloTurn = {
  content: [
    { type: 'text', text: 'Hello there' },
    { type: 'tool_use', id: 'toolu_1', name: 'a', input: { n: 1 } },
  ],
  stop: 'tool_use',
  usage: { input_tokens: 7, cache_write_tokens: 8, cache_read_tokens: 9, output_tokens: 10 },
}

async function ask(replies: Reply[], options: { attempts?: number; silence_ms?: number; longest_wait_ms?: number; first_wait_ms?: number } = {}, asked = request) {
  await using api = await startMessagesApi((_, n) => replies[Math.min(n, replies.length) - 1] ?? hello)
  const model = anthropicModel({ api_key: 'k', base_url: api.url, first_wait_ms: 1, silence_ms: 5_000, ...options })
  const began = performance.now()
  const turn = await model.turn(asked, new AbortController().signal).catch((error: unknown) => error)
  return { turn, requests: api.requests, took_ms: performance.now() - began }
}

describe('a turn', () => {
  test('is put together from its stream; unknown events are passed over', async () => {
    const { turn, requests } = await ask([hello])
    expect(turn).toEqual(helloTurn)
    expect(requests).toHaveLength(1)
    expect(requests[0]?.headers['authorization']).toBe('Bearer k')
  })

  test('thinking and unknown blocks come back unchanged, and go out unchanged', async () => {
    const thinking = { type: 'thinking', thinking: 'hm', signature: 'sig' }
    const strange = { type: 'strange_block', data: { deep: [1] } }
    const { turn } = await ask([{ say: [thinking, strange, says('ok')] }])
    expect(turn).toMatchObject({
      content: [
        { type: 'opaque', raw: thinking },
        { type: 'opaque', raw: strange },
        { type: 'text', text: 'ok' },
      ],
      stop: 'end_turn',
    })

    const again: TurnRequest = {
      ...request,
      messages: [
        ...request.messages,
        {
          role: 'assistant',
          content: [
            { type: 'opaque', raw: thinking },
            { type: 'opaque', raw: strange },
          ],
        },
        { role: 'user', content: [{ type: 'text', text: 'Go on.' }] },
      ],
    }
    const { requests } = await ask([hello], {}, again)
    expect(requests[0]?.body.messages[1]).toEqual({ role: 'assistant', content: [thinking, strange] })
  })

  test('thinking that was cut before its signature is dropped', async () => {
    const { turn } = await ask([{ say: [{ type: 'thinking', thinking: 'I was ab', signature: '' }], stop: 'max_tokens' }])
    expect(turn).toMatchObject({ content: [], stop: 'max_tokens' })
  })

  test.each([
    ['end_turn', 'end_turn'],
    ['stop_sequence', 'end_turn'],
    ['max_tokens', 'max_tokens'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause_turn'],
    ['model_context_window_exceeded', 'context_exceeded'],
  ])('the stop reason %s is %s', async (stop, mapped) => {
    expect((await ask([{ say: [says('x')], stop }])).turn).toMatchObject({ stop: mapped })
  })

  test('broken JSON in a tool call never passes for an empty input', async () => {
    const { turn } = await ask([{ say: [{ type: 'tool_use', id: 't', name: 'a', input: {}, raw: '{"path": "x' }], stop: 'tool_use' }])
    expect(turn).toMatchObject({ content: [{ type: 'tool_use', input: { malformed_json: '{"path": "x' } }] })
  })
})

describe('the request', () => {
  test('carries run, effort and four cache marks, no sampling and no forced tool', async () => {
    const long: TurnRequest = {
      ...request,
      messages: [1, 2, 3, 4].flatMap((n) => [
        {
          role: 'user' as const,
          content: [
            { type: 'text' as const, text: `first of ${n}` },
            { type: 'text' as const, text: `second of ${n}` },
          ],
        },
        ...(n < 4 ? [{ role: 'assistant' as const, content: [{ type: 'text' as const, text: `answer ${n}` }] }] : []),
      ]),
    }
    const { requests } = await ask([hello], {}, long)
    const body = requests[0]?.body
    expect(body).toMatchObject({ model: 'claude-sonnet-5-5', max_tokens: 1000, stream: true, metadata: { user_id: '1-7.build.f1.a1' }, output_config: { effort: 'medium' } })
    expect(Object.keys(body ?? {}).toSorted()).toEqual(['max_tokens', 'messages', 'metadata', 'model', 'output_config', 'stream', 'system', 'tools'])
    const mark = { type: 'ephemeral' }
    expect(requests[0]?.text.match(/cache_control/g)).toHaveLength(4)
    expect(body?.system[0]?.['cache_control']).toEqual(mark)
    expect(body?.messages[0]?.content[1]?.['cache_control']).toEqual(mark)
    expect(body?.messages[4]?.content[1]?.['cache_control']).toEqual(mark)
    expect(body?.messages[6]?.content[1]?.['cache_control']).toEqual(mark)
  })
})

describe('trouble', () => {
  test.each([
    ['overloaded', { status: 529, type: 'overloaded_error', message: 'busy' }],
    ['rate limited', { status: 429, type: 'rate_limit_error', message: 'slow down' }],
    ['broken inside', { status: 500, type: 'api_error', message: 'oops' }],
    ['behind a bad gateway', { status: 502, type: 'api_error', message: 'oops' }],
    ['failing in mid-stream', { say: hello.say, after: 4, how: 'error', type: 'overloaded_error' }],
    ['ending cleanly too early', { say: hello.say, after: 5, how: 'end' }],
    ['silent', { say: hello.say, after: 3, how: 'silence' }],
  ] satisfies [string, Reply][])('a server that is %s is asked again with the same bytes', async (_, fault) => {
    const { turn, requests } = await ask([fault, hello], { silence_ms: 1_500 })
    expect(turn).toEqual(helloTurn)
    expect(requests.map((r) => r.text)).toEqual([requests[0]?.text, requests[0]?.text])
  })

  test('a stream cut after any of its events is dropped whole and asked again', async () => {
    for (let after = 0; after < eventsOf(hello).length; after++) {
      const { turn, requests } = await ask([{ say: hello.say, after, how: 'cut' }, hello])
      expect({ after, turn, tries: requests.length }).toEqual({ after, turn: helloTurn, tries: 2 })
    }
  })

  test('tries are bounded, then the model is away', async () => {
    const { turn, requests } = await ask([{ status: 529, type: 'overloaded_error', message: 'busy' }], { attempts: 3 })
    expect(turn).toBeInstanceOf(ModelAway)
    expect(String(turn)).toContain('529 overloaded_error busy')
    expect(requests).toHaveLength(3)
  })

  test('retry-after is honoured; one that is too long is not waited for', async () => {
    const busy = (seconds: string): Reply => ({ status: 429, type: 'rate_limit_error', message: 'slow down', headers: { 'retry-after': seconds } })
    const short = await ask([busy('0.4'), hello])
    expect(short.turn).toEqual(helloTurn)
    expect(short.took_ms).toBeGreaterThanOrEqual(395)
    const long = await ask([busy('3600'), hello])
    expect(long.turn).toBeInstanceOf(ModelAway)
    expect(long.requests).toHaveLength(1)
  })

  test('pings keep the watchdog quiet', async () => {
    const { turn, requests } = await ask([{ say: hello.say, pings: 8, every_ms: 200 }], { silence_ms: 1_200 })
    expect(turn).toMatchObject({ content: helloTurn.content })
    expect(requests).toHaveLength(1)
  })

  test.each([
    [401, 'authentication_error', 'invalid x-api-key', 'The model key was not accepted. Check ANTHROPIC_API_KEY.'],
    [403, 'permission_error', 'not for you', 'The model key may not do this: not for you'],
    [400, 'invalid_request_error', 'Your credit balance is too low', 'The account has no credit left: Your credit balance is too low'],
    [400, 'invalid_request_error', 'tools: bad', 'The request was not accepted: tools: bad'],
    [404, 'not_found_error', 'model: claude-x', 'The model is not known to this account: model: claude-x'],
  ])('%i %s is refused at once, in words for a person', async (status, type, message, detail) => {
    const { turn, requests } = await ask([{ status, type, message }])
    expect(turn).toEqual(new ModelRefused(detail))
    expect(turn).toBeInstanceOf(ModelRefused)
    expect(requests).toHaveLength(1)
  })

  test('a prompt that is too long is an ending of the run', async () => {
    expect((await ask([{ status: 400, type: 'invalid_request_error', message: 'prompt is too long: 1000001 tokens' }])).turn).toMatchObject({ content: [], stop: 'context_exceeded' })
  })

  test('nobody there: away; an abort ends the wait at once', async () => {
    const nobody = anthropicModel({ api_key: 'k', base_url: 'http://127.0.0.1:1', attempts: 2, first_wait_ms: 1 })
    await expect(nobody.turn(request, new AbortController().signal)).rejects.toBeInstanceOf(ModelAway)

    await using api = await startMessagesApi(() => ({ say: hello.say, after: 2, how: 'silence' }))
    const aborter = new AbortController()
    const waiting = anthropicModel({ api_key: 'k', base_url: api.url }).turn(request, aborter.signal)
    setTimeout(() => aborter.abort(new Error('enough')), 50)
    await expect(waiting).rejects.toThrow('enough')
  })
})
