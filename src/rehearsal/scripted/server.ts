import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { answerOf, stream, type Answer, type StreamEnd } from './answer.ts'
import { PromptCache, TooManyMarks } from './account.ts'
import { Faults, type Fault, type FaultKind } from './faults.ts'
import { nextSay, type Say } from './program.ts'
import { programFor, type Told } from './roles.ts'
import { briefOf, MessagesRequest } from './request.ts'

export interface ScriptedModelOptions extends Told {
  /** 0: any free one. */
  port: number
  /** How long each answer takes; default none. */
  latency_ms?: number
  faults?: readonly Fault[]
}

export interface ScriptedModel {
  /** For ANTHROPIC_BASE_URL. */
  url: string
  stats(): Stats
  close(): Promise<void>
}

export interface Stats {
  requests: number
  faults: number
  input_tokens: number
  cache_write_tokens: number
  cache_read_tokens: number
  output_tokens: number
  /** Turns by run id. */
  runs: Record<string, number>
}

/** A model behind the Messages protocol whose words are a script. What it says next depends on the request alone. */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const cache = new PromptCache()
  const faults = new Faults(options.faults ?? [])
  const stats: Stats = { requests: 0, faults: 0, input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, runs: {} }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (error instanceof TooManyMarks) return refuse(response, 400, 'invalid_request_error', error.message)
      refuse(response, 500, 'api_error', error instanceof Error ? error.message : String(error))
    })
  })
  await new Promise<void>((done, failed) => {
    server.once('error', failed)
    server.listen(options.port, '127.0.0.1', done)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the scripted model has no port')

  return {
    url: `http://127.0.0.1:${address.port}`,
    stats: () => structuredClone(stats),
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname
    const raw = await bodyOf(request)
    if (request.method === 'POST' && path.endsWith('/messages/count_tokens')) return json(response, 200, { input_tokens: Math.ceil(raw.length / 4) })
    if (request.method !== 'POST' || !path.endsWith('/messages')) return refuse(response, 404, 'not_found_error', `no ${request.method} ${path}`)
    const parsed = parse(raw)
    if (typeof parsed === 'string') return refuse(response, 400, 'invalid_request_error', parsed)
    await sleep(options.latency_ms ?? 0)
    answerRequest(parsed, response)
  }

  function answerRequest(request: MessagesRequest, response: ServerResponse): void {
    const brief = briefOf(request)
    stats.requests += 1
    const fault = faults.strike(brief.run)
    if (fault !== null) stats.faults += 1
    if (fault === 'overloaded') return refuse(response, 529, 'overloaded_error', 'Overloaded')
    if (fault === 'server_error') return refuse(response, 500, 'api_error', 'Internal server error')

    const usage = cache.count(request, Date.now())
    const n = request.messages.filter((m) => m.role === 'assistant').length + 1
    const said = spoilt(nextSay(programFor(brief, options), request.messages), fault)
    const answer = stopped(answerOf({ run: brief.run, n, model: request.model }, said, usage), fault)
    note(brief.run, answer)
    if (request.stream === true) stream(response, answer, endOf(fault))
    else json(response, 200, answer)
  }

  function note(run: string, { usage }: Answer): void {
    stats.input_tokens += usage.input_tokens
    stats.cache_write_tokens += usage.cache_creation_input_tokens
    stats.cache_read_tokens += usage.cache_read_input_tokens
    stats.output_tokens += usage.output_tokens
    stats.runs[run] = (stats.runs[run] ?? 0) + 1
  }
}

/** What a bad turn says instead. */
function spoilt(said: Say, fault: FaultKind | null): Say {
  if (fault === 'no_call' || fault === 'refusal') return { text: 'I would rather talk about it first.', calls: [] }
  if (fault === 'off_schema') return { text: said.text, calls: said.calls.map((call) => ({ name: call.name, input: { nonsense: true } })) }
  return said
}

function stopped(answer: Answer, fault: FaultKind | null): Answer {
  if (fault === 'refusal') return { ...answer, stop_reason: 'refusal' }
  if (fault !== 'max_tokens') return answer
  const content = answer.content.map((block) => (block.type === 'tool_use' ? { ...block, input: {} } : block))
  return { ...answer, content, stop_reason: 'max_tokens' }
}

function endOf(fault: FaultKind | null): StreamEnd {
  if (fault === 'stream_cut') return 'cut'
  if (fault === 'stream_error') return 'error'
  return fault === 'silence' ? 'silence' : 'whole'
}

function parse(raw: string): MessagesRequest | string {
  try {
    const request = MessagesRequest.safeParse(JSON.parse(raw))
    return request.success ? request.data : request.error.message
  } catch {
    return 'the body is not JSON'
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString('utf8')
}

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  json(response, status, { type: 'error', error: { type, message } })
}

function json(response: ServerResponse, status: number, value: unknown): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value))
}
