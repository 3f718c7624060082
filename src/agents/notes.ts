import type { Feature } from '../domain/feature.ts'
import type { Note } from '../domain/notes.ts'
import { jsonList } from './material.ts'

const planning_chars = 24_000
const worker_chars = 6_000

/** For planning: the newest notes that fit, in the order they were taken. */
export function notesText(notes: readonly Note[], limit_chars = planning_chars): string {
  const chosen: Note[] = []
  let chars = 0
  for (const note of notes.toReversed()) {
    chars += JSON.stringify(note).length
    if (chars > limit_chars) break
    chosen.unshift(note)
  }
  return jsonList(chosen)
}

/** For a worker: notes that speak of the paths it will touch, then those that share words with its brief. The best that fit. */
export function notesForFeature(notes: readonly Note[], feature: Pick<Feature, 'title' | 'brief' | 'touches'>): string {
  const words = wordsOf(`${feature.title} ${feature.brief}`)
  const ranked = notes
    .map((note) => ({ note, score: scoreOf(note, feature.touches, words) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
  return notesText(ranked.map(({ note }) => note).toReversed(), worker_chars)
}

const path_score = 10
const few_words = 4

function scoreOf(note: Note, touches: readonly string[], words: ReadonlySet<string>): number {
  const paths = note.places.filter(({ path }) => touches.some((touched) => path === touched || path.startsWith(touched.endsWith('/') ? touched : `${touched}/`))).length
  const shared = [...wordsOf(note.question)].filter((word) => words.has(word)).length
  return paths * path_score + (shared >= few_words ? shared : 0)
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}_]{4,}/gu))
}
