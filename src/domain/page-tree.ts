/** Parts of a page that people read as one line, whatever they consist of. */
const whole = /^- (?:row|listitem|article|group|paragraph|option|status|alert|dialog|alertdialog)\b/
const most_chars = 600

/** The rows, list entries and the like of a page's accessibility tree, each with all its words on one line. */
export function readAsOne(tree: string): string[] {
  const lines = tree.split('\n').map((line) => ({ depth: line.search(/\S/), text: line.trim() }))
  return lines.flatMap(({ depth, text }, at) => {
    if (!whole.test(text)) return []
    const end = lines.findIndex((line, i) => i > at && line.depth >= 0 && line.depth <= depth)
    const words = lines.slice(at + 1, end < 0 ? undefined : end).flatMap((line) => wordsOf(line.text))
    return words.length === 0 ? [] : [words.join(' ').slice(0, most_chars)]
  })
}

/** `- cell "Dune" [ref=e5]`, `- text: by Herbert` and `- cell "Due": 2025-03-22` without the tree's own marks. */
function wordsOf(line: string): string[] {
  const [, name, rest] = /^- (?:'?)[a-z]+(?: ("(?:[^"\\]|\\.)*"))?(?: \[[^\]]*\])*'?(?::\s*(.*))?$/.exec(line) ?? []
  if (name === undefined && rest === undefined) return []
  return [name === undefined ? '' : name.slice(1, -1).replaceAll(/\\(.)/g, '$1'), (rest ?? '').replace(/^"(.*)"$/, '$1')].filter((word) => word !== '')
}
