/** Longer text is cut: what a person reads at the end of it nobody would have checked. */
const cap_chars = 60_000

export interface Canonical {
  text: string
  /** Passages that a reader on GitHub would not have seen, and that were taken out. People are told how many. */
  hidden_passages: number
}

/**
 * Text of others as a reader sees it: NFC, without HTML comments (closed or not), declarations, hidden elements, attributes,
 * alternative texts and titles of links, invisible and bidirectional characters. Every pass is linear. `<details>` stays: a
 * reader can open it. What is left is still untrusted; it only holds no more than what people could read.
 */
export function canonicalise(raw: string): Canonical {
  let hidden_passages = 0
  const hid = () => void hidden_passages++
  const whole = raw
    .slice(0, cap_chars * 2)
    .normalize('NFC')
    .replace(/\r\n?/g, '\n')
  const visible = withoutInvisible(whole, hid)
  const marked = withoutDefinitions(withoutElements(withoutComments(visible, hid), hid), hid)
  const text = withoutLinkTexts(marked, hid)
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()
  return { text: text.length > cap_chars || raw.length > cap_chars * 2 ? `${text.slice(0, cap_chars)}\n[cut here]` : text, hidden_passages }
}

/** Code points that show nothing or turn the reading direction: joiners, fillers, zero widths, bidirectional controls, tags, controls but tab and newline. */
const invisible: readonly (readonly [number, number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  [0xfe00, 0xfe0f],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff0, 0xfffb],
  [0x1bca0, 0x1bca3],
  [0x1d173, 0x1d17a],
  [0xe0000, 0xe0fff],
]
/** What emoji, some scripts and editors leave behind is taken out too; one or two of these hide nothing. */
const harmless = new Set([0x200c, 0x200d, 0xfe0e, 0xfe0f, 0xfeff, 0xad, 0x0c, 0x2028])
const breaks = new Set([0x0b, 0x0c, 0x85, 0x2028, 0x2029])

function withoutInvisible(text: string, hid: () => void): string {
  const kept: string[] = []
  let run: number[] = []
  const close = () => {
    if (run.length > 2 || run.some((code) => !harmless.has(code))) hid()
    if (run.some((code) => breaks.has(code))) kept.push('\n')
    run = []
  }
  for (const c of text) {
    const code = c.codePointAt(0) ?? 0
    if (isInvisible(code)) {
      run.push(code)
      continue
    }
    if (run.length > 0) close()
    kept.push(c)
  }
  if (run.length > 0) close()
  return kept.join('')
}

function isInvisible(code: number): boolean {
  return (code < 0x20 || code >= 0x7f) && invisible.some(([from, to]) => code >= from && code <= to)
}

/** Comments, declarations, processing instructions and CDATA: GitHub shows none of them. */
function withoutComments(text: string, hid: () => void): string {
  const kept: string[] = []
  let from = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) {
    const end = endOfComment(text, at)
    if (end === null) continue
    kept.push(text.slice(from, at))
    hid()
    from = end
    at = end - 1
  }
  kept.push(text.slice(from))
  return kept.join('')
}

/** Where what begins here ends; the end of the text when it is never closed; null when it is none. */
function endOfComment(text: string, at: number): number | null {
  if (text.startsWith('<!--', at)) {
    // `<!-->` and `<!--->` are whole comments.
    if (text.startsWith('>', at + 4)) return at + 5
    if (text.startsWith('->', at + 4)) return at + 6
    return behind(text, '-->', at + 4)
  }
  if (text.startsWith('<![CDATA[', at)) return behind(text, ']]>', at + 9)
  if (text.startsWith('<?', at)) return behind(text, '?>', at + 2)
  if (text.startsWith('<!', at) && isLetter(text.charCodeAt(at + 2))) return behind(text, '>', at + 2)
  return null
}

function behind(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at + mark.length
}

const longest_tag = 2_000
const hides = /\shidden(?:[\s=/>]|$)|display\s*:\s*none|visibility\s*:\s*hidden|opacity\s*:\s*0(?:[^.\d]|$)|font-size\s*:\s*0(?:[^.\d]|$)/i
const voids = new Set(['img', 'br', 'hr', 'input', 'source', 'wbr', 'meta', 'link', 'area', 'col', 'embed', 'track'])

