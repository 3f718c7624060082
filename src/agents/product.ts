import { setTimeout as sleep } from 'node:timers/promises'
import type { Procedures } from '../domain/feature.ts'
import type { Sandbox, SandboxPair, SandboxProcess } from '../ports/sandbox.ts'
import type { Served } from './serve.ts'
import { beginningOf } from './beginning.ts'
import { serve } from './serve.ts'
import { capped } from './tool.ts'

/** How a tester wants the product started, where it is not as the plan says. */
export interface StartedWith {
  /** Put behind the start command, each one word to the shell. */
  options: readonly string[]
  /** Beside and over the procedures' own. */
  env: Readonly<Record<string, string>>
}

/** The product under test, in its own sandbox. */
export interface Product {
  /** Starts its services and itself, as far as they are not up, and waits until it answers. */
  start(signal: AbortSignal, how?: StartedWith): Promise<{ up: true } | { up: false; problem: string }>
  stop(): Promise<void>
  /** To be called before the first start, so that `afresh` has something to go back to. */
  remember(signal: AbortSignal): Promise<void>
  /** Stops it and takes away whatever it has stored. Why it could not, or null. */
  afresh(signal: AbortSignal): Promise<string | null>
  /** It was started and has not ended since; always, where there is nothing to start. */
  isUp(): Promise<boolean>
  logs(): Promise<string>
}

/** `patience_ms` is for the product, and for each of its services. */
export function productOf(pair: SandboxPair, procedures: Procedures, patience_ms: number): Product {
  const { start } = procedures
  let process: SandboxProcess | null = null
  let served: Served | null = null
  const beginning = beginningOf(pair.product)
  const logs = async () => {
    const own = process ? await process.output() : ''
    const beside = procedures.services.length > 0 && served ? await served.logs() : ''
    return [own, beside].filter((text) => text !== '').join('\n')
  }
  const stop = async () => {
    await process?.stop()
    process = null
    await served?.[Symbol.asyncDispose]()
    served = null
  }
  return {
    logs,
    stop,
    isUp: async () => start === null || (process !== null && (await process.exit()) === null),
    async remember(signal) {
      const problem = await beginning.note(signal)
      if (problem !== null) throw new Error(`the tree before the first start could not be kept: ${problem}`)
    },
    async afresh(signal) {
      await stop()
      return beginning.back(signal)
    },
    async start(signal, { options, env } = { options: [], env: {} }) {
      served ??= await serve(pair.product, procedures, patience_ms, signal)
      if (served.problem !== null) return { up: false, problem: served.problem }
      if (start === null || (process && (await process.exit()) === null)) return { up: true }
      process = await pair.product.spawn({
        argv: ['bash', '-c', [start, ...options.map(word)].join(' ')],
        env: { ...procedures.env, ...env },
        timeout_ms: 24 * 60 * 60_000,
        output_limit_bytes: 256_000,
      })
      const problem = await untilUp(pair.tester, { procedures, process, patience_ms }, signal)
      return problem === null ? { up: true } : { up: false, problem: `${problem}\n--- what it printed ---\n${capped(await logs(), 8_000)}` }
    },
  }
}

/** One word to a shell, whatever is in it. */
function word(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Asks from the tester's side, as every tool will. Null when the product is up. */
async function untilUp(tester: Sandbox, { procedures, process, patience_ms }: { procedures: Procedures; process: SandboxProcess; patience_ms: number }, signal: AbortSignal): Promise<string | null> {
  const url = addressOf(procedures)
  let seen = 'no answer'
  for (const began = performance.now(); performance.now() - began < patience_ms;) {
    const exit = await process.exit()
    if (exit !== null) return `The product ended with exit ${exit} before it was up.`
    if (url === null) return null
    const status = await tester.http({ method: 'GET', url: `${url}${procedures.health ?? '/'}`, timeout_ms: 2_000 }, signal).then(
      (answer) => answer.status,
      () => null,
    )
    signal.throwIfAborted()
    if (status !== null && (procedures.health === null || (status >= 200 && status < 300))) return null
    if (status !== null) seen = `status ${status}`
    await sleep(100, undefined, { signal })
  }
  return `The product was not up after ${patience_ms / 1000} s: ${seen} at ${url ?? 'its port'}${procedures.health ?? '/'}.`
}

/** Where the tester reaches it; null when it serves nothing. */
export function addressOf(procedures: Procedures): string | null {
  return procedures.start === null || procedures.port === null ? null : `http://127.0.0.1:${procedures.port}`
}
