/** Lines of the new file that a pull request's diff shows, from GitHub's `patch`: only these take line comments. */
export function shownLines(patch: string | undefined): Set<number> {
  const shown = new Set<number>()
  let line = 0
  for (const text of (patch ?? '').split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text)
    if (hunk) line = Number(hunk[1])
    else if (text.startsWith('+') || text.startsWith(' ')) shown.add(line++)
  }
  return shown
}
