/** A line that a change adds, where it stands in the new version. */
export interface AddedLine {
  path: string
  line: number
  text: string
  /** The line above it in the new version, as far as the diff shows it. */
  above: string
  /** The line below it. */
  below: string
}

/** The added lines of a unified diff. */
export function addedLines(diff: string): AddedLine[] {
  const seen: (Omit<AddedLine, 'above' | 'below'> & { added: boolean })[] = []
  let path: string | null = null
  let line = 0
  for (const text of diff.split('\n')) {
    const file = /^\+\+\+ (?:b\/)?(.+)$/.exec(text)
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text)
    if (file) path = file[1] === '/dev/null' ? null : (file[1] ?? null)
    else if (text.startsWith('diff --git')) path = null
    else if (hunk) line = Number(hunk[1])
    else if (path !== null && line > 0 && (text.startsWith('+') || text.startsWith(' '))) {
      seen.push({ path, line, text: text.slice(1), added: text.startsWith('+') })
      line += 1
    }
  }
  return seen.flatMap(({ added, ...here }, i) => {
    const near = (other: (typeof seen)[number] | undefined, at: number) => (other?.path === here.path && other.line === at ? other.text : '')
    return added ? [{ ...here, above: near(seen[i - 1], here.line - 1), below: near(seen[i + 1], here.line + 1) }] : []
  })
}
