import { createHash } from 'node:crypto'
import { Sha } from '../../../src/domain/id.ts'

/** Stories name commits by words: `base`, `f1.a1`. The same word is the same commit. */
export function names() {
  const known = new Map<string, string>()
  return {
    sha(name: string): Sha {
      const sha = Sha.parse(createHash('sha1').update(name).digest('hex'))
      known.set(sha, name)
      return sha
    },
    /** Puts the words back wherever a commit stands in a text; the domain cuts some to their first digits. */
    inWords(text: string): string {
      return text.replace(/\b[0-9a-f]{7,40}\b/g, (hex) => [...known].find(([sha]) => sha.startsWith(hex))?.[1] ?? hex)
    },
  }
}

export type Names = ReturnType<typeof names>
