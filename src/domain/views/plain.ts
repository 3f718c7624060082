/** Markdown that the views wrote, as a terminal shows it: without marks, and without characters that act on a terminal. */
export function plain(markdown: string): string {
  return visible(
    markdown.replace(inlineMarks, (whole, _ticks: string | undefined, code: string | undefined, escaped: string | undefined, link: string | undefined, entity: string | undefined) => {
      if (code !== undefined) return code
      if (escaped !== undefined) return escaped
      if (link !== undefined) return plain(link)
      if (entity !== undefined) return entities[entity] ?? whole
      return ''
    }),
  )
}

const inlineMarks = /(`+)((?:(?!\1)[^])+)\1|\\([^])|\[((?:[^\]\\]|\\.)*)\]\([^)\s]*\)|&(lt|gt|amp|dollar);|<\/?[a-z][^>]*>|\*+|\u200B/g
const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', dollar: '$' }

/** No control, bidirectional or invisible characters: what is shown is what is there, and nothing moves the cursor. */
export function visible(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu, '')
}

/** A whole page as lines of text. Folds are shown open, or left out; of those whose heading `closed` matches only that is shown. */
export function plainPage(markdown: string, folds: 'open' | 'left out', closed?: RegExp): string[] {
  const lines: string[] = []
  let depth = 0
  /** The depth of the fold of which only the heading is shown; 0: none. */
  let shut = 0
  let fence: string | null = null
  let table: string[][] = []
  for (const line of markdown.split('\n')) {
    if (fence === null && /^\|.*\|$/.test(line)) {
      if (shown()) table.push(cells(line))
      continue
    }
    lines.push(...columns(table))
    table = []
    const mark = /^(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence !== null && mark?.startsWith(fence)) fence = null
    else if (fence !== null) push(`    ${visible(line)}`)
    else if (mark !== undefined) fence = mark
    else if (line === '<details>') depth++
    else if (line === '</details>') {
      if (depth === shut) shut = 0
      depth--
    } else if (shut === 0 && closed?.test(line) && line.startsWith('<summary>')) {
      push(`${plain(line)} (on the page)`)
      shut = depth
    } else push(plain(line.replace(/^#{1,6} /, '')).trimEnd())
  }
  return [...lines, ...columns(table)].filter((line, i, all) => line !== '' || (all[i - 1] ?? '') !== '')

  function shown(): boolean {
    return shut === 0 && (depth === 0 || folds === 'open')
  }
  function push(line: string): void {
    if (shown()) lines.push(line)
  }
}

function cells(line: string): string[] {
  return line
    .slice(1, -1)
    .split(/(?<!\\)\|/)
    .map((cell) => plain(cell.replaceAll('<br>', '; ').replaceAll('\\|', '|')).trim())
}

/** A table's rows with their cells below each other; the rule under the head goes. */
function columns(rows: string[][]): string[] {
  const kept = rows.filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell)))
  const widths = kept.reduce<number[]>((all, row) => row.map((cell, i) => Math.max(all[i] ?? 0, cell.length)), [])
  return kept.map((row) => `  ${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i] ?? 0))).join('  ')}`.trimEnd())
}
