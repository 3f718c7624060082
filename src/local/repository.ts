import { execFile } from 'node:child_process'
import { realpath, stat } from 'node:fs/promises'
import { promisify } from 'node:util'

/** What a person can mend, in words that say how. */
export class Unfit extends Error {}

/** Where the work starts. */
export interface Origin {
  branch: string
  head: string
  /** What is worth a word before the work begins. */
  notices: string[]
}

const run = promisify(execFile)

/** The repository at a path, for the same answer wherever in it the path points. */
export async function placeOf(given: string): Promise<string> {
  const asked = await realpath(given).catch(() => null)
  if (asked === null || !(await stat(asked)).isDirectory()) throw new Unfit(`There is no folder ${given}. --repo takes the path of a git repository.`)
  const bare = await ask(asked, ['rev-parse', '--is-bare-repository'])
  if (bare === null) throw new Unfit(`${asked} is no git repository. Make it one with: git -C ${asked} init && git -C ${asked} add -A && git -C ${asked} commit -m start`)
  return bare === 'true' ? ((await ask(asked, ['rev-parse', '--absolute-git-dir'])) ?? asked) : topOf(asked)
}

/** What a mission starts from: the branch that is checked out, at its last commit. */
export async function originOf(path: string): Promise<Origin> {
  const branch = await ask(path, ['symbolic-ref', '--quiet', '--short', 'HEAD'])
  const head = await ask(path, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'])
  if (head === null) throw new Unfit(`${path} has no commit yet. Make a first one: git -C ${path} commit --allow-empty -m start`)
  if ((await ask(path, ['rev-parse', '--is-shallow-repository'])) === 'true') throw new Unfit(`${path} is a shallow clone: its history is cut off. Complete it first: git -C ${path} fetch --unshallow`)
  if (branch === null) throw new Unfit(`${path} has no branch checked out (HEAD is detached), and the work starts from one. Check one out, or make one: git -C ${path} switch -c <name>`)
  if (/^mission(\/|$)/.test(branch)) throw new Unfit(`${branch} has a name that missions give their own branches. Check out another one: git -C ${path} switch <name>`)
  return { branch, head, notices: await noticesOf(path) }
}

async function topOf(path: string): Promise<string> {
  const top = await ask(path, ['rev-parse', '--show-toplevel'])
  if (top === null) throw new Unfit(`${path} lies inside git's own folder. --repo takes the folder the work is in.`)
  return top
}

async function noticesOf(path: string): Promise<string[]> {
  const notices: string[] = []
  // A bare one has no tree that could differ.
  const changed = (await ask(path, ['--no-optional-locks', 'status', '--porcelain'])) ?? ''
  if (changed !== '') {
    const n = changed.split('\n').length
    notices.push(`${n === 1 ? 'One uncommitted change is' : `${n} uncommitted changes are`} not part of the mission: it starts from the last commit.`)
  }
  const files = ((await ask(path, ['ls-tree', '--name-only', 'HEAD'])) ?? '').split('\n')
  if (files.includes('.gitmodules')) notices.push('Submodules are not fetched: their folders are empty for the mission.')
  if (((await ask(path, ['show', 'HEAD:.gitattributes'])) ?? '').includes('filter=lfs')) notices.push('Files kept by git LFS are not fetched: the mission sees their pointers.')
  return notices
}

export interface Result {
  /** The emulator's bare repository. */
  from: string
  sha: string
  /** The branch to make, if it is free; otherwise one with a number behind it. */
  branch: string
}

/** Puts a commit into the person's repository as a new branch; gives its name. No branch, file or setting of theirs is touched, and a second time finds the first. */
export async function bringHome(path: string, { from, sha, branch }: Result): Promise<string> {
  const fetch = [
    '-c',
    'gc.auto=0',
    '-c',
    'maintenance.auto=false',
    'fetch',
    '--quiet',
    '--no-tags',
    '--no-write-fetch-head',
    '--no-recurse-submodules',
    '--upload-pack=git -c safe.directory=* upload-pack',
    from,
    sha,
  ]
  await must(path, fetch)
  for (let n = 1; n <= 1000; n++) {
    const name = n === 1 ? branch : `${branch}-${n}`
    const known = await ask(path, ['rev-parse', '--verify', '--quiet', `refs/heads/${name}`])
    if (known === sha) return name
    if (known !== null) continue
    // Zeros: only where there is none.
    await must(path, ['update-ref', '-m', 'missions: result', `refs/heads/${name}`, sha, '0'.repeat(40)])
    return name
  }
  throw new Unfit(`${path} has a thousand branches called ${branch}; remove some, then run the same command again.`)
}

/** One line of git's answer; null when it says no. */
async function ask(path: string, args: string[]): Promise<string | null> {
  try {
    return (await run('git', ['-C', path, ...args], { maxBuffer: 64 * 2 ** 20 })).stdout.trimEnd()
  } catch (error) {
    if (said(error).includes('dubious ownership')) throw new Unfit(`git refuses ${path}, because it belongs to somebody else. If you trust it: git config --global --add safe.directory ${path}`)
    return null
  }
}

async function must(path: string, args: string[]): Promise<void> {
  try {
    await run('git', ['-C', path, ...args])
  } catch (error) {
    throw new Unfit(`The result could not be put into ${path}: ${said(error).trim()}. Everything is kept; run the same command again when that is mended.`)
  }
}

function said(error: unknown): string {
  return error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error)
}
