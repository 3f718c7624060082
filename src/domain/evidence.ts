import type { Assertion, Tool } from './contract.ts'
import { isVague } from './pattern.ts'

// What counts as proof of an assertion, in a grammar that a program can hold against what tools showed (docs/evidence.md).

/** One item of an assertion's evidence. */
export type EvidenceItem =
  | { is: 'screenshot'; name: string }
  | { is: 'page' | 'terminal' | 'output'; pattern: string }
  | { is: 'network'; method: string; path: string; status: string }
  | { is: 'response'; method: string; path: string; status: string; body: string[] }
  | { is: 'exit'; code: number }
  | { is: 'file'; name: string; has: string[] }
  | { is: 'value'; metric: string; than: Comparison; bound: number }

const comparisons = ['<=', '>=', '<', '>', '='] as const
export type Comparison = (typeof comparisons)[number]

/** Which tools can show an item of a kind, and how the item is written. */
const kinds: Readonly<Record<EvidenceItem['is'], { by: readonly Tool[]; form: string }>> = {
  screenshot: { by: ['browser'], form: 'screenshot(taken-room)' },
  page: { by: ['browser'], form: 'page(Oak is taken until *)' },
  network: { by: ['browser', 'http'], form: 'network(POST /api/bookings -> 201)' },
  response: { by: ['http'], form: 'response(POST /api/bookings -> 409, body has "until 11:00")' },
  terminal: { by: ['terminal'], form: 'terminal(Booked * from 09:00)' },
  output: { by: ['command'], form: 'output(Oak * 09:00 * Ines)' },
  exit: { by: ['command', 'terminal'], form: 'exit(0)' },
  file: { by: ['command'], form: 'file(report.csv, has "Oak")' },
  value: { by: ['browser', 'http', 'terminal', 'command'], form: 'value(duration_ms <= 500)' },
}

/** The item, or a sentence that says what is wrong with it. */
export function evidenceItem(text: string): EvidenceItem | { problem: string } {
  const [, name = '', inside = ''] = /^\s*([a-z]+)\s*\(([^\n]*)\)\s*$/.exec(text) ?? []
  const known = Object.entries(kinds).find(([kind]) => kind === name)
  if (!known)
    return {
      problem: `"${text}" is not an item of evidence; write ${Object.values(kinds)
        .map((k) => k.form)
        .join(', ')}.`,
    }
  return itemOf(name, inside.trim()) ?? { problem: `"${text}" is not written as ${name} is; write it like ${known[1].form}.` }
}

/** Why a program could not check this evidence; sentences for whoever wrote the contract. */
export function evidenceProblems({ id, tool, evidence }: Pick<Assertion, 'id' | 'tool' | 'evidence'>): string[] {
  if (evidence.length === 0) return [`${id} has no evidence; name at least one item that proves it.`]
  const problems = evidence.flatMap((text) => {
    const item = evidenceItem(text)
    if ('problem' in item) return [`${id}: ${item.problem}`]
    const { by } = kinds[item.is]
    if (!by.includes(tool)) return [`${id}: ${text} is shown by ${by.join(' or ')}, and the assertion is exercised with ${tool}; change one of them.`]
    return patternsOf(item)
      .filter(isVague)
      .map((pattern) => `${id}: the pattern "${pattern}" in ${text} would fit almost anything; name words or numbers that only a working product shows.`)
  })
  const twice = evidence.filter((text, i) => evidence.indexOf(text) !== i)
  return [...problems, ...new Set(twice.map((text) => `${id} names ${text} twice; once is enough.`))]
}

/** The items of an assertion that was accepted. */
export function itemsOf(assertion: Pick<Assertion, 'evidence'>): { text: string; item: EvidenceItem }[] {
  return assertion.evidence.flatMap((text) => {
    const item = evidenceItem(text)
    return 'problem' in item ? [] : [{ text, item }]
  })
}

export const pictureWords = /^[\w .-]{1,40}$/

/** `Taken room` and `taken-room` are the same picture. */
export function pictureName(words: string): string {
  return words
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
}

function itemOf(name: string, inside: string): EvidenceItem | null {
  switch (name) {
    case 'screenshot':
      return pictureWords.test(inside) ? { is: 'screenshot', name: pictureName(inside) } : null
    case 'page':
    case 'terminal':
    case 'output':
      return inside === '' ? null : { is: name, pattern: unquoted(inside) }
    case 'network': {
      const request = requestOf(inside)
      return request && request.rest === '' ? { is: 'network', method: request.method, path: request.path, status: request.status } : null
    }
    case 'response': {
      const request = requestOf(inside)
      const body = request && quotedAfter(request.rest, 'body has')
      return request && body ? { is: 'response', method: request.method, path: request.path, status: request.status, body } : null
    }
    case 'exit':
      return /^\d{1,3}$/.test(inside) ? { is: 'exit', code: Number(inside) } : null
    case 'file': {
      const [, file = '', rest = ''] = /^([A-Za-z0-9][A-Za-z0-9._-]{0,79})(.*)$/.exec(inside) ?? []
      const has = quotedAfter(rest, 'has')
      return file !== '' && has ? { is: 'file', name: file, has } : null
    }
    case 'value': {
      const [, metric = '', than = '', bound = ''] = /^([A-Za-z][\w.-]{0,59})\s*(<=|>=|<|>|=)\s*(-?\d{1,12}(?:\.\d{1,6})?)$/.exec(inside) ?? []
      const known = comparisons.find((c) => c === than)
      return known === undefined ? null : { is: 'value', metric, than: known, bound: Number(bound) }
    }
    default:
      return null
  }
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

function unquoted(text: string): string {
  return /^(["']).+\1$/.test(text) ? text.slice(1, -1) : text
}

function patternsOf(item: EvidenceItem): string[] {
  switch (item.is) {
    case 'page':
    case 'terminal':
    case 'output':
      return [item.pattern]
    case 'response':
      return item.body
    case 'file':
      return item.has
    case 'screenshot':
    case 'network':
    case 'exit':
    case 'value':
      return []
  }
}
