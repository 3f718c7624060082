/** Whether a boundary names paths (`db/schema.sql`, `legacy/`, `sql/*.sql`, `./Makefile`) and not a rule in words. */
export function isPathBoundary(boundary: string): boolean {
  const text = boundary.trim()
  return /^\S+$/.test(text) && /[/*]|^\.|[^.]\.[A-Za-z0-9]{1,10}$/.test(text) && !/^[a-z]+:\/\//i.test(text)
}

/** Whether a path lies within a boundary that names paths. A folder holds all that is in it; `*` stays within a name, `**` does not. */
export function crosses(boundary: string, path: string): boolean {
  if (!isPathBoundary(boundary)) return false
  const rule = steps(boundary)
  const name = steps(path)
  // What is below a named file or folder is within it; a pattern names whole paths.
  if (!boundary.includes('*')) return rule.length > 0 && rule.every((step, i) => step === name[i])
  return matches(boundary.trim().endsWith('/') ? [...rule, '**'] : rule, name)
}

function steps(path: string): string[] {
  return path
    .trim()
    .replaceAll('\\', '/')
    .split('/')
    .filter((step) => step !== '' && step !== '.')
}

const longest = 64

/** Bounded: each pair of places is looked at once. */
function matches(rule: readonly string[], name: readonly string[]): boolean {
  if (rule.length > longest || name.length > longest) return false
  let open = new Set([0])
  const closure = (at: Set<number>) => {
    const all = new Set<number>()
    for (const start of at)
      for (let i = start; ; i++) {
        all.add(i)
        if (rule[i] !== '**') break
      }
    return all
  }
  open = closure(open)
  for (const step of name) {
    const next = new Set<number>()
    for (const i of open) {
      const own = rule[i]
      if (own === undefined) continue
      if (own === '**') next.add(i)
      else if (fits(own, step)) next.add(i + 1)
    }
    open = closure(next)
  }
  return open.has(rule.length)
}

/** `*.sql` against `001.sql`, without going back more than once for each star. */
function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === name
  const first = parts[0] ?? ''
  const last = parts.at(-1) ?? ''
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false
  let from = first.length
  for (const part of parts.slice(1, -1)) {
    const at = name.indexOf(part, from)
    if (at < 0 || at + part.length > name.length - last.length) return false
    from = at + part.length
  }
  return true
}
