import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git, GitFailed } from './run.ts'

/** Branches, tags and the heads of pull requests: full name to object id. */
export async function readRefs(dir: string): Promise<Map<string, string>> {
  const lines = await git(dir, ['for-each-ref', '--format=%(refname) %(objectname)'])
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  )
}

/** The commit that a branch, tag or id names, or `null`. */
export async function resolveCommit(dir: string, name: string): Promise<string | null> {
  if (name.startsWith('-') || name === '') return null
  for (const candidate of [`refs/heads/${name}`, `refs/tags/${name}`, name]) {
    const found = await revision(dir, `${candidate}^{commit}`)
    if (found !== null) return found
  }
  return null
}

export async function resolveBranch(dir: string, name: string): Promise<string | null> {
  return (await looseBranch(dir, name)) ?? revision(dir, `refs/heads/${name}^{commit}`)
}

/** Nothing packs the refs here, so nearly every branch is a file of its own: no process needed. */
async function looseBranch(dir: string, name: string): Promise<string | null> {
  if (name.includes('..')) return null
  try {
    const content = (await readFile(join(dir, 'refs/heads', name), 'utf8')).trim()
    return /^[0-9a-f]{40}$/.test(content) ? content : null
  } catch {
    return null
  }
}

async function revision(dir: string, expression: string): Promise<string | null> {
  try {
    return (await git(dir, ['rev-parse', '--verify', '--quiet', expression])).trim()
  } catch (error) {
    if (error instanceof GitFailed) return null
    throw error
  }
}

/** `null` as `to` deletes. Throws `GitFailed` when git refuses the name. */
export async function writeRef(dir: string, ref: string, to: string | null): Promise<void> {
  await git(dir, to === null ? ['update-ref', '-d', ref] : ['update-ref', ref, to])
}

/** All of them or none. */
export async function writeRefs(dir: string, changes: readonly (readonly [ref: string, to: string | null])[]): Promise<void> {
  if (changes.length === 0) return
  // Deletions first: a branch may stand where a folder of branches stood.
  const lines = changes.toSorted(([, a], [, b]) => Number(a !== null) - Number(b !== null)).map(([ref, to]) => (to === null ? `delete ${ref}` : `update ${ref} ${to}`))
  await git(dir, ['update-ref', '--stdin'], { stdin: `${lines.join('\n')}\n` })
}

export async function isAncestor(dir: string, ancestor: string, descendant: string): Promise<boolean> {
  try {
    await git(dir, ['merge-base', '--is-ancestor', ancestor, descendant])
    return true
  } catch (error) {
    if (error instanceof GitFailed) return false
    throw error
  }
}

export async function mergeBase(dir: string, a: string, b: string): Promise<string | null> {
  try {
    return (await git(dir, ['merge-base', a, b])).trim()
  } catch (error) {
    if (error instanceof GitFailed) return null
    throw error
  }
}

export async function aheadBehind(dir: string, base: string, head: string): Promise<{ ahead: number; behind: number }> {
  const [behind = '0', ahead = '0'] = (await git(dir, ['rev-list', '--left-right', '--count', `${base}...${head}`])).trim().split('\t')
  return { ahead: Number(ahead), behind: Number(behind) }
}

export async function isValidRef(dir: string, ref: string): Promise<boolean> {
  try {
    await git(dir, ['check-ref-format', ref])
    return true
  } catch (error) {
    if (error instanceof GitFailed) return false
    throw error
  }
}
