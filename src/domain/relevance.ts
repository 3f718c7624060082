import type { LibraryEntry } from './knowledge.ts'
import { overlap } from './phases/building.ts'

/** What somebody is about to work on. */
export interface Need {
  /** Paths or folders that will be touched. */
  paths: readonly string[]
  /** Titles, briefs, assertions: all that says what it is about. */
  words: string
}

/**
 * The entries that help with a need, most helpful first, as many as fit. An entry about paths that are touched comes before one
 * that shares words, rare words before common ones; one about the whole always has a chance, one about other places without a
 * common word has none.
 */
export function relevant<E extends LibraryEntry>(entries: readonly E[], need: Need, budget_chars: number): E[] {
  const common = timesOf(entries)
  const wanted = wordsOf(need.words)
  const rated = entries.map((entry, i) => ({ entry, i, rating: rate(entry) })).filter((r) => r.rating > 0)
  const chosen: E[] = []
  let chars = 0
  for (const { entry } of rated.toSorted((a, b) => b.rating - a.rating || b.i - a.i)) {
    const size = entry.topic.length + entry.text.length + entry.paths.join().length + 8
    if (chars + size > budget_chars) continue
    chars += size
    chosen.push(entry)
  }
  return chosen

  function rate(entry: E): number {
    const near = need.paths.length > 0 && entry.paths.some((path) => overlap([path], [...need.paths])) ? 4 : 0
    const shared = [...wordsOf(`${entry.topic} ${entry.text}`)].filter((word) => wanted.has(word))
    return near + shared.reduce((sum, word) => sum + 1 / (common.get(word) ?? 1), 0) + (entry.paths.length === 0 ? 0.5 : 0)
  }
}

/** In how many entries each word stands. */
function timesOf(entries: readonly LibraryEntry[]): Map<string, number> {
  const times = new Map<string, number>()
  for (const entry of entries) for (const word of wordsOf(`${entry.topic} ${entry.text}`)) times.set(word, (times.get(word) ?? 0) + 1)
  return times
}

/** Words of some length, without endings that only grammar needs. */
function wordsOf(text: string): Set<string> {
  const found = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? []
  return new Set(found.filter((word) => !filler.has(word)).map((word) => (word.length > 4 ? word.replace(/(?:ings?|ies|es|ed|s)$/, '').replace(/(.)\1$/, '$1') : word)))
}

const filler = new Set(
  'the and for that with this from are was has have not but its it is you your they their them then than what when where which who will would can could must should may one two all any each own other into out only also there here how why does did done use uses used using'.split(
    ' ',
  ),
)
