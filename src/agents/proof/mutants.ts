export interface Mutant {
  path: string
  line: number
  text: string
}

type Change = [RegExp, string | ((found: string) => string)]

const changes: Change[] = [
  [/===/, '!=='],
  [/!==/, '==='],
  [/(?<![=!<>])==(?!=)/, '!='],
  [/!=(?!=)/, '=='],
  [/<=/, '>'],
  [/>=/, '<'],
  [/ < /, ' >= '],
  [/ > /, ' <= '],
  [/&&/, '||'],
  [/\|\|/, '&&'],
  [/ and /, ' or '],
  [/ or /, ' and '],
  [/ \+ /, ' - '],
  [/ - /, ' + '],
  [/ \* /, ' + '],
  [/\btrue\b/, 'false'],
  [/\bfalse\b/, 'true'],
  [/\bTrue\b/, 'False'],
  [/\bFalse\b/, 'True'],
  [/(?<![\w.])\d+(?![\w.])/, (found) => String(Number(found) + 1)],
  [/(['"`])[^'"`\\]{2,}?\1/, (found) => `${found.slice(0, -1)}~${found.slice(-1)}`],
]
const idle = /^\s*(\/\/|\/?\*|#|--|;|import\b|from\b|package\b|use\b|using\b|require\b|include\b|@|"""|'''|$)/

/** At most `most` changes of one line each, spread over the added lines; the same for the same change. */
export function mutantsOf(files: ReadonlyMap<string, { text: string; added: readonly number[] }>, most = 10): Mutant[] {
  const all = [...files].toSorted(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, { text, added }]) => mutations(path, text.split('\n'), added))
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]).filter((m) => m !== undefined)
}

/** One change of each line, a different one from line to line where several fit. */
function mutations(path: string, lines: readonly string[], added: readonly number[]): Mutant[] {
  // Rust keeps its unit tests at the end of the file that they test.
  const tests = lines.findIndex((line) => line.includes('#[cfg(test)]'))
  return added.flatMap((n, i) => {
    const line = lines[n - 1]
    if (line === undefined || idle.test(line) || (tests >= 0 && n > tests)) return []
    const fitting = changes.filter(([pattern]) => pattern.test(line))
    const change = fitting[(i + Math.floor(i / Math.max(1, fitting.length))) % Math.max(1, fitting.length)]
    if (change === undefined) return []
    const [pattern, by] = change
    const text = line.replace(pattern, (found: string) => (typeof by === 'string' ? by : by(found)))
    return [{ path, line: n, text: [...lines.slice(0, n - 1), text, ...lines.slice(n)].join('\n') }]
  })
}
