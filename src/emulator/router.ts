import type { Route } from './route.ts'

export interface Match {
  route: Route
  params: Record<string, string>
}

interface Pattern {
  route: Route
  method: string
  segments: string[]
}

/** Finds the route of a request by GitHub's templates. `{path}`, `{ref}`, `{branch}` and `{basehead}` take slashes. */
export function createRouter(routes: Route[]): (method: string, path: string) => Match | null {
  const patterns = routes.flatMap(patternsOf)
  return (method, path) => {
    const given = path.split('/').slice(1)
    for (const pattern of patterns) {
      if (pattern.method !== method) continue
      const params = matchSegments(pattern.segments, given)
      if (params !== null) return { route: pattern.route, params }
    }
    return null
  }
}

const greedy = new Set(['{path}', '{ref}', '{branch}', '{basehead}'])

/** Every address below a repository also exists below its number: links of pages lead there. */
function patternsOf(route: Route): Pattern[] {
  const [method = '', template = ''] = route.operation.split(' ')
  const pattern = (path: string): Pattern => ({ route, method, segments: path.split('/').slice(1) })
  // The root of the files has no path and may leave the slash out.
  if (template === `${byName}/contents/{path}`) return [...forms(template, pattern), ...forms(`${byName}/contents`, pattern)]
  return forms(template, pattern)
}

const byName = '/repos/{owner}/{repo}'

function forms(template: string, pattern: (path: string) => Pattern): Pattern[] {
  return template.startsWith(byName) ? [pattern(template), pattern(`/repositories/{repository_id}${template.slice(byName.length)}`)] : [pattern(template)]
}

function matchSegments(pattern: string[], given: string[]): Record<string, string> | null {
  const params: Record<string, string> = {}
  const spare = given.length - pattern.length
  const wide = pattern.findIndex((segment) => greedy.has(segment))
  if (spare < 0 || (spare > 0 && wide === -1)) return null
  let at = 0
  for (const [index, segment] of pattern.entries()) {
    const take = index === wide ? spare + 1 : 1
    const value = given.slice(at, at + take)
    at += take
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = decode(value.join('/'))
    else if (segment !== value[0]) return null
  }
  return Object.values(params).includes('') && wide === -1 ? null : params
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
