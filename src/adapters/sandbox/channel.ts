import type { Readable, Writable } from 'node:stream'

import { z } from 'zod'

import { SandboxFileError, SandboxLost, SandboxRefused } from '../../ports/sandbox.ts'
import type { Ask } from './inside/protocol.ts'

const LINE_BYTES = 64 * 1024 * 1024
const START_MS = 15_000

const answer = z.union([z.object({ hello: z.int() }), z.object({ id: z.int(), value: z.unknown() }), z.object({ id: z.int(), error: z.enum(['refused', 'file']), message: z.string() })])

interface Waiting {
  done: (value: unknown) => void
  failed: (error: Error) => void
}

/** The supervisor died and another took its place: the call is lost, the sandbox is not. */
export class EveryProcessKilled extends SandboxLost {}

/** Questions to one supervisor and its answers. The supervisor is in reach of the agent: nothing it says is trusted. */
export class Channel {
  readonly #to: Writable
  readonly #waiting = new Map<number, Waiting>()
  #chunks: Buffer[] = []
  #buffered_bytes = 0
  #last = 0
  #epoch = 0
  #lost: SandboxLost | null = null
  #onHello: () => void = () => undefined

  constructor(from: Readable, to: Writable) {
    this.#to = to
    to.on('error', (error) => this.lose(`the pipe to the sandbox broke: ${error.message}`))
    from.on('data', (chunk: Buffer) => this.#take(chunk))
    from.on('error', (error) => this.lose(`the pipe from the sandbox broke: ${error.message}`))
    from.on('close', () => this.lose('the sandbox ended'))
    from.on('end', () => this.lose('the sandbox ended'))
  }

  /** Resolves at the supervisor's first word. */
  async opened(): Promise<void> {
    const late = setTimeout(() => this.lose(`no answer within ${START_MS} ms`), START_MS)
    await new Promise<void>((done, failed) => {
      this.#onHello = done
      this.#waiting.set(0, { done: () => done(), failed })
      if (this.#lost !== null) failed(this.#lost)
    }).finally(() => {
      clearTimeout(late)
      this.#waiting.delete(0)
    })
  }

  /** `within_ms` guards against a supervisor that hangs; past it the sandbox counts as lost. */
  async ask<T>(question: Ask, shape: z.core.$ZodType<T>, within_ms: number, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    if (this.#lost !== null) throw this.#lost
    const id = (this.#last += 1)
    const late = setTimeout(() => this.lose(`no answer to ${question.ask} within ${within_ms} ms`), within_ms)
    const cancel = () => this.#cancel(id, signal?.reason)
    const value = await new Promise<unknown>((done, failed) => {
      this.#waiting.set(id, { done, failed })
      signal?.addEventListener('abort', cancel, { once: true })
      this.#send({ id, ...question })
    }).finally(() => {
      clearTimeout(late)
      signal?.removeEventListener('abort', cancel)
      this.#waiting.delete(id)
    })
    const checked = z.safeParse(shape, value)
    if (!checked.success) throw new SandboxLost(`the supervisor's answer to ${question.ask} makes no sense`)
    return checked.data
  }

  /** Everything that waits, and every later call, is told so. */
  lose(why: string): void {
    this.#lost ??= new SandboxLost(why)
    this.#rejectAll(this.#lost)
  }

  /** Asks the supervisor to end everything; nobody waits for an answer. One that is still to come finds its input closed. */
  end(): void {
    if (this.#lost === null) this.#send({ id: (this.#last += 1), ask: 'end' })
    this.#to.end()
  }

  #cancel(id: number, reason: unknown): void {
    const waiting = this.#waiting.get(id)
    if (waiting === undefined) return
    this.#send({ id: (this.#last += 1), ask: 'cancel', of: id })
    waiting.failed(reason instanceof Error ? reason : new Error('aborted', { cause: reason }))
  }

  #send(question: { id: number } & Ask): void {
    this.#to.write(`${JSON.stringify({ ...question, epoch: this.#epoch })}\n`)
  }

  #take(chunk: Buffer): void {
    const end = chunk.lastIndexOf(0x0a)
    if (end === -1) {
      this.#keep(chunk)
      return
    }
    const text = Buffer.concat([...this.#chunks, chunk.subarray(0, end)]).toString()
    this.#chunks = []
    this.#buffered_bytes = 0
    this.#keep(chunk.subarray(end + 1))
    for (const line of text.split('\n')) this.#hear(line)
  }

  #keep(chunk: Buffer): void {
    if (chunk.length === 0) return
    this.#chunks.push(chunk)
    this.#buffered_bytes += chunk.length
    if (this.#buffered_bytes > LINE_BYTES) this.lose('the supervisor sent a line without an end')
  }

  #hear(line: string): void {
    const said = parsed(line)
    if (said === null) return
    if ('hello' in said) this.#greet(said.hello)
    else if ('error' in said) this.#waiting.get(said.id)?.failed(said.error === 'file' ? new SandboxFileError(said.message) : new SandboxRefused(said.message))
    else this.#waiting.get(said.id)?.done(said.value)
  }

  #greet(epoch: number): void {
    if (this.#epoch !== 0) this.#rejectAll(new EveryProcessKilled('every process in the sandbox was killed'))
    this.#epoch = epoch
    this.#onHello()
  }

  #rejectAll(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.failed(error)
    this.#waiting.clear()
  }
}

/** Null for half a line of a supervisor that was killed while it spoke. */
function parsed(line: string): z.infer<typeof answer> | null {
  try {
    return answer.safeParse(JSON.parse(line)).data ?? null
  } catch {
    return null
  }
}
