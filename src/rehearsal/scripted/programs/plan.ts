import { contract } from '../../story/contract.ts'
import { plan as whole } from '../../story/plan.ts'
import { shortened } from '../../story/short.ts'
import { submit, type Program } from '../program.ts'
import { section, type Brief } from '../request.ts'

export function* contractProgram(short: boolean): Program {
  yield* submit('Everything the request speaks of can be seen from outside.', short ? shortened.contract : contract)
}

/** The plan; where people asked for changes, they stand in the first brief. */
export function* decomposeProgram(brief: Brief, short: boolean): Program {
  const plan = short ? shortened.plan : whole
  const asked = section(brief, 'revisions')
  const features = asked === '' ? plan.features : plan.features.map((f, i) => (i === 0 ? { ...f, brief: `${f.brief}\n\nAsked for after the first plan:\n${asked.slice(0, 1_500)}` } : f))
  // Only what a person really said is quoted: in another mission nobody may have answered in these words.
  const decisions = plan.decisions.filter((d) => d.document !== 'answers' || section(brief, 'rounds').includes(d.quote))
  yield* submit('Two can begin side by side.', { ...plan, features, decisions })
}
