// Everything a person outside or a model wrote passes through here before the app says it.
// What comes out mentions nobody, closes no issue, loads no picture, holds no link and no HTML, and is bounded.
// Each function runs in linear time.

/** A space of no width: breaks `@name`, `#12` and `https://` without being seen. */
const seam = '\u200B'
/** Longest text looked at, before any expression runs. */
const most_chars = 20_000

/** One line, for a sentence, a heading or a list item. */
export function inline(text: string, max = 300): string {
  return escapeStart(escapeLine(clip(oneLine(text), max)))
}

/** Several lines of prose: paragraphs and lists stay, everything else becomes plain text. */
export function prose(text: string, max = 2000): string {
  const lines = clip(visible(text).trim(), max).split('\n')
  const escaped = lines.map((line) => {
    const [, indent = '', bullet = '', rest = ''] = /^([ \t]*)([-*+] |\d{1,3}[.)] )?([^]*)$/.exec(line) ?? []
    const depth = Math.min(2, Math.floor(indent.replaceAll('\t', '  ').length / 2))
    return bullet ? `${'  '.repeat(depth)}${bullet.replace(/^[*+]/, '-')}${escapeStart(escapeLine(rest))}` : escapeStart(escapeLine(rest))
  })
  return escaped.join('\n').replace(/\n{3,}/g, '\n\n')
}

/** A block quote of prose. */
export function quoted(text: string, max = 1000): string {
  return prose(text, max)
    .split('\n')
    .map((line) => (line ? `> ${line}` : '>'))
    .join('\n')
}

/** Output, code or evidence as it was seen. Nothing inside is rendered. */
export function fenced(text: string, max = 1200): string {
  const shown = clip(visible(text).replace(/^\n+|\s+$/g, ''), max)
  const longest = (shown.match(/`+/g) ?? []).reduce((n, run) => Math.max(n, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${shown}\n${fence}`
}

/** A short piece of code on a line: a path, a command, an id. */
export function code(text: string, max = 120): string {
  const shown = breakClosing(clip(oneLine(text), max)).replaceAll('`', 'ˋ')
  return shown ? `\`${shown}\`` : '` `'
}

/** For titles: plain text on GitHub, but commit messages take them over, where keywords act. */
export function title(text: string, max = 120): string {
  return clip(oneLine(text), max)
    .replace(/@(?=[\w-])/g, `@${seam}`)
    .replace(/#(?=\d)/g, `#${seam}`)
    .replace(/:\/\//g, `:${seam}//`)
}

/** Mentions a user or a team. Only where the app asks somebody to act. */
export function mention(login: string): string {
  return /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})(?:\/[\w.-]{1,60})?$/.test(login) ? `@${login}` : code(login)
}

/** Names somebody without calling them. */
export function person(login: string): string {
  return inline(login, 100)
}

function escapeLine(line: string): string {
  // Code spans stay code, for what models write most is names and commands.
  const parts = line.split('`')
  // An odd number of marks: the last is only a mark.
  const closed = parts.length % 2 === 1 ? parts.length : parts.length - 1
  return parts
    .map((part, i) => {
      if (i >= closed) return `\\\`${escapeText(part)}`
      if (i % 2 === 0) return escapeText(part)
      return part.trim() ? code(part, most_chars) : `\\\`${part}\\\``
    })
    .join('')
}

function escapeText(text: string): string {
  return text
    .split(/((?:https?|ftp|mailto|xmpp):\S+|www\.\S+)/i)
    .map((part, i) => (i % 2 === 1 ? code(part, most_chars) : escapeWords(part)))
    .join('')
}

function escapeWords(text: string): string {
  return (
    text
      .replaceAll('\\', '\\\\')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replace(/[*~|[\]]/g, '\\$&')
      .replace(/(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, '\\_')
      .replace(/@(?=[\w-])/g, `@${seam}`)
      .replace(/#(?=\d)/g, `#${seam}`)
      .replace(/\b(GH-)(?=\d)/gi, `$1${seam}`)
      // A pair of dollars is a formula on GitHub.
      .replace(/\$(?!\d)/g, '&dollar;')
  )
}

/** A line's first characters can make it a heading, a list, a rule, a quote or code. */
function escapeStart(line: string): string {
  return line
    .trimStart()
    .replace(/^([#=+-])/, '\\$1')
    .replace(/^(\d{1,9})([.)])/, '$1\\$2')
}

/** Closing words act on raw text in commit messages; code spans may end there. */
function breakClosing(text: string): string {
  return text.replace(/#(?=\d)/g, `#${seam}`)
}

/** No control, bidirectional or invisible characters: what is shown is what is there. */
function visible(text: string): string {
  return text
    .slice(0, most_chars)
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
    .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, '')
}

function oneLine(text: string): string {
  return visible(text).replace(/\s+/g, ' ').trim()
}

function clip(text: string, max: number): string {
  if (text.length <= max) return text
  // Not in the middle of a pair of code units.
  const end = /[\uD800-\uDBFF]$/.test(text.slice(0, max - 1)) ? max - 2 : max - 1
  return `${text.slice(0, end).trimEnd()}…`
}
