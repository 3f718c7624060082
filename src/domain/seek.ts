import { matches, plain } from './pattern.ts'

// Looking for what should not be there, or only so often. In doubt it is there: an absence must not come of how a text is laid out.

/** The first piece of a text that fits a pattern; null where none does, however it is wrapped, spaced or escaped. */
export function firstFit(pattern: string, text: string): string | null {
  const lines = [...text.split('\n'), ...entries(text)]
  const found = lines.find((line) => fits(pattern, line))
  if (found !== undefined) return plain(found)
  // A line may be wrapped in the middle of what is looked for; with a wildcard, lines that belong to different things would fit.
  if (pattern.includes('*')) return null
  const whole = [text, text.replaceAll('\n', '')].find((way) => plain(unescaped(way)).toLowerCase().includes(plain(pattern).toLowerCase()))
  return whole === undefined ? null : plain(pattern)
}

/** A line or an entry fits, whatever blanks stand beside the marks of JSON. */
export function fits(pattern: string, line: string): boolean {
  return matches(pattern, line) || matches(close(pattern), close(line)) || matches(pattern, unescaped(line))
}

/** What there can be several of: the entries of the outermost lists in JSON, else the lines that hold anything. */
export function countable(text: string): string[] {
  const json = parsed(text)
  const lists = json === undefined ? [] : listsOf(json)
  return lists.length > 0 ? lists.flat().map((entry) => JSON.stringify(entry)) : text.split('\n').filter((line) => line.trim() !== '')
}

/** JSON in one way of writing it, whatever the product's. */
function entries(text: string): string[] {
  const json = parsed(text)
  return json === undefined ? [] : [JSON.stringify(json)]
}

function listsOf(value: unknown): unknown[][] {
  if (Array.isArray(value)) return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(listsOf) : []
}

function parsed(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function close(text: string): string {
  return text.replace(/\s*([:,{}[\]])\s*/g, '$1')
}

const characters: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** A page's markup as it reads: `&#39;` is an apostrophe. */
function unescaped(text: string): string {
  return text
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replace(/&([a-z]+);/g, (whole, name: string) => characters[name] ?? whole)
}
