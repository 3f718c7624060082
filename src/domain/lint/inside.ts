const sourceFile = /^[\w@.-]+(?:\/[\w@.-]+)*\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kt|cs|php|swift|c|cc|cpp|h|hpp|vue|svelte)$/
const runsIt = /^(?:node|deno|bun|run|tsx|npx|python3?|ruby|php|bash|sh)$/

/** A source file or a function that a text names. URLs, programs being run and a library's public names are what users see, and are fine. */
export function insideName(text: string, public_names: readonly string[]): string | null {
  const words = text.split(/[\s"'`,;]+/)
  for (const [i, raw] of words.entries()) {
    const word = raw.replace(/^[([]+/, '')
    const call = /^[A-Za-z_$][\w$.]*\(\)/.exec(word)?.[0] ?? /^[a-z]+[A-Z]\w*\(/.exec(word)?.[0]
    if (call && !public_names.includes(call.replace(/[()]+$/, ''))) return call
    const path = word.replace(/[).:\]?!]+$/, '')
    if (sourceFile.test(path) && !seenByUsers(path, words[i - 1] ?? '')) return path
  }
  return null
}

/** A program being run, or a product's name such as Node.js. */
function seenByUsers(path: string, before: string): boolean {
  return runsIt.test(before) || /^(?:\.\/)?bin\//.test(path) || /^[A-Z][^/]*$/.test(path)
}
