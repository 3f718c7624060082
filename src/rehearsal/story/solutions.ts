import { defectChanges, defects } from './defects.ts'
import { readChanges, type Change } from './edits.ts'
import { features } from './plan.ts'

export interface Solution {
  feature: string
  tests: Change[]
  code: Change[]
}

/** What a good worker writes for a feature; with the slips that `slips` names and that are of this feature. */
export function solution(feature: string, slips: readonly number[] = []): Solution {
  let code = readChanges(`solution/${feature}.code.txt`)
  for (const { n } of defects.filter((d) => d.feature === feature && slips.includes(d.n))) {
    for (const alteration of defectChanges(n).alter) code = altered(code, alteration, n)
  }
  return { feature, tests: readChanges(`solution/${feature}.tests.txt`), code }
}

export const featureIds: readonly string[] = features.map((f) => f.id)

function altered(code: Change[], alteration: Change, n: number): Change[] {
  if (alteration.act !== 'edit') return code
  let times = 0
  const result = code.map((change) => {
    if (change.path !== alteration.path) return change
    const text = change.act === 'write' ? change.content : change.new
    if (!text.includes(alteration.old)) return change
    times += text.split(alteration.old).length - 1
    const slipped = text.replace(alteration.old, () => alteration.new)
    return change.act === 'write' ? { ...change, content: slipped } : { ...change, new: slipped }
  })
  if (times !== 1) throw new Error(`defect ${n} finds its lines ${times} times in the solution`)
  return result
}
