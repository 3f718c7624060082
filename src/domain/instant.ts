import type { Instant } from './id.ts'

// `Date` is banned in the domain: it reads the clock. This only does arithmetic.

/** Milliseconds since 1970. Takes what `z.iso.datetime()` takes: UTC, seconds and fractions optional. */
export function epochMs(instant: Instant): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?Z$/.exec(instant)
  if (!match) throw new RangeError(`not an instant in UTC: ${instant}`)
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match.slice(1, 7).map((part) => Number(part ?? 0))
  const fraction_ms = Math.trunc(Number(match[7] ?? 0) * 1000)
  return (((daysSince1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second) * 1000 + fraction_ms
}

/** Never negative: two processes' clocks may differ a little. */
export function elapsedMs(from: Instant, to: Instant): number {
  return Math.max(0, epochMs(to) - epochMs(from))
}

/** `14:02 UTC` */
export function timeOfDay(instant: Instant): string {
  return `${instant.slice(11, 16)} UTC`
}

/** Howard Hinnant's days_from_civil: the year begins in March, so that the leap day comes last. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * 146097 + dayOfEra - 719468
}
