import { addedLines, type AddedLine } from '../diff.ts'
import { awaited } from './awaited.ts'
import { discreet, finished, inert, wholeSuite } from './careful.ts'
import { escaped } from './escaped.ts'
import type { Code, Rule } from './rule.ts'
import { surfaced } from './surfaced.ts'

export interface Objection {
  rule: string
  severity: Rule['severity']
  at: AddedLine
  what: string
}

/** Good practice, in general: written without knowing which mistakes will be made. */
const rules: readonly Rule[] = [escaped, awaited, surfaced, discreet, inert, wholeSuite, finished]

/** What the rules object to in the added lines of a diff. */
export function objections(diff: string, code: Code): Objection[] {
  return addedLines(diff).flatMap((at) =>
    rules.flatMap((rule) => {
      const what = rule.objection(at, code)
      return what === null ? [] : [{ rule: rule.name, severity: rule.severity, at, what }]
    }),
  )
}
