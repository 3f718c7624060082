import type { AssertionId } from '../id.ts'
import type { Mission } from '../mission.ts'
import { resultOf } from './contract.ts'
import { inline } from './escape.ts'
import { table } from './page.ts'

/** The checks a feature completes, with their results so far. */
export function contractEntries(m: Mission, ids: readonly AssertionId[]): string {
  return table(
    ['Check', 'What a user sees', 'By', 'Result'],
    ids.map((id) => {
      const a = m.contract?.assertions.find((x) => x.id === id)
      return [`**${id}**`, inline(a?.title ?? '', 120), a?.tool ?? '', resultOf(m, id)]
    }),
  )
}
