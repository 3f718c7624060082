import { Topic, awaitsCommit, sameWords, type About, type KnowledgeState, type KnownEntry, type LibraryEntry } from './knowledge.ts'
import { missionNumber } from './id.ts'
import type { Mission } from './mission.ts'

// The library of a repository: one Markdown file for each topic, one bullet for each entry. People edit it like any other
// text: what is not a bullet stays where it is, and a bullet without a line of origin is an entry too.

export const libraryFolder = '.missions/knowledge'

/** Files by name, as they stand in the folder → entries, by topic and as they stand in it. A file whose name is no topic is nobody's. */
export function libraryOf(files: Readonly<Record<string, string>>): KnownEntry[] {
  return Object.entries(files)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, text]) => {
      const topic = Topic.safeParse(name.replace(/\.md$/, ''))
      if (!topic.success || !name.endsWith('.md')) return []
      return entriesOf(text).map(({ entry }, i) => ({ ...entry, topic: topic.data, name: `${topic.data}#${i + 1}` }))
    })
}

/** What the library says of a mission's accepted entries that are not in it; only files that change. The same again changes nothing. */
export function libraryChanges(files: Readonly<Record<string, string>>, m: Mission): Record<string, string> {
  const changed: Record<string, string> = {}
  for (const k of m.knowledge) {
    const wanted = wantedOf(k, m)
    if (!wanted) continue
    const name = `${wanted.entry.topic}.md`
    const before =
      changed[name] ?? files[name] ?? `# ${wanted.entry.topic}\n\nWhat agents learned while they worked on this repository, for whoever works here next. One bullet is one entry; edit freely.\n`
    const after = withEntry(before, wanted)
    if (after !== (files[name] ?? '')) changed[name] = after
  }
  return changed
}

interface Wanted {
  entry: LibraryEntry
  /** The words that it stands under now, where it is known already. */
  known: string
}

function wantedOf(k: KnowledgeState, m: Mission): Wanted | null {
  const { decision, entry, about } = k
  // What was committed once is people's to edit and to take out.
  if (!awaitsCommit(k)) return null
  if (decision.is === 'accepted') {
    return { entry: { topic: decision.topic, text: decision.text, paths: pathsOf(k, m), about, from: originsOf(k, m) }, known: decision.text }
  }
  if (decision.is !== 'joined') return null
  const { known } = decision
  const paths = known.about === 'product' ? [] : entry.paths
  return { entry: { ...known, text: decision.text ?? known.text, paths, from: originsOf(k, m) }, known: known.text }
}

/** The entry's own origin, and those of all that was merged into it. */
function originsOf(k: KnowledgeState, m: Mission): string[] {
  return [k, ...mergedInto(k, m)].map((x) => `mission ${missionNumber(m.key)} (${x.run.slice(m.key.length + 1)})`).filter(first)
}

function pathsOf(k: KnowledgeState, m: Mission): string[] {
  return k.about === 'product' ? [] : [k, ...mergedInto(k, m)].flatMap((x) => x.entry.paths).filter(first)
}

function mergedInto(k: KnowledgeState, m: Mission): KnowledgeState[] {
  // Only forward in time or back, never in a circle: an entry is merged into one that is accepted, or into the first that said the same.
  const direct = m.knowledge.filter((x) => x.decision.is === 'merged' && x.decision.into === k.id)
  return [...direct, ...direct.flatMap((x) => m.knowledge.filter((y) => y.decision.is === 'merged' && y.decision.into === x.id))]
}

interface Found {
  entry: Omit<LibraryEntry, 'topic'>
  /** Lines of the bullet: the first, and the one behind the last. */
  from: number
  to: number
}

function withEntry(text: string, { entry, known }: Wanted): string {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n+$/, '').split('\n')
  const entries = entriesOf(text)
  const there = entries.find((e) => sameWords(e.entry.text, known)) ?? entries.find((e) => sameWords(e.entry.text, entry.text))
  if (there) {
    const merged = { ...there.entry, text: entry.text, paths: [...there.entry.paths, ...entry.paths].filter(first), from: [...there.entry.from, ...entry.from].filter(first) }
    const same = sameWords(there.entry.text, merged.text) && merged.paths.length === there.entry.paths.length && merged.from.length === there.entry.from.length
    if (same) return text
    lines.splice(there.from, there.to - there.from, ...bullet(merged))
    return `${lines.join('\n')}\n`
  }
  const last = entries.at(-1)
  const gap = last || lines.at(-1) === '' ? [] : ['']
  lines.splice(last ? last.to : lines.length, 0, ...gap, ...bullet(entry))
  return `${lines.join('\n')}\n`
}

