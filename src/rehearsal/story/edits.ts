import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A change of one file: written whole, or some of its lines replaced. Texts are whole lines. */
export type Change = { act: 'write'; path: string; content: string } | { act: 'edit'; path: string; old: string; new: string }

/** The seed and the story's texts are data: the build copies them, so they lie beside this file in src and in dist. */
export const seedFolder = fileURLToPath(new URL('../seed', import.meta.url))
const storyFolder = fileURLToPath(new URL('.', import.meta.url))

/**
 * Reads `=== write path` followed by a content, and `=== edit path` followed by `--- old` and `--- new` blocks, up to
 * `=== end`.
 */
export function readChanges(file: string): Change[] {
  const parts = readFileSync(join(storyFolder, file), 'utf8').split(/^=== (.+)\n/m)
  if (parts[0] !== '' || parts.at(-2) !== 'end') throw new Error(`${file} begins with "=== …" and ends with "=== end"`)
  const changes: Change[] = []
  for (let i = 1; i < parts.length - 2; i += 2) changes.push(change(parts[i] ?? '', parts[i + 1] ?? ''))
  return changes
}

/** The content after a change; null where an edit does not find its lines exactly once. */
export function applied(change: Change, content: string | null): string | null {
  if (change.act === 'write') return change.content
  if (content === null || content.split(change.old).length !== 2) return null
  return content.replace(change.old, () => change.new)
}

/** The edit that takes an edit back. */
export function inverse(change: Change): Change[] {
  return change.act === 'edit' ? [{ act: 'edit', path: change.path, old: change.new, new: change.old }] : []
}

function change(head: string, body: string): Change {
  const [act, path] = head.split(' ')
  if (path === undefined) throw new Error(`no path in "=== ${head}"`)
  if (act === 'write') return { act, path, content: body }
  const blocks = /^--- old\n([^]*)^--- new\n([^]*)$/m.exec(body)
  if (act !== 'edit' || blocks === null) throw new Error(`"=== ${head}" is neither a write nor an edit with its blocks`)
  return { act, path, old: blocks[1] ?? '', new: blocks[2] ?? '' }
}
