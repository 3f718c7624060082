import type { Sha } from '../../domain/id.ts'
import { ForgeRefused } from '../../ports/forge.ts'
import type { Site } from './site.ts'

/** Puts a commit on one of our branches. A branch that stands elsewhere than expected is a person's: we stop and ask. */
export async function push(site: Site, wanted: { branch: string; sha: Sha; expected: Sha | null }): Promise<void> {
  const result = await site.workspaces.push({ repository: site.repository, ...wanted }, site.signal)
  if (result.ok) return
  switch (result.why) {
    case 'moved': {
      const stands = result.at === null ? 'is gone' : `stands at ${result.at.slice(0, 7)}`
      const expected = wanted.expected === null ? 'did not exist' : `stood at ${wanted.expected.slice(0, 7)}`
      throw new ForgeRefused(`The branch ${wanted.branch} ${stands}, but when this work began it ${expected}. Nothing was overwritten.`, 'foreign_head')
    }
    case 'refused':
      throw new ForgeRefused(`The push to ${wanted.branch} was refused: ${result.detail}`, 'push_refused')
  }
}
