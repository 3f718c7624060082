import { z } from 'zod'
import { submit, type Program } from '../program.ts'
import { sectionAs, type Brief } from '../request.ts'
import { scrutinise } from './review.ts'

const Asked = z.looseObject({ id: z.string(), what: z.string(), place: z.looseObject({ path: z.string(), line: z.number() }).optional() })

/** Reads the whole diff afresh; a finding is confirmed when the same thing is found again at the same place. */
export function* confirmProgram(brief: Brief): Program {
  const asked = sectionAs(brief, 'findings', z.array(Asked)) ?? []
  const found = yield* scrutinise(brief)
  yield* submit('I have looked at each of them.', {
    confirmations: asked.map(({ id, what, place }) => {
      const again = found.find((f) => f.what === what && f.place.path === place?.path)
      return again
        ? { finding: id, outcome: 'confirmed', note: 'Read afresh, the same stands at the same place.', evidence: again.evidence }
        : { finding: id, outcome: 'not_confirmed', note: 'Read afresh, nothing of the kind stands there.', evidence: [] }
    }),
  })
}
