import type { Change } from './edits.ts'

export interface Proves {
  path: string
  name: string
  proves: string[]
}

/** Which assertions a test of the story stands for. What is not listed guards a rule of the brief. */
const stands: Record<string, string[]> = {
  'refuses a room that is taken, naming holder and end': ['VAL-API-001'],
  'refuses an end that is not after the start, and a room that does not exist': ['VAL-API-003'],
  'lets a booking begin at the minute when another ends, and end when another begins': ['VAL-API-002'],
  'lists every booking, earliest first, one a line': ['VAL-CLI-001'],
  'adds a booking that is then listed, and says why it does not': ['VAL-CLI-001'],
  'narrows the list to a room and to a time': ['VAL-CLI-002'],
  'lists a booking that has begun and not ended yet': ['VAL-CLI-002'],
  'refuses what it does not know with exit code 2, on stderr only': ['VAL-CLI-003'],
  'shows on the page who has the room, and until when': ['VAL-PAGE-001'],
  'keeps what was typed when a booking is refused': ['VAL-PAGE-001'],
  'cancels over the API, once, and frees the room': ['VAL-API-004'],
  'asks, and leaves the booking alone until the answer is yes': ['VAL-PAGE-002'],
  'leads from the list to the question, and cancels nothing on the way': ['VAL-PAGE-002'],
  'asks for room, times and name, and books': ['VAL-CLI-004', 'VAL-CROSS-001'],
  'books into the file that the server reads, without DATA_FILE too': ['VAL-CROSS-001'],
}

/** The tests that the files hold, by name. */
export function testsOf(changes: readonly Change[]): Proves[] {
  return changes.flatMap(({ path, ...change }) =>
    [...(change.act === 'write' ? change.content : change.new).matchAll(/^test\('(.+)', async/gm)].map(([, name = '']) => ({ path, name, proves: stands[name] ?? [] })),
  )
}
