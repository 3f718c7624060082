import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What a scripted turn says, or how it goes wrong. */
export type Reply =
  | { say: Block[]; stop?: string; usage?: Partial<Usage> }
  | { status: number; type: string; message: string; headers?: Record<string, string> }
  /** The socket is destroyed (`how: 'cut'`) or the body ends cleanly (`how: 'end'`) after so many events. */
  | { say: Block[]; after: number; how: 'cut' | 'end' | 'silence' }
  | { say: Block[]; after: number; how: 'error'; type: string }
  /** A ping so often for so long before the answer. */
  | { say: Block[]; pings: number; every_ms: number }

export type Block = Record<string, unknown>
interface Usage {
  input_tokens: number
  cache_creation_input_tokens: number
  cache_read_input_tokens: number
  output_tokens: number
}
export interface SentRequest {
  headers: Record<string, string | string[] | undefined>
  body: SentBody
  text: string
}

/** What the tests look at of a request; the rest is there too. */
export interface SentBody {
  metadata: { user_id: string }
  system: (Block & { text: string })[]
  tools: (Block & { name: string })[]
  messages: { role: string; content: Block[] }[]
}

/** The Messages API as a real HTTP server with scripted answers; asks `script` for each request, in order. */
export async function startMessagesApi(script: (request: SentRequest, n: number) => Reply | Promise<Reply>): Promise<{ url: string; requests: SentRequest[] } & AsyncDisposable> {
  const requests: SentRequest[] = []
  const server = createServer((req, res) => void serve(req, res))
  async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    let text = ''
    for await (const chunk of req) text += chunk
    const request = { headers: req.headers, body: JSON.parse(text), text }
    requests.push(request)
    await answer(res, await script(request, requests.length))
  }
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

export function uses(name: string, input: unknown, id = `toolu_${name}_${JSON.stringify(input).length}_${Math.floor(performance.now() * 1000)}`): Block {
  return { type: 'tool_use', id, name, input }
}
export function says(text: string): Block {
  return { type: 'text', text }
}

async function answer(res: ServerResponse, reply: Reply): Promise<void> {
  if ('status' in reply) {
    res.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers })
    res.end(JSON.stringify({ type: 'error', error: { type: reply.type, message: reply.message } }))
    return
  }
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  res.flushHeaders()
  if ('pings' in reply) {
    for (let i = 0; i < reply.pings; i++) {
      await new Promise((done) => setTimeout(done, reply.every_ms))
      res.write('event: ping\ndata: {"type":"ping"}\n\n')
    }
  }
  const events = eventsOf(reply)
  const upTo = 'after' in reply ? reply.after : events.length
  for (const event of events.slice(0, upTo)) res.write(`event: ${String(event['type'])}\ndata: ${JSON.stringify(event)}\n\n`)
  if (!('how' in reply) || reply.how === 'end') return void res.end()
  if (reply.how === 'error') return void res.end(`event: error\ndata: ${JSON.stringify({ type: 'error', error: { type: reply.type, message: 'it went wrong' } })}\n\n`)
  // What was written must be on its way before the socket dies.
  if (reply.how === 'cut') setTimeout(() => res.destroy(), 20)
}

export function eventsOf(reply: { say: Block[]; stop?: string; usage?: Partial<Usage> }): Record<string, unknown>[] {
  const usage = { input_tokens: 100, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1, ...reply.usage }
  const stop_reason = reply.stop ?? (reply.say.some((b) => b['type'] === 'tool_use') ? 'tool_use' : 'end_turn')
  return [
    { type: 'message_start', message: { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, stop_sequence: null, usage } },
    { type: 'ping' },
    ...reply.say.flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: opening(block) },
      ...deltas(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    { type: 'something_new', payload: 1 },
    { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, usage: { output_tokens: reply.usage?.output_tokens ?? 20 } },
    { type: 'message_stop' },
  ]
}

function opening(block: Block): Record<string, unknown> {
  if (block['type'] === 'text') return { type: 'text', text: '' }
  if (block['type'] === 'tool_use') return { ...block, input: {} }
  if (block['type'] === 'thinking') return { type: 'thinking', thinking: '', signature: '' }
  return block
}

function deltas(block: Block): Record<string, unknown>[] {
  if (block['type'] === 'text') return halves(String(block['text'])).map((text) => ({ type: 'text_delta', text }))
  if (block['type'] === 'tool_use') return halves(typeof block['raw'] === 'string' ? block['raw'] : JSON.stringify(block['input'])).map((partial_json) => ({ type: 'input_json_delta', partial_json }))
  if (block['type'] === 'thinking')
    return [
      { type: 'thinking_delta', thinking: block['thinking'] },
      { type: 'signature_delta', signature: block['signature'] },
    ]
  return []
}

function halves(text: string): string[] {
  const middle = Math.ceil(text.length / 2)
  return [text.slice(0, middle), text.slice(middle)]
}
