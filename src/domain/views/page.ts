/** GitHub takes 65,536 characters; the rest is room for the markers that the forge adds. */
export const longestPage_chars = 60_000

/** A part that is shown closed, and shortened first when a page is too long. */
export interface Fold {
  summary: string
  /** Each a block of Markdown that can stand alone. */
  blocks: string[]
}

/** Joins the parts to a page of at most `longestPage_chars`. Empty parts vanish. */
export function page(...parts: (string | Fold | null)[]): string {
  const shown = parts.filter((part) => part !== null).filter((part) => (typeof part === 'string' ? part !== '' : part.blocks.length > 0))
  let room = longestPage_chars - shown.reduce((sum, part) => sum + (typeof part === 'string' ? part.length + 2 : part.summary.length + 160), 0)
  const texts = shown.map((part) => {
    if (typeof part === 'string') return part
    const text = folded(part, Math.max(0, room))
    room -= text.length
    return text
  })
  return within(texts.join('\n\n'))
}

export function bullets(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

export function numbered(items: readonly string[]): string {
  return items.map((item, i) => `${i + 1}. ${item}`).join('\n')
}

/** The parts of a line that have something to say, with a quiet dot between them. */
export function dotted(...items: (string | null)[]): string {
  return items.filter((item) => item !== null && item !== '').join(' · ')
}

/** A GitHub table. Column names that end in a colon are set to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replace(/\\?\|/g, '\\|').replaceAll('\n', '<br>')).join(' | ')} |`
  const rule = head.map((name) => (name.endsWith(':') ? '---:' : ':---'))
  return [line(head.map((name) => name.replace(/:$/, ''))), line(rule), ...rows.map(line)].join('\n')
}

function folded(fold: Fold, room: number): string {
  const kept: string[] = []
  let used = 0
  for (const block of fold.blocks) {
    if (used + block.length + 2 > room) break
    kept.push(block)
    used += block.length + 2
  }
  const left = fold.blocks.length - kept.length
  if (left > 0) kept.push(`*${left} more ${left === 1 ? 'entry does' : 'entries do'} not fit on this page; the mission's journal has them all.*`)
  return `<details>\n<summary>${fold.summary}</summary>\n\n${kept.join('\n\n')}\n\n</details>`
}

/** The last resort, at a line's end, with what was opened closed again. */
function within(text: string): string {
  if (text.length <= longestPage_chars) return text
  const room = longestPage_chars - 100
  const line = text.lastIndexOf('\n', room)
  const kept = text.slice(0, line === -1 ? room : line)
  const open = kept.split('<details>').length - kept.split('</details>').length
  return `${kept}\n\n…${open > 0 ? '\n\n</details>' : ''}`
}
