import type { AddedLine } from '../diff.ts'

/** What a reviewer looks for in every change, whatever it is about. */
export interface Rule {
  name: string
  severity: 'blocking' | 'suggestion'
  /** A sentence on what is wrong with the line and what follows from it; null when nothing is. */
  objection(line: AddedLine, code: Code): string | null
}

/** What the reviewer learned about the code around the diff. */
export interface Code {
  /** Names of functions that answer a promise. */
  asynchronous: ReadonlySet<string>
}

export function isTest(path: string): boolean {
  return /(^|\/)(tests?|support)\/|\.test\.\w+$/.test(path)
}
export function isCode(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path)
}
