import { unquoted } from './pattern.ts'

// Reading one item of evidence. What each means stands in docs/evidence.md.

/** Items that show text: what something can be absent from, or counted in. */
export type Showing =
  | { is: 'page' | 'terminal' | 'output'; pattern: string }
  | { is: 'response'; method: string; path: string; status: string; body: string[] }
  | { is: 'file'; name: string; has: string[] }

/** What a call is to show without, or so and so often. */
export type Sought = { is: 'absent'; pattern: string; within: Showing } | { is: 'count'; pattern: string; than: Comparison; bound: number; within: Showing }

/** One item of an assertion's evidence. */
export type EvidenceItem =
  | Showing
  | Sought
  | { is: 'screenshot'; name: string }
  | { is: 'network'; method: string; path: string; status: string }
  | { is: 'exit'; code: number }
  | { is: 'value'; metric: string; than: Comparison; bound: number }

const comparisons = ['<=', '>=', '<', '>', '='] as const
export type Comparison = (typeof comparisons)[number]

/** Null when what stands between the brackets is not written as items of this name are. */
export function itemOf(name: string, inside: string): EvidenceItem | null {
  switch (name) {
    case 'screenshot':
      return pictureWords.test(inside) ? { is: 'screenshot', name: pictureName(inside) } : null
    case 'network': {
      const request = requestOf(inside)
      return request && request.rest === '' ? { is: 'network', method: request.method, path: request.path, status: request.status } : null
    }
    case 'exit':
      return /^\d{1,3}$/.test(inside) ? { is: 'exit', code: Number(inside) } : null
    case 'value': {
      const [, metric = '', than, bound = ''] = /^([A-Za-z][\w.-]{0,59})\s*(<=|>=|<|>|=)\s*(-?\d{1,12}(?:\.\d{1,6})?)$/.exec(inside) ?? []
      const known = comparison(than)
      return known === undefined ? null : { is: 'value', metric, than: known, bound: Number(bound) }
    }
    case 'absent':
    case 'count':
      return sought(name, inside)
    default:
      return showing(name, inside)
  }
}

export const pictureWords = /^[\w .-]{1,40}$/

/** `Taken room` and `taken-room` are the same picture. */
export function pictureName(words: string): string {
  return words
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
}

function showing(name: string, inside: string): Showing | null {
  switch (name) {
    case 'page':
    case 'terminal':
    case 'output':
      return inside === '' ? null : { is: name, pattern: unquoted(inside) }
    case 'response': {
      const request = requestOf(inside)
      const body = request && quotedAfter(request.rest, 'body has')
      return request && body ? { is: 'response', method: request.method, path: request.path, status: request.status, body } : null
    }
    case 'file': {
      const [, file = '', rest = ''] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,79})(.*)$/.exec(inside) ?? []
      const has = quotedAfter(rest, 'has')
      return file !== '' && has ? { is: 'file', name: file, has } : null
    }
    default:
      return null
  }
}

/** `"Tom" in page(Bookings)`, `"Oak" = 2 in output(Bookings)`. */
function sought(is: 'absent' | 'count', inside: string): Sought | null {
  const [, quoted = '', than, bound = '', name = '', rest = ''] = /^("[^"]+"|'[^']+')(?:\s*(<=|>=|<|>|=)\s*(\d{1,6}))?\s+in\s+([a-z]+)\s*\((.*)\)$/.exec(inside) ?? []
  const within = showing(name, rest.trim())
  const known = comparison(than)
  const pattern = unquoted(quoted)
  if (within === null || (is === 'count') !== (known !== undefined)) return null
  return known === undefined ? { is: 'absent', pattern, within } : { is: 'count', pattern, than: known, bound: Number(bound), within }
}

function comparison(text: string | undefined): Comparison | undefined {
  return comparisons.find((c) => c === text)
}

function requestOf(inside: string): { method: string; path: string; status: string; rest: string } | null {
  const [, method, path, status, rest = ''] = /^([A-Z]{3,10}) (\/[^\s,]{0,199}) -> (\d{3}|[1-5]xx)(.*)$/.exec(inside) ?? []
  return method === undefined || path === undefined || status === undefined ? null : { method, path, status, rest: rest.trim() }
}

/** `, has "a", has 'b'`; null when it is written otherwise. */
function quotedAfter(rest: string, word: string): string[] | null {
  const found: string[] = []
  for (let left = rest.trim(); left !== '';) {
    if (!left.startsWith(',')) return null
    const after = left.slice(1).trimStart()
    if (!after.startsWith(`${word} `)) return null
    const [whole, double, single] = /^("[^"]+"|'[^']+')/.exec(after.slice(word.length).trimStart()) ?? []
    if (whole === undefined) return null
    found.push((double ?? single ?? '').slice(1, -1))
    left = after.slice(word.length).trimStart().slice(whole.length).trim()
  }
  return found
}
