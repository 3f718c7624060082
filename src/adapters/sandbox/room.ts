import { z } from 'zod'

import type { BrowserAction, BrowserObservation, Command, CommandResult, HttpRequest, HttpResponse, Sandbox, SandboxProcess, Terminal } from '../../ports/sandbox.ts'
import { EveryProcessKilled, type Channel } from './channel.ts'

/** Beyond a call's own time: scheduling on a busy machine, killing a tree, draining pipes. */
const GRACE_MS = 30_000

const exit = z.int().nullable()
const result = z.object({
  exit,
  stdout: z.string(),
  stderr: z.string(),
  truncated: z.boolean(),
  timed_out: z.boolean(),
  duration_ms: z.number(),
})
const response = z.object({ status: z.int(), headers: z.record(z.string(), z.string()), body: z.string(), truncated: z.boolean(), duration_ms: z.number() })
const observation = z.object({
  url: z.string(),
  title: z.string(),
  snapshot: z.string(),
  truncated: z.boolean(),
  console: z.array(z.string()),
  network: z.array(z.string()),
  file: z.string().exactOptional(),
  dialog: z.string().exactOptional(),
})

/** The port's words, asked of a supervisor. `dispose` ends what holds it. */
export class Room implements Sandbox {
  readonly #channel: Channel
  readonly #end: () => Promise<void>

  constructor(channel: Channel, dispose: () => Promise<void>) {
    this.#channel = channel
    this.#end = dispose
  }

  async exec(command: Command, signal?: AbortSignal): Promise<CommandResult> {
    const started = performance.now()
    try {
      return await this.#channel.ask({ ask: 'exec', command }, result, command.timeout_ms + GRACE_MS, signal)
    } catch (error) {
      if (!(error instanceof EveryProcessKilled)) throw error
      // Not lost: the command, or one beside it, killed all it could reach. The agent should read that.
      const duration_ms = Math.round(performance.now() - started)
      return { exit: null, stdout: '', stderr: `[sandbox] ${error.message}\n`, truncated: false, timed_out: false, duration_ms }
    }
  }

  async spawn(command: Command): Promise<SandboxProcess> {
    const channel = this.#channel
    const process = await channel.ask({ ask: 'spawn', command }, z.int(), GRACE_MS)
    return {
      output: () => channel.ask({ ask: 'output', process }, z.string(), GRACE_MS),
      exit: () => channel.ask({ ask: 'exit', process }, exit, GRACE_MS),
      stop: async () => {
        await channel.ask({ ask: 'stop', process }, z.null(), GRACE_MS)
      },
    }
  }

  async terminal(command: Command, size: { columns: number; rows: number }): Promise<Terminal> {
    const channel = this.#channel
    const terminal = await channel.ask({ ask: 'terminal', command, ...size }, z.int(), GRACE_MS)
    return {
      type: async (text) => {
        await channel.ask({ ask: 'type', terminal, text }, z.null(), GRACE_MS)
      },
      screen: () => channel.ask({ ask: 'screen', terminal }, z.string(), GRACE_MS),
      exit: () => channel.ask({ ask: 'terminal_exit', terminal }, exit, GRACE_MS),
      close: async () => {
        await channel.ask({ ask: 'close', terminal }, z.null(), GRACE_MS)
      },
    }
  }

  async browse(action: BrowserAction, signal?: AbortSignal): Promise<BrowserObservation> {
    const own_ms = action.act === 'wait' ? action.timeout_ms : 60_000
    return this.#channel.ask({ ask: 'browse', action }, observation, own_ms + GRACE_MS, signal)
  }

  async http(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    return this.#channel.ask({ ask: 'http', request }, response, request.timeout_ms + GRACE_MS, signal)
  }

  async readFile(path: string): Promise<Uint8Array> {
    return new Uint8Array(Buffer.from(await this.#channel.ask({ ask: 'read', path }, z.string(), GRACE_MS), 'base64'))
  }

  async writeFile(path: string, content: Uint8Array): Promise<void> {
    await this.#channel.ask({ ask: 'write', path, base64: Buffer.from(content).toString('base64') }, z.null(), GRACE_MS)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end()
  }
}
