import { Anthropic } from '@anthropic-ai/sdk'
import { Stream } from '@anthropic-ai/sdk/streaming'
import type { Model, Turn, TurnRequest } from '../../ports/model.ts'
import { ModelAway, ModelRefused } from '../../ports/model.ts'
import { messageBody } from './request.ts'
import { collectTurn } from './stream.ts'
import { troubleOf } from './trouble.ts'
import { pause, watchdog } from './watchdog.ts'

export interface AnthropicOptions {
  api_key: string
  base_url?: string
  /** Tries of one turn before `ModelAway`. */
  attempts?: number
  /** A stream that says nothing for this long (a ping is a word) is given up. */
  silence_ms?: number
  /** The first wait after a failure; doubles, with jitter, up to `longest_wait_ms`. */
  first_wait_ms?: number
  /** A server that asks for a longer wait than this is away. */
  longest_wait_ms?: number
  /** 0 ≤ n < 1. */
  random?: () => number
}

/** Claude behind the Messages protocol. Retries are ours: the SDK's do not see a stream that breaks. */
export function anthropicModel(options: AnthropicOptions): Model {
  const { attempts = 6, silence_ms = 60_000, first_wait_ms = 1_000, longest_wait_ms = 60_000, random = Math.random } = options
  const client = new Anthropic({
    apiKey: options.api_key,
    authToken: null,
    ...(options.base_url === undefined ? {} : { baseURL: options.base_url }),
    maxRetries: 0,
    timeout: 10 * 60_000,
    logLevel: 'off',
  })

  return {
    async turn(request, signal) {
      let last = ''
      for (let attempt = 1; attempt <= attempts; attempt++) {
        try {
          return await once(request, signal)
        } catch (error) {
          signal.throwIfAborted()
          const trouble = troubleOf(error)
          if (trouble.is === 'refused') throw new ModelRefused(trouble.detail)
          if (trouble.is === 'too_long') return tooLong
          last = trouble.detail
          const backoff = Math.min(longest_wait_ms, first_wait_ms * 2 ** (attempt - 1)) * (0.5 + random() / 2)
          const wait_ms = trouble.retry_after_ms ?? backoff
          if (attempt === attempts || wait_ms > longest_wait_ms) break
          await pause(wait_ms, signal)
        }
      }
      throw new ModelAway(`The model did not answer: ${last}`)
    },
  }

  /** One try: whole or not at all. A partial turn is dropped. */
  async function once(request: TurnRequest, signal: AbortSignal): Promise<Turn> {
    await using dog = watchdog(silence_ms, signal)
    const response = await dog.guard(client.messages.create(messageBody(request), { signal: dog.signal }).asResponse())
    const controller = new AbortController()
    return await dog.guard(collectTurn(Stream.rawEvents(response, controller), () => dog.heard()))
  }
}

/** The request is past what the model can read: an ending of the run, not a trouble of the installation. */
const tooLong: Turn = {
  content: [],
  stop: 'context_exceeded',
  usage: { input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0 },
}
