import type { Program, Result } from '../program.ts'

export interface Evidence {
  kind: 'http' | 'browser' | 'terminal' | 'command'
  text: string
  file?: string
}

export interface Outcome {
  result: 'pass' | 'fail' | 'blocked'
  note: string
  evidence: Evidence[]
}

/** Where one try of one assertion takes place: data that nothing else uses. */
export interface Place {
  assertion: string
  /** The product's address, without a slash at its end. */
  base: string
  /** The beginning of the product's own command. */
  entry: string[]
  /** A day, as `2031-05-20`. */
  day: string
  /** Names of two people. */
  first: string
  second: string
}

/** Exercises one assertion with its own tool and decides by what it sees. */
export type Probe = (place: Place) => Program<Outcome>

/** `holds` as seen; `otherwise` says what was seen instead of what should be. */
export interface Check {
  holds: boolean
  otherwise: string
}

export function check(holds: boolean, otherwise: string): Check {
  return { holds, otherwise }
}

export function decided(seen: string, checks: Check[], evidence: Evidence[]): Outcome {
  const broken = checks.filter((c) => !c.holds).map((c) => c.otherwise)
  return broken.length === 0 ? { result: 'pass', note: seen, evidence } : { result: 'fail', note: short(`Not as it should be: ${broken.join('; ')}.`, 900), evidence }
}

export function blocked(why: string, evidence: Evidence[]): Outcome {
  return { result: 'blocked', note: short(why, 900), evidence }
}

/** What a tool answered, quoted. */
export function quoted(kind: Evidence['kind'], ...results: Result[]): Evidence[] {
  return results.slice(0, 6).map((result) => ({ kind, text: short(result.text, 1_200) || '(nothing)' }))
}

export function short(text: string, limit: number): string {
  return text.length <= limit ? text : `${text.slice(0, limit - 2)} …`
}
