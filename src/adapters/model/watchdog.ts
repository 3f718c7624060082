import { setTimeout as sleep } from 'node:timers/promises'

export class Silence extends Error {}

interface Watchdog extends AsyncDisposable {
  /** Aborts when the caller does, or when nothing was heard for too long. */
  signal: AbortSignal
  heard(): void
  /** Waits for the work, but not past the signal: a body read that ignores its abort would hang the run. */
  guard<T>(work: Promise<T>): Promise<T>
}

export function watchdog(silence_ms: number, outer: AbortSignal): Watchdog {
  const controller = new AbortController()
  const bark = () => controller.abort(new Silence(`nothing was heard for ${silence_ms / 1000} s`))
  const follow = () => controller.abort(outer.reason)
  let timer = setTimeout(bark, silence_ms)
  if (outer.aborted) follow()
  outer.addEventListener('abort', follow, { once: true })
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
  })
  aborted.catch(() => {})
  return {
    signal: controller.signal,
    heard() {
      clearTimeout(timer)
      timer = setTimeout(bark, silence_ms)
    },
    guard(work) {
      work.catch(() => {})
      return Promise.race([work, aborted])
    },
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      outer.removeEventListener('abort', follow)
      // Ends the connection of a turn that was given up; after a whole turn there is nothing left to end.
      controller.abort(new Silence('over'))
    },
  }
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal })
}
