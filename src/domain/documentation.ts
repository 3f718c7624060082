import { z } from 'zod'

// The documentation check of the last milestone: a program lists what users can see anew, as far as added lines tell, and what
// no document names; a reviewer decides about each.

export const DocumentationDecision = z.strictObject({
  name: z.string().min(1).max(120).describe('As the program lists it'),
  is: z.enum(['documented', 'not_needed', 'missing']),
  why: z.string().min(3).max(300).describe('documented: the path of the document that tells it; else one sentence'),
})
export type DocumentationDecision = z.infer<typeof DocumentationDecision>

export interface Surface {
  kind: 'flag' | 'route' | 'setting' | 'command' | 'changelog'
  name: string
  /** Where it was added. */
  path: string
}

/** More than this is not looked at: the reviewer reads the rest as ever. */
export const surfaces_limit = 24

/** A document that people read, by its path alone. */
export function isDocument(path: string): boolean {
  return (
    !path.startsWith('.missions/') &&
    (/\.(?:md|markdown|rst|adoc|txt|1)$/i.test(path) || /(?:^|\/)(?:docs?|man)\//i.test(path) || /(?:^|\/)(?:readme|changelog|changes|history|news)[^/]*$/i.test(path))
  )
}

/** What a unified diff adds that a user types, calls or sets, by the literals in added lines of source; each once. */
export function newSurfaces(diff: string): Surface[] {
  const found: Surface[] = []
  const before = new Set<string>()
  let path = ''
  for (const line of diff.split('\n')) {
    const file = /^\+\+\+ (?:b\/)?(.+)$/.exec(line)?.[1]
    if (file !== undefined) path = file
    if (file !== undefined || line.startsWith('---') || !isSource(path)) continue
    for (const surface of surfacesOf(line.slice(1), path)) {
      if (line.startsWith('+')) found.push(surface)
      else before.add(surface.name)
    }
  }
  return found.filter((s, i) => !before.has(s.name) && found.findIndex((x) => x.name === s.name) === i).slice(0, surfaces_limit)
}

function isSource(path: string): boolean {
  if (path === '/dev/null' || isDocument(path)) return false
  return !/(?:^|\/)(?:tests?|__tests__|spec|fixtures|node_modules|vendor|dist)\/|[._-](?:test|spec)\.[^/]*$|(?:^|\/)test_[^/]*$|\.lock$|lock\.json$|^\.missions\//i.test(path)
}

function surfacesOf(line: string, path: string): Surface[] {
  // A remark about the code promises nothing to a user.
  if (/^\s*(?:\/\/|\/?\*|#(?!!)|--\s|<!--)/.test(line)) return []
  const literals = [...line.slice(0, 2_000).matchAll(/"([^"\\]{1,120})"|'([^'\\]{1,120})'|`([^`\\]{1,120})`/g)].map((m) => m[1] ?? m[2] ?? m[3] ?? '')
  const flags = literals.flatMap((text) => [...text.matchAll(/(?<![\w-])--[a-z][a-z0-9-]{1,30}(?![\w-])/g)].map((m) => m[0]))
  const routes = literals.filter((text) => /^\/[a-z][\w./:{}<>$*-]*$/i.test(text) && !/^\/(?:usr|tmp|dev|etc|var|proc|home|bin|opt)\b|\.\w{1,4}$/.test(text))
  const settings = [...line.slice(0, 2_000).matchAll(/(?:process\.env\.|process\.env\[['"]|environ(?:\.get\(|\[)['"]|getenv\(['"]|env::var\(['"]|ENV\[['"])([A-Z][A-Z0-9_]{2,40})/gi)].map(
    (m) => m[1] ?? '',
  )
  return [
    ...flags.map((name): Surface => ({ kind: 'flag', name, path })),
    ...routes.map((name): Surface => ({ kind: 'route', name, path })),
    ...settings.map((name): Surface => ({ kind: 'setting', name, path })),
  ]
}

/** What is wrong with the decisions about the names that were listed, in sentences for their author. `told`: findings' words. `holds`: whether a document names it. */
export function documentationProblems(decisions: readonly DocumentationDecision[], listed: readonly Surface[], told: string, holds: (path: string, name: string) => boolean): string[] {
  return [
    ...listed.flatMap(({ name }) => {
      const times = decisions.filter((d) => d.name === name).length
      return times === 1 ? [] : [`documentation: ${name} is decided ${times} times; decide it exactly once.`]
    }),
    ...decisions.flatMap((d) => {
      if (!listed.some((s) => s.name === d.name)) return [`documentation: ${d.name} was not listed; leave it out.`]
      if (d.is === 'missing' && !told.includes(d.name)) return [`documentation: ${d.name} is missing, but no finding names it; write one, at the document that should tell it.`]
      if (d.is === 'documented' && !holds(d.why, d.name))
        return [`documentation: ${d.name} should be documented in ${d.why}, but no such file at this commit names it; give the file's path alone in "why".`]
      return []
    }),
  ]
}
