import type { Mission } from '../mission.ts'
import { dollars, dollarSpan, original, plural, quoteOf, span } from './figures.ts'
import { planHash4 } from './names.ts'

/** `plan a41f: 3 features, 1 milestone, $4–7 and 50–80 min, stops at $10`, for everything that asks for the approval. */
export function planInOneLine(m: Mission): string {
  const hash = planHash4(m)
  return `${hash ? `plan ${hash}` : 'the plan'}: ${planSize(m)}`
}

export function planSize(m: Mission): string {
  const quote = quoteOf(m)
  const size = `${plural(original(m).length, 'feature')}, ${plural(m.plan?.milestones.length ?? 0, 'milestone')}`
  return quote ? `${size}, ${dollarSpan(quote.usd)} and ${span(quote.minutes)} min, stops at ${dollars(m.cap_wish_usd ?? quote.usd.to)}` : size
}
