import type { Clock } from '../../src/ports/clock.ts'

/** A clock that goes on only when it is told to, and who waits on it. */
export interface FakeTime extends Clock {
  wait(ms: number, signal: AbortSignal): Promise<void>
  /** Moves on, stopping wherever somebody's wait is over until that somebody waits again. */
  pass(ms: number): Promise<void>
}

export function fakeTime(start_ms = Date.UTC(2026, 10, 21)): FakeTime {
  let now = start_ms
  const sleepers = new Set<{ at: number; wake: () => void }>()
  let arrived = () => {}

  return {
    now: () => new Date(now),
    wait(ms, signal) {
      return new Promise((wake, ended) => {
        if (signal.aborted) return ended(signal.reason)
        const sleeper = { at: now + ms, wake }
        sleepers.add(sleeper)
        signal.addEventListener('abort', () => {
          sleepers.delete(sleeper)
          ended(signal.reason)
        })
        arrived()
      })
    },
    async pass(ms) {
      const end = now + ms
      for (;;) {
        const next = [...sleepers].sort((a, b) => a.at - b.at)[0]
        if (!next || next.at > end) break
        now = Math.max(now, next.at)
        sleepers.delete(next)
        const again = new Promise<void>((done) => (arrived = done))
        next.wake()
        await again
      }
      now = end
    },
  }
}

/** The real clock, on which nobody ever waits long enough. */
export function idleTime(): FakeTime {
  return {
    now: () => new Date(),
    wait: (_, signal) => new Promise((_done, ended) => (signal.aborted ? ended(signal.reason) : signal.addEventListener('abort', () => ended(signal.reason)))),
    pass: async () => {},
  }
}
