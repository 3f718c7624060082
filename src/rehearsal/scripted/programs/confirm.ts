import { z } from 'zod'
import { say, submit, type Call, type Program } from '../program.ts'
import { sectionAs, type Brief } from '../request.ts'
import { scrutinise } from './review.ts'

const Asked = z.looseObject({ id: z.string(), what: z.string(), place: z.looseObject({ path: z.string(), line: z.number() }).optional() })

/** Goes to each place, then reads the whole diff afresh; a finding is confirmed when the same thing is found again there. */
export function* confirmProgram(brief: Brief): Program {
  const asked = sectionAs(brief, 'findings', z.array(Asked)) ?? []
  const seen = asked.length === 0 ? [] : yield* say('I look at each place myself.', ...asked.map(look))
  const found = yield* scrutinise(brief)
  yield* submit('I have looked at each of them.', {
    confirmations: asked.map(({ id, what, place }, i) => {
      const again = found.find((f) => f.what === what && f.place.path === place?.path)
      return again
        ? { finding: id, outcome: 'confirmed', note: 'Read afresh, the same stands at the same place.', evidence: again.evidence }
        : { finding: id, outcome: 'not_confirmed', note: 'Read afresh, nothing of the kind stands there.', evidence: [{ kind: 'code', text: (seen[i]?.text ?? '').slice(0, 1_500) }] }
    }),
  })
}

function look({ place }: z.infer<typeof Asked>): Call {
  return place ? { name: 'read', input: { path: place.path, offset: Math.max(1, place.line - 2), limit: 5 } } : { name: 'glob', input: { pattern: '**/*' } }
}
