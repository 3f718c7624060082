/** A Markdown text without its code: fenced blocks and spans in backticks, where nothing has a meaning. Linear. */
export function plainOf(text: string): string {
  const kept: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const [, mark = ''] = /^ {0,3}(`{3,}|~{3,})/.exec(line) ?? []
    if (fence === null && mark !== '') fence = mark
    else if (fence !== null && mark.startsWith(fence) && line.trim() === mark) fence = null
    else if (fence === null) kept.push(line)
  }
  return withoutSpans(kept.join('\n'))
}

/** A span ends at the next run of as many backticks as it began with; without such a run they are only backticks. */
function withoutSpans(text: string): string {
  const runs = [...text.matchAll(/`+/g)].map((match) => ({ at: match.index, length: match[0].length }))
  const kept: string[] = []
  let from = 0
  for (const [open, close] of pairs(runs)) {
    kept.push(text.slice(from, open.at), ' ')
    from = close.at + close.length
  }
  kept.push(text.slice(from))
  return kept.join('')
}

interface Ticks {
  at: number
  length: number
}

function pairs(runs: readonly Ticks[]): [Ticks, Ticks][] {
  const latest = new Map<number, number>()
  const next = runs.map(() => -1)
  for (let i = runs.length - 1; i >= 0; i--) {
    const length = runs[i]?.length ?? 0
    next[i] = latest.get(length) ?? -1
    latest.set(length, i)
  }
  const found: [Ticks, Ticks][] = []
  for (let i = 0; i < runs.length; i++) {
    const [open, close] = [runs[i], runs[next[i] ?? -1]]
    if (!open || !close) continue
    found.push([open, close])
    i = next[i] ?? i
  }
  return found
}
