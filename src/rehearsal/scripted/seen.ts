import type { Result } from './program.ts'

// Reading what tools answered. Tolerant of their wording: a status, an exit code, a body, an element's mark.

/** `GET http://… -> 200 (3 ms)`, headers, an empty line, the body. */
export function httpAnswer(result: Result): { status: number | null; body: string } {
  const status = /-> (\d{3})\b/.exec(result.text)?.[1] ?? /"?status"?:? (\d{3})\b/.exec(result.text)?.[1]
  const gap = result.text.indexOf('\n\n')
  return { status: status === undefined ? null : Number(status), body: gap < 0 ? '' : result.text.slice(gap + 2) }
}

/** The JSON of a body; undefined when it is none. */
export function bodyJson(result: Result): unknown {
  try {
    return JSON.parse(httpAnswer(result).body)
  } catch {
    return undefined
  }
}

/** `exit 2 (0.1 s)`, the output, `--- stderr ---`, the errors. */
export function commandAnswer(result: Result): { exit: number | null; stdout: string; stderr: string } {
  const exit = /^exit (-?\d+)\b/.exec(result.text)?.[1]
  const [out = '', err = ''] = result.text
    .split('\n')
    .slice(1)
    .join('\n')
    .split(/^--- stderr ---\n/m)
  return { exit: exit === undefined ? null : Number(exit), stdout: out.trimEnd(), stderr: err.trimEnd() }
}

/** What stands below `--- screen ---`, and whether the program has ended. */
export function screenOf(result: Result): { screen: string; exit: number | null } {
  const exit = /^ended with exit (-?\d+)/.exec(result.text)?.[1]
  return { screen: result.text.split(/^--- screen ---\n/m)[1] ?? '', exit: exit === undefined ? null : Number(exit) }
}

/** The mark of an element in a page's tree, such as `- button "Book" [ref=e30]`; null where there is none. */
export function markOf(page: string, roles: readonly string[], name: RegExp): string | null {
  for (const line of page.split('\n')) {
    const element = /^\s*- '?(\w+) "((?:[^"\\]|\\.)*)".*\[ref=([^\]]+)\]/.exec(line)
    if (roles.includes(element?.[1] ?? '') && name.test(element?.[2]?.replaceAll('\\"', '"') ?? '')) return element?.[3] ?? null
  }
  return null
}

/** The lines of an element and of what is inside it. */
export function partOf(page: string, role: string, name?: string): string {
  const lines = page.split('\n')
  const start = lines.findIndex((line) => {
    const element = /^\s*- '?(\w+)(?: "((?:[^"\\]|\\.)*)")?/.exec(line)
    return element?.[1] === role && (name === undefined || element[2] === name)
  })
  if (start < 0) return ''
  const depth = indent(lines[start] ?? '')
  const end = lines.findIndex((line, i) => i > start && indent(line) <= depth)
  return lines.slice(start, end < 0 ? undefined : end).join('\n')
}

function indent(line: string): number {
  return line.length - line.trimStart().length
}
