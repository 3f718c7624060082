import { z } from 'zod'
import { Tool } from './contract.ts'
import type { Comparison, EvidenceItem, Sought } from './evidence-item.ts'
import { readAsOne } from './page-tree.ts'
import { matches, matchesWhole, plain } from './pattern.ts'

/** What one call of a user's tool showed of the product, as the program recorded it. */
export const Shown = z.strictObject({
  tool: Tool,
  /** The product's own words: a body, a page's tree, a screen, an output. Nothing that the tester wrote around them. */
  text: z.string(),
  /** Some of what the product showed was left out of it, or stood behind a dialog. */
  partial: z.boolean().default(false),
  requests: z.array(z.strictObject({ method: z.string(), path: z.string(), status: z.int().nullable() })).default([]),
  /** Requests of the page that the product failed to answer, or answered with 5xx. */
  failures: z.array(z.string()).default([]),
  /** Exit code of a command that has ended. */
  exit: z.int().nullable().default(null),
  /** The name a picture was taken under. */
  screenshot: z.string().nullable().default(null),
  /** What the call left in the tester's directory, at `path` there; `text` is empty for a picture. */
  files: z.array(z.strictObject({ name: z.string(), path: z.string(), sha256: z.string(), text: z.string().default(''), partial: z.boolean().default(false) })).default([]),
  duration_ms: z.number().nullable().default(null),
})
export type Shown = z.infer<typeof Shown>

/** Whether a call by itself bears an item out. What is absent or counted depends on the other calls as well: see `borne.ts`. */
export function bears(item: Exclude<EvidenceItem, Sought>, shown: Shown): boolean {
  switch (item.is) {
    case 'screenshot':
      return shown.tool === 'browser' && shown.screenshot === item.name
    case 'page':
      return shown.tool === 'browser' && (matches(item.pattern, shown.text) || readAsOne(shown.text).some((line) => matches(item.pattern, line)))
    case 'terminal':
      return shown.tool === 'terminal' && matches(item.pattern, shown.text)
    case 'output':
      return shown.tool === 'command' && matches(item.pattern, shown.text)
    case 'network':
      return answered(item, shown)
    case 'response':
      return shown.tool === 'http' && answered(item, shown) && item.body.every((pattern) => matches(pattern, shown.text))
    case 'exit':
      return (shown.tool === 'command' || shown.tool === 'terminal') && shown.exit === item.code
    case 'file':
      return shown.files.some((file) => file.name === item.name && item.has.every((pattern) => matches(pattern, file.text)))
    case 'value':
      return valuesOf(item.metric, shown).some((value) => holds(value, item.than, item.bound))
  }
}

/** A quote is what a tool showed, but for white space. */
export function isQuoteOf(quote: string, told: string): boolean {
  return plain(told).includes(plain(quote))
}

function answered(item: { method: string; path: string; status: string }, shown: Shown): boolean {
  return shown.requests.some(({ method, path, status }) => {
    const asked = item.path.includes('?') ? path : path.replace(/\?.*$/, '')
    return method === item.method && matchesWhole(item.path, asked) && status !== null && isStatus(item.status, status)
  })
}

function isStatus(wanted: string, status: number): boolean {
  return wanted.endsWith('xx') ? String(status).startsWith(wanted.charAt(0)) : wanted === String(status)
}

const most_values = 200

/** Numbers that stand behind a name, as in `"count": 3`, `count=3` or `count: 3`; `duration_ms` is measured by the program. */
function valuesOf(metric: string, shown: Shown): number[] {
  if (metric === 'duration_ms') return shown.duration_ms === null ? [] : [shown.duration_ms]
  const found: number[] = []
  for (let at = shown.text.indexOf(metric); at >= 0 && found.length < most_values; at = shown.text.indexOf(metric, at + 1)) {
    if (/[\w.-]/.test(shown.text.charAt(at - 1))) continue
    const [, number] = /^["']?\s{0,3}[:=]?\s{0,3}(-?\d{1,15}(?:\.\d{1,9})?)/.exec(shown.text.slice(at + metric.length, at + metric.length + 40)) ?? []
    if (number !== undefined) found.push(Number(number))
  }
  return found
}

export function holds(value: number, than: Comparison, bound: number): boolean {
  switch (than) {
    case '<=':
      return value <= bound
    case '>=':
      return value >= bound
    case '<':
      return value < bound
    case '>':
      return value > bound
    case '=':
      return value === bound
  }
}
