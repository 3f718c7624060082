import { git } from './run.ts'

export interface FileDiff {
  filename: string
  previous_filename: string | null
  status: 'added' | 'removed' | 'modified' | 'renamed'
  /** Blob after the change; before it for a removed file. */
  sha: string
  additions: number
  deletions: number
  /** From the first `@@`, without a newline at the end; `null` for binary files. */
  patch: string | null
}

export interface DiffLine {
  /** Count of lines from the first `@@`, which is 0. */
  position: number
  kind: ' ' | '+' | '-' | '@' | '\\'
  text: string
  old: number | null
  new: number | null
}

/** What changed from one commit (or tree) to another. */
export async function readDiff(dir: string, from: string, to: string): Promise<FileDiff[]> {
  const quiet = ['-c', 'core.quotePath=false', '-c', 'diff.suppressBlankEmpty=false']
  const text = await git(dir, [...quiet, 'diff', '--no-color', '--no-ext-diff', '--full-index', '-M', '--src-prefix=a/', '--dst-prefix=b/', from, to])
  return text === '' ? [] : text.slice('diff --git '.length).split('\ndiff --git ').map(parseFile)
}

function parseFile(section: string): FileDiff {
  const lines = section.replace(/\n$/, '').split('\n')
  const start = lines.findIndex((line) => line.startsWith('@@'))
  const header = start === -1 ? lines : lines.slice(0, start)
  const body = start === -1 ? [] : lines.slice(start)
  const value = (prefix: string): string | null => header.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? null
  const [, before = '', after = ''] = /^([0-9a-f]+)\.\.([0-9a-f]+)/.exec(value('index ') ?? '') ?? []
  const renamed = value('rename to ')
  const status = value('new file mode') !== null ? 'added' : value('deleted file mode') !== null ? 'removed' : renamed !== null ? 'renamed' : 'modified'
  return {
    filename: unquoted(renamed ?? nameFrom(header[0] ?? '')),
    previous_filename: renamed === null ? null : unquoted(value('rename from ') ?? ''),
    status,
    sha: status === 'removed' ? before : after,
    additions: body.filter((line) => line.startsWith('+')).length,
    deletions: body.filter((line) => line.startsWith('-')).length,
    patch: body.length === 0 ? null : body.join('\n'),
  }
}

/** The header reads `a/<name> b/<name>`, the same name twice unless the file was renamed. */
function nameFrom(header: string): string {
  if (header.startsWith('"')) return `"${header.slice(3, header.indexOf('"', 1) + 1)}`
  return header.slice(2, (header.length - 1) / 2)
}

function unquoted(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('\\"', '"').replaceAll('\\\\', '\\') : name
}

export function diffLines(patch: string): DiffLine[] {
  let old = 0
  let fresh = 0
  return patch.split('\n').map((text, position): DiffLine => {
    const hunk = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(text)
    if (hunk) {
      old = Number(hunk[1])
      fresh = Number(hunk[2])
      return { position, kind: '@', text, old: null, new: null }
    }
    if (text.startsWith('+')) return { position, kind: '+', text: text.slice(1), old: null, new: fresh++ }
    if (text.startsWith('-')) return { position, kind: '-', text: text.slice(1), old: old++, new: null }
    if (text.startsWith('\\')) return { position, kind: '\\', text, old: null, new: null }
    return { position, kind: ' ', text: text.slice(1), old: old++, new: fresh++ }
  })
}

export function findLine(patch: string, side: 'LEFT' | 'RIGHT', line: number): DiffLine | null {
  return diffLines(patch).find((entry) => (side === 'LEFT' ? entry.old : entry.new) === line) ?? null
}

/** The hunk from its `@@` down to the line, as GitHub keeps it with a comment. */
export function hunkUpTo(patch: string, position: number): string {
  const lines = patch.split('\n').slice(0, position + 1)
  const start = lines.findLastIndex((line) => line.startsWith('@@'))
  return lines.slice(Math.max(start, 0)).join('\n')
}