function entriesOf(text: string): Found[] {
  const found: Found[] = []
  const lines = text.replace(/\r\n?/g, '\n').split('\n')
  let fence: string | null = null
  let open: { from: number; lines: string[] } | null = null
  const close = (to: number) => {
    if (open) found.push({ ...read(open.lines), from: open.from, to })
    open = null
  }
  for (const [i, line] of lines.entries()) {
    const mark = /^(```+|~~~+)/.exec(line)?.[1]
    if (mark && (fence === null || line.startsWith(fence))) fence = fence === null ? mark : null
    const begins = fence === null && !mark ? /^[-*] +(.*)$/.exec(line)?.[1] : undefined
    if (begins !== undefined) {
      close(i)
      open = { from: i, lines: [begins] }
    } else if (open) {
      // A bullet goes on in lines that are set in, and in such that follow without a gap.
      if (line.trim() === '' || /^#|^\S/.test(line)) close(i)
      else open.lines.push(line.trim())
    }
  }
  close(lines.length)
  return found.filter((f) => f.entry.text !== '')
}

function read(lines: readonly string[]): Pick<Found, 'entry'> {
  const origin = lines.findIndex((line, i) => i > 0 && line.startsWith('— '))
  const parts = origin === -1 ? [] : lines.slice(origin).join(' ').slice(2).split(' · ')
  const about: About = parts.includes(usingTheProduct) ? 'product' : 'code'
  const paths = [...(parts.find((part) => part.startsWith('about ')) ?? '').matchAll(/`([^`]+)`/g)].flatMap((match) => match[1] ?? [])
  const from = (parts.find((part) => part.startsWith('from ')) ?? '').slice(5)
  return { entry: { text: plain(lines.slice(0, origin === -1 ? undefined : origin).join(' ')), paths, about, from: from.split(', ').filter(Boolean) } }
}

const usingTheProduct = 'using the product'

/** `- What is so.` and below it `  — about `test/` · from mission 7 (build.f1.a1)`. */
function bullet(entry: Omit<LibraryEntry, 'topic'>): string[] {
  const parts = [
    entry.about === 'product' ? usingTheProduct : null,
    entry.paths.length > 0 ? `about ${entry.paths.map((path) => `\`${path.replace(/[`\s]+/g, ' ').trim()}\``).join(', ')}` : null,
    entry.from.length > 0 ? `from ${entry.from.join(', ')}` : null,
  ].filter((part) => part !== null)
  return [`- ${marked(entry.text)}`, ...(parts.length > 0 ? [`  — ${parts.join(' · ')}`] : [])]
}

/** Plain words as Markdown that shows exactly them: no tag, link, picture or comment comes of them. Code in backticks stays code. */
function marked(text: string): string {
  const tokens = text
    .replace(/\s+/g, ' ')
    .trim()
    .match(/`[^`]+`|\b(?:https?|ftp):\/\/[^\s`]+|[^]/gu)
  const escaped = (tokens ?? []).map((token) =>
    token.length > 2 && token.startsWith('`') ? token : /^\w+:\/\//.test(token) ? `\`${token}\`` : (entities[token] ?? (special.has(token) ? `\\${token}` : token)),
  )
  return escaped
    .join('')
    .replace(/^([#+-])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const special = new Set(['\\', '`', '*', '_', '[', ']', '|', '~'])

/** The words that somebody sees who reads the Markdown. */
function plain(markdown: string): string {
  const tokens = markdown.trim().match(/`[^`]+`|\\[\\`*_[\]|~#+.)-]|&(?:amp|lt|gt);|[^]/gu)
  return (tokens ?? []).map((token) => (token.startsWith('\\') && token.length > 1 ? token.slice(1) : (words[token] ?? token))).join('')
}

const words: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

function first<T>(item: T, i: number, all: readonly T[]): boolean {
  return all.indexOf(item) === i
}
