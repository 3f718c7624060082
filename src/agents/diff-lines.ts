/** Lines of a unified diff that begin with one of the marks, by file and by their number in the new version. */
export function linesMarked(diff: string, marks: readonly ('+' | ' ')[]): Map<string, number[]> {
  const found = new Map<string, number[]>()
  for (const part of diff.split(/^diff --git /m).slice(1)) {
    const path = /^\+\+\+ b\/(.*)$/m.exec(part)?.[1]
    if (path === undefined) continue
    const lines: number[] = []
    for (const hunk of part.split(/^(?=@@ )/m).slice(1)) {
      let n = Number(/^@@ -\S+ \+(\d+)/.exec(hunk)?.[1] ?? 1)
      for (const line of hunk.split('\n').slice(1)) {
        if (marks.some((mark) => line.startsWith(mark))) lines.push(n)
        if (line.startsWith('+') || line.startsWith(' ')) n++
      }
    }
    if (lines.length > 0) found.set(path, lines)
  }
  return found
}