/** Elements that hide themselves go with all they hold; other tags keep their name and where they lead. */
function withoutElements(text: string, hid: () => void): string {
  const lower = text.replace(/[A-Z]/g, (c) => c.toLowerCase())
  const kept: string[] = []
  let from = 0
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', Math.max(at + 1, from))) {
    if (!isLetter(text.charCodeAt(at + 1))) continue
    const end = endOfTag(text, at)
    if (end === null) continue
    const name = /^[a-z][a-z0-9-]*/.exec(lower.slice(at + 1, at + 40))?.[0] ?? ''
    const tag = text.slice(at, end)
    // An address between brackets is no tag.
    if (/^<[a-z][a-z0-9+.-]*(?::|@)/i.test(tag)) continue
    kept.push(text.slice(from, at))
    from = end
    if (hides.test(tag.slice(name.length + 1))) {
      hid()
      if (!voids.has(name)) from = endOfElement(lower, name, end)
      continue
    }
    kept.push(bareTag(tag, name, hid))
  }
  kept.push(text.slice(from))
  return kept.join('')
}

function endOfTag(text: string, at: number): number | null {
  let quote = ''
  for (let i = at + 1; i < text.length && i < at + longest_tag; i++) {
    const c = text[i] ?? ''
    if (quote !== '') quote = c === quote ? '' : quote
    else if (c === '"' || c === "'") quote = c
    else if (c === '>') return i + 1
    else if (c === '<') return null
  }
  return null
}

/** Behind the closing tag that fits, nested ones of the same name counted. */
function endOfElement(lower: string, name: string, from: number): number {
  let depth = 1
  for (let at = lower.indexOf('<', from); at >= 0; at = lower.indexOf('<', at + 1)) {
    if (lower.startsWith(`</${name}`, at) && --depth === 0) return behind(lower, '>', at)
    if (lower.startsWith(`<${name}`, at) && !/[a-z0-9-]/.test(lower[at + name.length + 1] ?? '')) depth++
  }
  return lower.length
}

function bareTag(tag: string, name: string, hid: () => void): string {
  const attributes = [...tag.slice(name.length + 1).matchAll(/([a-zA-Z_:][\w:.-]{0,60})\s{0,3}=\s{0,3}("[^"]*"|'[^']*'|[^\s"'>]+)/g)]
  const leads = attributes.filter(([, key]) => /^(?:href|src)$/i.test(key ?? '')).map(([, key, value]) => ` ${key?.toLowerCase()}=${value}`)
  const telling = attributes.some(([, key, value]) => /^(?:alt|title|aria-.*|data-.*|placeholder|value|content)$/i.test(key ?? '') && isTelling((value ?? '').replace(/^["']|["']$/g, '')))
  if (telling) hid()
  return `<${name}${leads.join('')}${tag.endsWith('/>') ? '/' : ''}>`
}

/** `[//]: # (…)` and the titles of other definitions: shown nowhere. */
function withoutDefinitions(text: string, hid: () => void): string {
  return text
    .split('\n')
    .flatMap((line) => {
      const [, label, target, title] = /^ {0,3}\[([^\]\n]{1,300})\]:[ \t]{0,20}(\S{1,2000})(.*)$/.exec(line) ?? []
      if (label === undefined || target === undefined || label.startsWith('^')) return [line]
      if (target === '#' || target === '<>' || label.startsWith('//')) {
        hid()
        return []
      }
      if (title !== undefined && isTelling(title)) hid()
      return [`[${label}]: ${target}`]
    })
    .join('\n')
}

/** The alternative text of pictures and the titles of links. */
function withoutLinkTexts(text: string, hid: () => void): string {
  return text
    .replace(/!\[([^\][\n]{0,2000})\](?=[([])/g, (_, alt: string) => {
      if (isTelling(alt)) hid()
      return '![picture]'
    })
    .replace(/\]\(([^\s()<>]{1,2000})[ \t]{1,20}(?:"([^"\n]{0,2000})"|'([^'\n]{0,2000})')[ \t]{0,20}\)/g, (_, target: string, double: string | undefined, single: string | undefined) => {
      if (isTelling(double ?? single ?? '')) hid()
      return `](${target})`
    })
}

/** More than a word, such as the "image" that GitHub writes by itself. */
function isTelling(text: string): boolean {
  return /\S\s+\S/.test(text.trim())
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
}
