import { quote, type Quote, type Span } from '../quote.ts'
import { elapsedMs } from '../instant.ts'
import type { AssertionId, FeatureId, Instant } from '../id.ts'
import type { FeatureState, Mission, Run } from '../mission.ts'

export function dollars(usd: number): string {
  return Number.isInteger(usd) ? `$${grouped(usd)}` : `$${usd.toFixed(2)}`
}

export function dollarSpan(span: Span): string {
  return span.from === span.to ? dollars(span.from) : `$${grouped(span.from)}–${grouped(span.to)}`
}

export function span(s: Span): string {
  return s.from === s.to ? grouped(s.from) : `${grouped(s.from)}–${grouped(s.to)}`
}

export function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000)
  if (minutes < 1) return 'under a minute'
  if (minutes < 120) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** `9.1 M`, `812 k`, `640` */
export function many(n: number): string {
  if (n >= 1e6) return `${(n / 1e6).toFixed(1)} M`
  return n >= 1e4 ? `${Math.round(n / 1e3)} k` : grouped(n)
}

export function plural(n: number, one: string, more = `${one}s`): string {
  return `${grouped(n)} ${n === 1 ? one : more}`
}

/** `once`, `twice`, `3 times` */
export function times(n: number): string {
  return n === 1 ? 'once' : n === 2 ? 'twice' : `${grouped(n)} times`
}

/** `a`, `a and b`, `a, b and c` */
export function list(items: readonly string[], last = 'and'): string {
  return items.length < 2 ? (items[0] ?? '') : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1) ?? ''}`
}

export function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.round((100 * part) / whole)
}

/** `1,380,000` */
export function grouped(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+(?!\d))/g, ',')
}

export function runs(m: Mission): Run[] {
  return Object.values(m.runs)
}

export function spentUsd(m: Mission): number {
  return runs(m).reduce((sum, run) => sum + (run.usage?.cost_usd ?? 0), 0)
}

export function featureUsd(m: Mission, feature: FeatureId): number {
  return runs(m).reduce((sum, run) => sum + (run.feature === feature ? (run.usage?.cost_usd ?? 0) : 0), 0)
}

/** The limit that holds now: what the approval agreed, before it what planning may cost. */
export function capUsd(m: Mission): number {
  return m.approval?.cap_usd ?? m.limits.planning_usd
}

export function quoteOf(m: Mission): Quote | null {
  return m.plan && m.contract ? quote(m.plan, m.contract, m.limits) : null
}

export function tokens(m: Mission): { input: number; cache_write: number; cache_read: number; output: number; all: number } {
  const sum = { input: 0, cache_write: 0, cache_read: 0, output: 0, all: 0 }
  for (const { usage } of runs(m)) {
    if (!usage) continue
    sum.input += usage.input_tokens
    sum.cache_write += usage.cache_write_tokens
    sum.cache_read += usage.cache_read_tokens
    sum.output += usage.output_tokens
  }
  sum.all = sum.input + sum.cache_write + sum.cache_read + sum.output
  return sum
}

/** Time since a person said yes; before that since the request. Waiting of people counts too: it is what a clock on the wall shows. */
export function sinceApproval_ms(m: Mission, now: Instant): number {
  return elapsedMs(m.approval?.at ?? m.requested_at, m.ended_at ?? now)
}

export interface Proof {
  proved: number
  waived: number
  failed: number
  all: number
}

export function proof(m: Mission, ids: readonly AssertionId[] = assertionIds(m)): Proof {
  const results = ids.map((id) => m.assertions[id]?.result ?? 'untested')
  const count = (...wanted: string[]) => results.filter((result) => wanted.includes(result)).length
  return { proved: count('pass'), waived: count('waived'), failed: count('fail', 'blocked'), all: ids.length }
}

export function assertionIds(m: Mission): AssertionId[] {
  return m.contract?.assertions.map((a) => a.id) ?? []
}

/** What the plan named, or what took its place; fix features come and go and are counted apart. */
export function original(m: Mission): FeatureState[] {
  return m.features.filter((f) => f.feature.fixes.length === 0 && f.split_into.length === 0)
}

export function settled(f: FeatureState): boolean {
  return f.status === 'merged' || f.status === 'dropped'
}

/** A guess that gets better: what the quote's middle leaves for the work that is left. Null where it would only be noise. */
export function minutesLeft(m: Mission): number | null {
  const minutes = quoteOf(m)?.minutes
  if (!minutes || m.features.length === 0) return null
  const done = m.features.filter(settled).length / m.features.length
  const tested = m.phase === 'verifying' || m.phase === 'delivering' ? 0.9 : 0
  const left = ((minutes.from + minutes.to) / 2) * (1 - Math.max(0.8 * done, tested))
  return Math.max(5, Math.round(left / 5) * 5)
}
