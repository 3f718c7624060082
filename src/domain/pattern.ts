/**
 * A pattern is a piece of text as it is shown, on one line; `*` stands for anything in between; capitals do not matter. No regular expressions: whoever
 * writes a contract writes these, and matching takes time in proportion to the text, whatever the pattern.
 */
export function matches(pattern: string, text: string): boolean {
  const parts = loose(pattern).split('*').map(plain)
  return loose(text)
    .split('\n')
    .some((line) => inOrder(parts, plain(line)))
}

/** The same for one whole string, from its first to its last character. */
export function matchesWhole(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  const [first = ''] = parts
  const last = parts.at(-1) ?? ''
  if (parts.length === 1) return text === first
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
  return inOrder(parts.slice(1, -1), text.slice(first.length, text.length - last.length))
}

/** Says so little that almost any text would fit. */
export function isVague(pattern: string): boolean {
  return !/[\p{L}\p{N}]/u.test(pattern)
}

export function unquoted(text: string): string {
  return /^(["']).+\1$/.test(text) ? text.slice(1, -1) : text
}

/** White space is one blank, so that columns, wraps of a table and indentation do not matter. */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function loose(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

/** The leftmost place for each part is the best one, so one pass is enough. */
function inOrder(parts: readonly string[], text: string): boolean {
  let from = 0
  for (const part of parts) {
    const at = text.indexOf(part, from)
    if (at < 0) return false
    from = at + part.length
  }
  return true
}
