import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bringHome, originOf, placeOf } from '../../src/local/repository.ts'
import { openState } from '../../src/local/state.ts'

interface Folder extends Disposable {
  dir: string
  git(...args: string[]): string
  commit(text: string): string
}

/** A repository with one commit on `trunk`, unless told otherwise. */
function folder(options: { empty?: boolean } = {}): Folder {
  const dir = mkdtempSync(join(tmpdir(), 'home-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  const commit = (text: string) => {
    writeFileSync(join(dir, 'a.txt'), text)
    git('add', '--all')
    git('commit', '--quiet', '-m', text)
    return git('rev-parse', 'HEAD')
  }
  git('init', '--quiet', '--initial-branch=trunk')
  if (!options.empty) commit('one')
  return { dir, git, commit, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}

test('any path within a repository names it', async () => {
  using at = folder()
  mkdirSync(join(at.dir, 'deep/er'), { recursive: true })
  expect(await placeOf(join(at.dir, 'deep/er'))).toBe(at.dir)
  expect(await originOf(at.dir)).toEqual({ branch: 'trunk', head: at.git('rev-parse', 'HEAD'), notices: [] })
})

test('a bare repository is one, too', async () => {
  using at = folder()
  at.git('clone', '--quiet', '--bare', '.', 'bare.git')
  const bare = join(at.dir, 'bare.git')
  expect(await placeOf(bare)).toBe(bare)
  expect(await originOf(bare)).toMatchObject({ branch: 'trunk', notices: [] })
})

test('what is not part of the mission is said before it begins', async () => {
  using at = folder()
  writeFileSync(join(at.dir, '.gitmodules'), '')
  writeFileSync(join(at.dir, '.gitattributes'), '*.psd filter=lfs diff=lfs\n')
  at.commit('two')
  writeFileSync(join(at.dir, 'a.txt'), 'changed')
  writeFileSync(join(at.dir, 'b.txt'), 'new')
  const { notices } = await originOf(at.dir)
  expect(notices).toEqual([expect.stringContaining('2 uncommitted changes are not part'), expect.stringContaining('Submodules'), expect.stringContaining('LFS')])
})

test.each<[string, (at: Folder) => Promise<unknown>, string]>([
  ['no folder', (at) => placeOf(join(at.dir, 'nowhere')), 'There is no folder'],
  ['a file', (at) => placeOf(join(at.dir, 'a.txt')), 'There is no folder'],
  ['a detached head', (at) => (at.git('checkout', '--quiet', '--detach'), originOf(at.dir)), 'git -C'],
  ['a branch of a mission', (at) => (at.git('switch', '--quiet', '-c', 'mission/7/main'), originOf(at.dir)), 'Check out another one'],
  ['inside .git', (at) => placeOf(join(at.dir, '.git/refs')), "inside git's own folder"],
  ['a shallow clone', async (at) => (at.commit('two'), at.git('clone', '--quiet', '--depth', '1', `file://${at.dir}`, 'cut'), originOf(join(at.dir, 'cut'))), 'fetch --unshallow'],
])('%s is refused with what to do', async (_name, look, told) => {
  using at = folder()
  await expect(look(at)).rejects.toThrow(told)
})

test('a folder without git, and a repository without a commit, are refused with what to do', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'home-'))
  await expect(placeOf(dir)).rejects.toThrow('is no git repository. Make it one with: git -C')
  rmSync(dir, { recursive: true })
  using at = folder({ empty: true })
  await expect(originOf(at.dir)).rejects.toThrow('has no commit yet. Make a first one')
})

test('a result comes home as a branch of its own, once, and moves nothing that is there', async () => {
  using theirs = folder()
  using ours = folder()
  ours.git('fetch', '--quiet', theirs.dir, 'trunk')
  ours.git('reset', '--quiet', '--hard', 'FETCH_HEAD')
  const sha = ours.commit('result')
  const head = theirs.git('rev-parse', 'HEAD')
  theirs.git('branch', 'missions/1-x')
  const result = { from: join(ours.dir, '.git'), sha, branch: 'missions/1-x' }
  expect(await bringHome(theirs.dir, result)).toBe('missions/1-x-2')
  expect(await bringHome(theirs.dir, result)).toBe('missions/1-x-2')
  expect(theirs.git('for-each-ref', '--format=%(refname:short) %(objectname)').split('\n')).toEqual([`missions/1-x ${head}`, `missions/1-x-2 ${sha}`, `trunk ${head}`])
  expect(theirs.git('status', '--porcelain', '--branch')).toBe('## trunk')
})

test('the same wish has the same state, one process at a time; another wish another', async () => {
  const base = mkdtempSync(join(tmpdir(), 'state-'))
  const wish = { repo: '/home/ada/rooms', title: 'a', body: 'b' }
  const mission = { v: 1 as const, ...wish, branch: 'trunk', base: '1', end: null }
  {
    await using first = await openState(base, wish)
    await first.write(mission)
    await expect(openState(base, wish)).rejects.toThrow('This mission is running already')
    await using other = await openState(base, { ...wish, body: 'c' })
    expect(await other.read()).toBeNull()
  }
  await using again = await openState(base, wish)
  expect(await again.read()).toEqual(mission)
  rmSync(base, { recursive: true })
})
