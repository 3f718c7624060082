const extensions = '[cm]?[jt]sx?|py|pyi|rb|erb|go|rs|java|kts?|cs|fs|php|swift|scala|clj|cljs|exs?|erl|hs|mli?|lua|pl|pm|dart|zig|nim|c|cc|cpp|cxx|h|hpp|mm|vue|svelte'
const sourceFile = new RegExp(`^[\\w@.-]+(?:/[\\w@.-]+)*\\.(?:${extensions})$`)
const runsIt = /^(?:node|deno|bun|run|tsx|npx|python3?|ruby|php|perl|lua|java|bash|sh|open|edit|-[\w-]+)$/
const sourceFolder = /^(?:\.\/)?(?:src|lib|internal|pkg|app\/(?:models|controllers|views|services))\/[\w./-]*$/
const kinds = 'class|function|method|module|struct|trait|interface|constructor|hook|reducer|middleware|Klasse|Funktion|Methode|Modul|classe|fonction|méthode|clase|función|método|função'

/** A source file, a function, a class that a text names. URLs, programs being run and a library's public names are what users see, and are fine. */
export function insideName(text: string, public_names: readonly string[]): string | null {
  const shown = text.replace(/https?:\/\/\S+/g, ' ')
  return inWords(shown, public_names) ?? inPhrases(shown, public_names)
}

function inWords(text: string, public_names: readonly string[]): string | null {
  // A code span of several words is a command that somebody types: what it names, the user names.
  const words = text.replace(/`[^`\s]+ [^`]+`/g, (span) => (/\w\(/.test(span) ? span : ' ')).split(/[\s"'`,;]+/)
  for (const [i, raw] of words.entries()) {
    const word = raw.replace(/^[([]+/, '')
    const call = calls.map((pattern) => pattern.exec(word)?.[0]).find((found) => found !== undefined)
    if (call && !isPublic(call, public_names)) return call
    const path = word.replace(/[).:\]?!]+$/, '')
    if (sourceFile.test(path) && !seenByUsers(path, words[i - 1] ?? '')) return path
    if (sourceFolder.test(path) && !runsIt.test(words[i - 1] ?? '')) return path
  }
  return null
}

const calls: readonly RegExp[] = [
  /^[A-Za-z_$][\w$.]*\(\)/,
  // With arguments: by its humps, its underscores or its owner. `booking(s)` is a word.
  /^[a-z]+[A-Z]\w*\(/,
  /^[a-z]\w*_\w+\(/,
  /^[a-zA-Z]\w*\.[a-zA-Z]\w*\(/,
  // Owner and member, in C++, Rust, Perl, PHP, Ruby and Java packages.
  /^(?![0-9a-fA-F:]+$)[A-Za-z_]\w+(?:::[A-Za-z_]\w+)+/,
  /^\$?[a-z_]\w+->[a-z_]\w+/,
  /^[A-Z]\w+#[a-z_]\w+/,
  /^(?:[a-z]\w*\.){2,}[A-Z]\w+/,
]

/** `the BookingStore class`, `function save_booking`: the kind tells that a name is one of the source. */
function inPhrases(text: string, public_names: readonly string[]): string | null {
  const name = '`?([A-Za-z_$]\\w*(?:_\\w+|[a-z0-9][A-Z]\\w*))`?'
  const found = new RegExp(`(?:\\b(?:${kinds})\\s+${name})|(?:${name}\\s+(?:${kinds})\\b)`).exec(text)
  const inside = found?.[1] ?? found?.[2]
  return inside === undefined || isPublic(inside, public_names) ? null : inside
}

function isPublic(call: string, public_names: readonly string[]): boolean {
  return public_names.includes(call.replace(/[()]+$/, ''))
}

/** A program being run, or a product's name such as Node.js. */
function seenByUsers(path: string, before: string): boolean {
  return runsIt.test(before) || /^(?:\.\/)?bin\//.test(path) || /^[A-Z][^/]*\.js$/.test(path)
}
