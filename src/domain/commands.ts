import { z } from 'zod'
import { Effort, Role } from './role.ts'

/** The slash commands a person may give. */
export const Command = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('approve-plan'), hash: z.string().nullable(), cap_usd: z.number().positive().nullable() }),
  z.strictObject({ name: z.literal('revise-plan'), text: z.string() }),
  z.strictObject({ name: z.literal('pause') }),
  z.strictObject({ name: z.literal('resume') }),
  z.strictObject({ name: z.literal('retry'), feature: z.string().nullable(), text: z.string() }),
  z.strictObject({ name: z.literal('waive'), what: z.string(), reason: z.string() }),
  z.strictObject({ name: z.literal('budget'), usd: z.number().positive() }),
  /** `model` null: as configured again; `effort` null: as it is. */
  z.strictObject({ name: z.literal('model'), role: Role, model: z.string().nullable(), effort: Effort.nullable() }),
  z.strictObject({ name: z.literal('cancel') }),
  z.strictObject({ name: z.literal('status') }),
  z.strictObject({ name: z.literal('help') }),
  /** A line that looks like a command and is none; `problem` says why. */
  z.strictObject({ name: z.literal('unknown'), line: z.string(), problem: z.string() }),
])
export type Command = z.infer<typeof Command>

/** A comment with more commands than this is no conversation; the rest is not read. */
const mostCommands = 10

/**
 * The commands in a comment, in order: a `/word` at the start of a line, outside code, quotes and HTML comments.
 * No command in it: the comment is a reply. Slash words that are near none of ours belong to other bots and are ignored.
 */
export function parseCommands(body: string): Command[] {
  const commands: Command[] = []
  const lines = body.split(/\r\n?|\n/)
  const starts = commandStarts(lines)
  for (const [i, start] of starts.entries()) {
    if (commands.length === mostCommands) break
    const takesAll = start.name === 'revise-plan'
    const end = takesAll ? lines.length : (starts[i + 1]?.line ?? lines.length)
    const more = lines.slice(start.line + 1, end).join('\n')
    const command = read(start, more)
    if (command) commands.push(command)
    if (takesAll) break
  }
  return commands
}

interface Start {
  line: number
  text: string
  name: string
  rest: string
}

