import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { roomOf, type Room } from './rooms.ts'

/** A source file: its path below src, and its text. */
export interface Source {
  file: string
  text: string
}

/** The product's own sources. The seed and its solutions are another product, kept as text. */
export function sources(src: string): Source[] {
  const files = readdirSync(src, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
  return files
    .map((entry) => posix.relative(src, join(entry.parentPath, entry.name)))
    .filter((file) => !/^rehearsal\/(?:seed|story\/solution)\//.test(file))
    .map((file) => ({ file, text: readFileSync(join(src, file), 'utf8') }))
}

/** Each import that its room may not have, as a sentence. */
export function forbiddenImports(all: Source[]): string[] {
  return all.flatMap(({ file, text }) => {
    const room = roomOf(file)
    if (!room) return [`src/${file} lies in no room: name it in test/architecture/rooms.ts`]
    return importsOf(text).flatMap((wanted) => (may(room, file, wanted) ? [] : [`src/${file} imports ${wanted}: ${room.promise}`]))
  })
}

/** What a file imports, types and `import()` of a literal included. */
export function importsOf(text: string): string[] {
  // Statements begin a line; what stands inside a template is another program's.
  const bare = text.matchAll(/^import\s+(['"])([^'"\n]+)\1/gm)
  const statements = text.matchAll(/^(?:import|export)\s+(?:type\s+)?(?:[\w$]+\s*,\s*)?(?:[\w$]+|\*(?:\s+as\s+[\w$]+)?|\{[^{}]*\})\s*from\s*(['"])([^'"\n]+)\1/gm)
  const dynamic = text.matchAll(/\bimport\(\s*(['"])([^'"\n]+)\1\s*\)/g)
  return [...bare, ...statements, ...dynamic].flatMap(([, , wanted]) => (wanted === undefined ? [] : [wanted]))
}

function may(room: Room, file: string, wanted: string): boolean {
  if (!wanted.startsWith('.')) return room.packages.some((name) => wanted === name || (!name.startsWith('node:') && wanted.startsWith(`${name}/`)) || (name === 'node:*' && wanted.startsWith('node:')))
  const target = posix.join(posix.dirname(file), wanted)
  if (target.startsWith('..')) return false
  const home = roomOf(target)
  return home !== undefined && (home === room || room.rooms === 'any' || inside(target, room.path) || room.rooms.some((path) => inside(target, path)))
}

function inside(file: string, path: string): boolean {
  return file === path || (path.endsWith('/') && file.startsWith(path))
}
