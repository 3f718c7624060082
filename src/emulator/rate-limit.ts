import type { Actor } from './actor.ts'

const hourly = 5_000
const hour_ms = 3_600_000

export interface RateLimits {
  /** Uses up one request, `cost` 0 only asks. */
  spend(actor: Actor, cost: 0 | 1): RateLimit
  /** Uses up everything of everybody until `reset_at` (milliseconds). */
  exhaust(reset_at: number): void
}

export interface RateLimit {
  limit: number
  remaining: number
  used: number
  /** Seconds since the epoch. */
  reset: number
  /** The request came when nothing was left. */
  exceeded: boolean
}

export function createRateLimits(clock: () => number): RateLimits {
  const used = new Map<string, { count: number; reset_at: number }>()
  let exhausted_until = 0
  return {
    exhaust: (reset_at) => void (exhausted_until = reset_at),
    spend(actor, cost) {
      const now = clock()
      if (now < exhausted_until) return { limit: hourly, remaining: 0, used: hourly, reset: Math.ceil(exhausted_until / 1000), exceeded: true }
      const key = keyOf(actor)
      const known = used.get(key)
      const window = known !== undefined && known.reset_at > now ? known : { count: 0, reset_at: now + hour_ms }
      const exceeded = window.count + cost > hourly
      window.count = Math.min(window.count + cost, hourly)
      used.set(key, window)
      return { limit: hourly, remaining: hourly - window.count, used: window.count, reset: Math.ceil(window.reset_at / 1000), exceeded }
    },
  }
}

function keyOf(actor: Actor): string {
  switch (actor.kind) {
    case 'anonymous':
      return 'anonymous'
    case 'person':
      return `person ${actor.login}`
    case 'app':
      return `app ${actor.app.id}`
    case 'installation':
      return `installation ${actor.installation.id}`
  }
}

export function rateHeaders(rate: RateLimit): Record<string, string> {
  return {
    'x-ratelimit-limit': String(rate.limit),
    'x-ratelimit-remaining': String(rate.remaining),
    'x-ratelimit-reset': String(rate.reset),
    'x-ratelimit-used': String(rate.used),
    'x-ratelimit-resource': 'core',
  }
}