function commandStarts(lines: readonly string[]): Start[] {
  const starts: Start[] = []
  let fence: string | null = null
  let hidden = false
  for (const [line, text] of lines.entries()) {
    if (fence !== null) {
      const closing = /^ {0,3}(`{3,}|~{3,})[ \t]*$/.exec(text)?.[1]
      if (closing?.startsWith(fence)) fence = null
      continue
    }
    const wasHidden = hidden
    hidden = hiddenAfter(text, hidden)
    if (wasHidden) continue
    const opening = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1]
    if (opening !== undefined) fence = opening
    else {
      const match = /^ {0,3}\/([A-Za-z][A-Za-z_-]{0,30})(?=$|[\s.,:;!?])[.,:;!?]*(.*)$/.exec(text)
      if (match?.[1] !== undefined) starts.push({ line, text: text.trim(), name: match[1].toLowerCase().replaceAll('_', '-'), rest: (match[2] ?? '').trim() })
    }
  }
  return starts
}

/** Is the text behind this line inside an HTML comment? What nobody sees is no command. */
function hiddenAfter(line: string, hidden: boolean): boolean {
  const shown = line.replace(/`[^`]*`/g, '')
  const opened = shown.lastIndexOf('<!--')
  const closed = shown.lastIndexOf('-->')
  if (opened === -1 && closed === -1) return hidden
  return opened > closed
}

function read(start: Start, more: string): Command | null {
  const { name, rest } = start
  const text = [rest, more].join('\n').trim()
  switch (name) {
    case 'approve-plan':
      return approvePlan(start)
    case 'revise-plan':
      return text ? { name, text } : unknown(start, 'Say what should change: `/revise-plan <what should be different>`.')
    case 'retry': {
      const [, feature, words = ''] = /^(?:(f\d+)(?=$|[\s.,:;]))?[.,:;]*([^]*)$/i.exec(text) ?? []
      return { name, feature: feature?.toLowerCase() ?? null, text: words.trim() }
    }
    case 'waive':
      return waive(start, text)
    case 'budget': {
      const usd = money(rest)
      return usd === null ? unknown(start, 'Name the new limit in dollars: `/budget 20`.') : { name, usd }
    }
    case 'model':
      return model(start)
    case 'pause':
    case 'resume':
    case 'cancel':
    case 'status':
    case 'help':
      return { name }
    default: {
      const near = nearest(name)
      return near ? unknown(start, `Did you mean \`/${near}\`?`) : null
    }
  }
}

function approvePlan(start: Start): Command {
  let hash: string | null = null
  let cap_usd: number | null = null
  // Phones turn `--` into a dash.
  const words = start.rest
    .replace(/(?:--|[–—])cap(?:\s*=\s*|\s+|$)/i, ' --cap ')
    .split(/\s+/)
    .filter(Boolean)
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? ''
    if (word === '--cap') {
      const [amount = '', unit = ''] = words.slice(i + 1)
      const currency = /^(?:usd|dollars?)[.,;!]?$/i.test(unit)
      cap_usd = money(amount)
      if (cap_usd === null) return unknown(start, 'Name the cap in dollars: `/approve-plan --cap 20`.')
      i += currency ? 2 : 1
      continue
    }
    const prefix = /^`?([0-9a-f]{4,64})`?[.,;!]?$/i.exec(word)?.[1]
    if (prefix === undefined || hash !== null)
      return unknown(start, `\`${plain(word)}\` is not the beginning of a plan's hash. Write \`/approve-plan\` with the four characters the plan shows, and \`--cap 20\` for another limit.`)
    hash = prefix.toLowerCase()
  }
  return { name: 'approve-plan', hash, cap_usd }
}

function waive(start: Start, text: string): Command {
  const [, id = '', reason = ''] = /^(\S*)([^]*)$/.exec(text) ?? []
  // Pages and phones make other hyphens of ours.
  const bare = id
    .slice(0, 80)
    .replace(/[\u2010-\u2013]/g, '-')
    .replace(/^`|[`.,:;]+$/g, '')
  const what =
    bare.toLowerCase() === 'dry-run' ? 'dry-run' : /^val-[a-z][a-z0-9]*-\d{3}$/i.test(bare) ? bare.toUpperCase() : /^(?:f\d{1,6}|[a-z0-9.]{1,60}-\d+)$/i.test(bare) ? bare.toLowerCase() : null
  if (what === null) return unknown(start, 'Name the check, the finding or the feature, then why: `/waive VAL-API-001 <reason>`.')
  const why = reason.trim()
  return why ? { name: 'waive', what, reason: why } : unknown(start, `Say why, for the record: \`/waive ${what} <reason>\`.`)
}

/** `/model worker claude-opus-5-5 high`, or `/model worker default`. */
function model(start: Start): Command {
  const [who = '', what = '', how, ...more] = start.rest.replaceAll('`', '').toLowerCase().split(/\s+/).filter(Boolean)
  const role = Role.safeParse(who.replace('_', '-'))
  const effort = Effort.nullable().safeParse(how ?? null)
  if (!role.success || !what || more.length > 0)
    return unknown(start, `Name the role (${Role.options.join(', ')}), then the model or \`default\`: \`/model worker <model> [${Effort.options.join('|')}]\`.`)
  if (!effort.success) return unknown(start, `The effort is ${Effort.options.join(', ')}; \`${plain(how ?? '')}\` is none of them.`)
  if (!/^[a-z0-9][a-z0-9.@:/_-]{1,99}$/.test(what)) return unknown(start, `\`${plain(what)}\` does not look like the id of a model.`)
  return { name: 'model', role: role.data, model: what === 'default' ? null : what, effort: effort.data }
}

/** A model whose price nobody knows is not taken: its cost could not be held against the cap. */
export function pricedOnly(command: Command, isPriced: (model: string) => boolean): Command {
  if (command.name !== 'model' || command.model === null || isPriced(command.model)) return command
  const line = `/model ${command.role} ${command.model}`
  return {
    name: 'unknown',
    line,
    problem: `No price is known here for the model \`${plain(command.model)}\`, so its cost could not be held against the limit. Whoever runs the app adds it to the price table.`,
  }
}

/** Dollars above zero, `$20`, `20`, `1,000`, `12.50 USD`; null otherwise. */
function money(text: string): number | null {
  const match = /^\$?\s?(\d{1,3}(?:,\d{3}){1,3}|\d{1,9})(\.\d{1,4})?\s?\$?(?:\s?(?:usd|dollars?))?[.,;!]?$/i.exec(text.trim())
  if (!match) return null
  const usd = Number(`${match[1]?.replaceAll(',', '') ?? ''}${match[2] ?? ''}`)
  return usd > 0 ? usd : null
}

function unknown(start: Start, problem: string): Command {
  return { name: 'unknown', line: start.text.slice(0, 200), problem }
}

const names = ['approve-plan', 'revise-plan', 'pause', 'resume', 'retry', 'waive', 'budget', 'model', 'cancel', 'status', 'help'] as const

/** What people say elsewhere and mean here. */
const elsewhere: Readonly<Record<string, (typeof names)[number]>> = { stop: 'cancel', abort: 'cancel', continue: 'resume', unpause: 'resume', revise: 'revise-plan' }

function nearest(word: string): string | null {
  const known = Object.hasOwn(elsewhere, word) ? elsewhere[word] : undefined
  if (known) return known
  const begun = word.length >= 4 ? names.find((name) => name.startsWith(word)) : undefined
  if (begun) return begun
  const [best] = names.map((name) => ({ name, steps: distance(word, name) })).toSorted((a, b) => a.steps - b.steps)
  return best && best.steps <= (best.name.length <= 6 ? 1 : 2) ? best.name : null
}

/** Letters to add, drop, change or swap with their neighbour. Both words are short. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number) => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : Infinity
      row.push(Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1), swapped))
    }
  }
  return at(a.length, b.length)
}

function plain(word: string): string {
  return word.slice(0, 40).replace(/[^\w.,:;!?$%/-]/g, '')
}
