import { access, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Sha } from '../../src/domain/id.ts'
import type { RepositoryRef, Workspaces } from '../../src/ports/workspaces.ts'
import { writeFiles } from '../adapters/git/remote.ts'
import type { Remote } from '../adapters/git/remote.ts'

export interface House extends AsyncDisposable {
  remote: Remote
  workspaces: Workspaces
  repository: RepositoryRef
}

const at = new Date('2026-01-02T03:04:05Z')
const text = { text: 'Add a page', trailers: { Mission: '7-1' }, at }
const unknown = Sha.parse('1'.repeat(40))

/** What every adapter of the Workspaces port must do, whatever lies behind it. */
export function workspacesContract(name: string, build: () => Promise<House>): void {
  describe(`${name} keeps the promises of Workspaces`, () => {
    let house: House
    let first: Sha
    beforeEach(async () => {
      house = await build()
      first = await house.remote.write('main', { 'README.md': 'hello\n', 'src/a.txt': 'one\ntwo\nthree\n', '.gitignore': 'node_modules/\n' })
    })
    afterEach(() => house[Symbol.asyncDispose]())
    const open = (run: string, sha: Sha, merge?: Sha) => house.workspaces.open({ repository: house.repository, run, at: sha, ...(merge === undefined ? {} : { merge }) })

    it('tells where a branch stands now, and null for one that is not or no longer there', async () => {
      const { remote, workspaces, repository } = house
      expect(await workspaces.fetch(repository, 'main')).toBe(first)
      const second = await remote.write('main', { 'b.txt': 'b' })
      const side = await remote.write('mission/1/main', {}, 'main')
      expect(await workspaces.fetch(repository, 'main')).toBe(second)
      expect(await workspaces.fetch(repository, 'mission/1/main')).toBe(side)
      await remote.delete('mission/1/main')
      expect(await workspaces.fetch(repository, 'mission/1/main')).toBeNull()
      await remote.write('mission/1/main/deeper', {}, 'main')
      expect(await workspaces.fetch(repository, 'mission/1/main')).toBeNull()
    })

    it('tells null for a branch of a repository without a commit', async () => {
      await house.remote.delete('main')
      expect(await house.workspaces.fetch(house.repository, 'main')).toBeNull()
    })

    it('keeps records on a branch of their own: once each, one on top of the other, whoever pushes at once', async () => {
      const { remote, workspaces, repository } = house
      const branch = 'mission/7/record'
      const record = (run: string, content: Uint8Array | string) =>
        workspaces.record({
          repository,
          branch,
          at,
          message: { text: `Evidence of ${run}`, trailers: { Mission: '7-1' } },
          files: [{ path: `evidence/${run}/a.png`, content: typeof content === 'string' ? new TextEncoder().encode(content) : content }],
        })
      const png = new Uint8Array([137, 80, 78, 71, 0, 255, 10])
      const one = await record('r1', png)
      expect(await record('r1', png)).toBe(one)
      const commits = await Promise.all(['p1', 'p2', 'p3'].map((run) => record(run, run)))
      const head = await workspaces.fetch(repository, branch)
      expect(await record('r1', png)).toBe(one)
      expect(await workspaces.fetch(repository, branch)).toBe(head)
      expect((await remote.git('ls-tree', '-r', '--name-only', branch)).trim().split('\n')).toEqual(['evidence/p1/a.png', 'evidence/p2/a.png', 'evidence/p3/a.png', 'evidence/r1/a.png'])
      expect((await remote.git('rev-list', '--count', branch)).trim()).toBe('4')
      expect(await remote.git('cat-file', '-s', `${one}:evidence/r1/a.png`)).toBe('7')
      expect(await Promise.all(commits.map((commit) => workspaces.contains(repository, head ?? first, commit)))).toEqual([true, true, true])
      await expect(workspaces.contains(repository, head ?? first, first)).resolves.toBe(false)
      await expect(workspaces.push({ repository, branch, sha: first, expected: head })).rejects.toThrow('takes records only')
      await expect(workspaces.record({ repository, branch: 'mission/7/main', at, message: text, files: [] })).rejects.toThrow('not a branch for records')
      await expect(workspaces.record({ repository, branch, at, message: text, files: [{ path: '../x', content: png }] })).rejects.toThrow('not the path of a record')
    })

    it('grafts some files of one commit onto another, byte for byte, and takes out what is not there', async () => {
      const { remote, workspaces, repository } = house
      const later = await remote.write('side', { 'src/a.txt': 'other\n', 'test/new.txt': Buffer.from([0, 255, 10]), 'README.md': null, 'src/b.txt': 'code\n' }, 'main')
      const graft = { onto: first, from: later, paths: ['test/new.txt', 'README.md', 'nowhere.txt'] }
      const made = await workspaces.graft(repository, graft)
      expect((await workspaces.diff(repository, first, made)).files.map((f) => f.path)).toEqual(['README.md', 'test/new.txt'])
      expect(await readFile(path.join((await open('graft', made)).dir, 'test/new.txt'))).toEqual(Buffer.from([0, 255, 10]))
      expect(await workspaces.graft(repository, graft)).toBe(made)
      expect(await workspaces.graft(repository, { ...graft, paths: [] }).then((same) => workspaces.diff(repository, first, same))).toMatchObject({ files: [] })
    })

    it('tells where two commits parted', async () => {
      const { remote, workspaces, repository } = house
      const [mine, theirs] = [await remote.write('one', { 'x.txt': '1' }, 'main'), await remote.write('two', { 'y.txt': '2' }, 'main')]
      expect(await workspaces.fork(repository, mine, theirs)).toBe(first)
      expect(await workspaces.fork(repository, first, theirs)).toBe(first)
    })

    it('refuses a commit that is nowhere', async () => {
      await expect(open('run', unknown)).rejects.toThrow('is not in the repository')
    })

    it('tells the files of its commit, writes them elsewhere as they were, and has a home beside them', async () => {
      const space = await open('run', first)
      await writeFile(path.join(space.dir, 'src/a.txt'), 'changed')
      await writeFile(path.join(space.dir, 'untracked'), 'x')
      await writeFile(path.join(space.home, 'cache'), 'x')
      expect((await space.files()).map((file) => `${file.mode} ${file.path}`)).toEqual(['100644 .gitignore', '100644 README.md', '100644 src/a.txt'])
      expect(new Set((await space.files()).map((file) => file.oid.length))).toEqual(new Set([40]))
      const copy = path.join(house.remote.room, 'copy')
      await mkdir(copy)
      await space.export(copy)
      expect(await readFile(path.join(copy, 'src/a.txt'), 'utf8')).toBe('one\ntwo\nthree\n')
      await expect(access(path.join(copy, 'untracked'))).rejects.toThrow('ENOENT')
      expect(await space.changed()).toEqual(['src/a.txt', 'untracked'])
      await house.workspaces.release('run')
      await expect(access(space.home)).rejects.toThrow('ENOENT')
    })

    it('gives a directory with the files and no git directory', async () => {
      const space = await open('run', first)
      expect(await readFile(path.join(space.dir, 'src/a.txt'), 'utf8')).toBe('one\ntwo\nthree\n')
      await expect(access(path.join(space.dir, '.git'))).rejects.toThrow('ENOENT')
      expect(await space.head()).toBe(first)
      expect(await space.changed()).toEqual([])
      expect(await space.commit(text)).toBeNull()
    })

    it('gives the same run the same directory back, with what was left there and committed', async () => {
      const space = await open('run', first)
      await writeFiles(space.dir, { 'one.txt': '1' })
      const sha = await space.commit(text)
      await writeFiles(space.dir, { 'two.txt': '2' })
      const again = await open('run', first)
      expect(again.dir).toBe(space.dir)
      expect(await again.head()).toBe(sha)
      expect(await again.changed()).toEqual(['two.txt'])
    })

    it('starts anew after the run was released, and keeps its commits for a push', async () => {
      const { workspaces, repository, remote } = house
      const space = await open('run', first)
      await writeFiles(space.dir, { 'one.txt': '1' })
      const sha = Sha.parse(await space.commit(text))
      await workspaces.release('run')
      await expect(access(space.dir)).rejects.toThrow('ENOENT')
      expect(await workspaces.push({ repository, branch: 'mission/1/f1-x', sha, expected: null })).toEqual({ ok: true })
      expect(await remote.head('mission/1/f1-x')).toBe(sha)
      const again = await open('run', first)
      expect(await again.head()).toBe(first)
      expect(await again.changed()).toEqual([])
    })

    it('commits new, changed, deleted and replaced files, and what .gitignore names stays out', async () => {
      const space = await open('run', first)
      await writeFiles(space.dir, { 'README.md': null, 'src/a.txt': 'one\n2\nthree\n', 'src/new ü.txt': 'x', 'node_modules/m/index.js': 'no', src2: { link: 'src' } })
      expect(await space.changed()).toEqual(['README.md', 'src/a.txt', 'src/new ü.txt', 'src2'])
      const sha = Sha.parse(await space.commit(text))
      expect(await space.changed()).toEqual([])
      const diff = await house.workspaces.diff(house.repository, first, sha)
      expect(diff.files).toEqual([
        { path: 'README.md', added: 0, removed: 1 },
        { path: 'src/a.txt', added: 1, removed: 1 },
        { path: 'src/new ü.txt', added: 1, removed: 0 },
        { path: 'src2', added: 1, removed: 0 },
      ])
      await writeFiles(space.dir, { src: 'now a file', src2: null, 'src2/inside.txt': 'now a folder' })
      await space.commit(text)
      expect((await space.diff(sha)).files.map((file) => file.path)).toEqual(['src', 'src/a.txt', 'src/new ü.txt', 'src2', 'src2/inside.txt'])
    })

    it('makes the same commit from the same content at the same instant', async () => {
      const make = async (run: string): Promise<Sha | null> => {
        const space = await open(run, first)
        await writeFiles(space.dir, { 'one.txt': '1' })
        return space.commit({ text: 'One\n\nBody.', trailers: { Mission: '7-1', Feature: 'f1\nForged: yes' }, at })
      }
      const [one, two] = [await make('a'), await make('b')]
      expect(one).toBe(two)
      expect(one).not.toBeNull()
      await house.workspaces.push({ repository: house.repository, branch: 'mission/1/f1', sha: Sha.parse(one), expected: null })
      expect(await house.remote.git('log', '-1', '--format=%an <%ae> %aI|%cn %cI%n%B', 'mission/1/f1')).toBe(
        'Missions <missions@example.com> 2026-01-02T03:04:05+00:00|Missions 2026-01-02T03:04:05+00:00\nOne\n\nBody.\n\nMission: 7-1\nFeature: f1 Forged: yes\n'.trimEnd(),
      )
    })

    it('shows what the directory holds against a commit, uncommitted files too', async () => {
      const space = await open('run', first)
      await writeFiles(space.dir, { 'src/a.txt': null, 'src/b.txt': 'one\ntwo\nthree\n', 'pic.bin': Buffer.from([0, 1, 2, 0]) })
      const diff = await space.diff(first)
      expect(diff.files).toEqual([
        { path: 'pic.bin', added: 0, removed: 0 },
        { path: 'src/b.txt', added: 0, removed: 0 },
      ])
      expect(diff.text).toContain('rename from src/a.txt\nrename to src/b.txt')
      expect(diff.text).toContain('Binary files /dev/null and b/pic.bin differ')
      expect(await space.head()).toBe(first)
    })

    it('caps a diff at the end of a line', async () => {
      const space = await open('run', first)
      await writeFiles(space.dir, { 'big.txt': 'a line of text\n'.repeat(60_000) })
      const diff = await space.diff(first)
      expect(diff.truncated).toBe(true)
      expect(diff.text.length).toBeLessThanOrEqual(400_000)
      expect(diff.text.length).toBeGreaterThan(399_000)
      expect(diff.text.endsWith('+a line of text\n')).toBe(true)
      expect(diff.files).toEqual([{ path: 'big.txt', added: 60_000, removed: 0 }])
    })

    it('shows what the head got since it left the base, not what the base got meanwhile', async () => {
      const { remote, workspaces, repository } = house
      const feature = await remote.write('mission/1/f1', { 'f.txt': 'f' }, 'main')
      const base = await remote.write('main', { '.github/workflows/x.yml': 'on: push' })
      expect((await workspaces.diff(repository, base, feature)).files).toEqual([{ path: 'f.txt', added: 1, removed: 0 }])
      expect(await workspaces.gate(repository, base, feature)).toEqual([])
    })

    it('merges without a directory: merged, already, conflict; a repeat is the same commit', async () => {
      const { remote, workspaces, repository } = house
      const ours = await remote.write('mission/1/main', { 'o.txt': 'o' }, 'main')
      const theirs = await remote.write('mission/1/f1', { 't.txt': 't' }, 'main')
      const clash = await remote.write('mission/1/f2', { 'o.txt': 'other' }, 'main')
      const merged = await workspaces.merge({ repository, ours, theirs, message: 'Merge f1' })
      expect(merged.outcome).toBe('merged')
      expect(await workspaces.merge({ repository, ours, theirs, message: 'Merge f1' })).toEqual(merged)
      const sha = merged.outcome === 'merged' ? merged.sha : unknown
      expect(await workspaces.contains(repository, sha, theirs)).toBe(true)
      expect(await workspaces.contains(repository, ours, theirs)).toBe(false)
      expect(await workspaces.merge({ repository, ours: sha, theirs, message: 'Merge f1' })).toEqual({ outcome: 'already', sha })
      expect(await workspaces.merge({ repository, ours, theirs: clash, message: 'Merge f2' })).toEqual({ outcome: 'conflict', paths: ['o.txt'] })
    })

    it('leaves conflicts in the files, with the names of both sides, and the resolution has both parents', async () => {
      const { remote, repository, workspaces } = house
      const ours = await remote.write('mission/1/f1-x', { 'src/a.txt': 'one\nOURS\nthree\n' }, 'main')
      const theirs = await remote.write('mission/1/main', { 'src/a.txt': 'one\nTHEIRS\nthree\n', 'new.txt': 'n' }, 'main')
      const space = await open('run', ours, theirs)
      expect(await readFile(path.join(space.dir, 'src/a.txt'), 'utf8')).toBe('one\n<<<<<<< ours/mission/1/f1-x\nOURS\n=======\nTHEIRS\n>>>>>>> theirs/mission/1/main\nthree\n')
      expect(await space.head()).toBe(ours)
      expect(await space.changed()).toEqual(['new.txt', 'src/a.txt'])
      await rm(space.dir, { recursive: true })
      const again = await open('run', ours, theirs)
      await writeFile(path.join(again.dir, 'src/a.txt'), 'one\nboth\nthree\n')
      const sha = Sha.parse(await again.commit(text))
      await writeFile(path.join(again.dir, 'src/a.txt'), 'one\nboth!\nthree\n')
      const next = Sha.parse(await again.commit(text))
      await workspaces.push({ repository, branch: 'mission/1/f1-x', sha: next, expected: ours })
      expect(await remote.git('log', '-1', '--format=%P', sha)).toBe(`${ours} ${theirs}`)
      expect(await remote.git('log', '-1', '--format=%P', next)).toBe(sha)
    })

    it('commits a merge that resolves to what was there, since it still joins both', async () => {
      const { remote, workspaces, repository } = house
      const ours = await remote.write('mission/1/f1', { 'src/a.txt': 'mine\n' }, 'main')
      const theirs = await remote.write('mission/1/main', { 'src/a.txt': 'other\n' }, 'main')
      const space = await open('run', ours, theirs)
      await writeFile(path.join(space.dir, 'src/a.txt'), 'mine\n')
      const sha = Sha.parse(await space.commit(text))
      expect(await workspaces.contains(repository, sha, theirs)).toBe(true)
      expect(await space.commit(text)).toBeNull()
    })

    it('pushes only where the branch stands as expected; standing at the commit already is success', async () => {
      const { remote, workspaces, repository } = house
      const space = await open('run', first)
      await writeFiles(space.dir, { 'one.txt': '1' })
      const sha = Sha.parse(await space.commit(text))
      const branch = 'mission/1/f1-x'
      expect(await workspaces.push({ repository, branch, sha, expected: first })).toEqual({ ok: false, why: 'moved', at: null })
      expect(await workspaces.push({ repository, branch, sha, expected: null })).toEqual({ ok: true })
      expect(await workspaces.push({ repository, branch, sha, expected: null })).toEqual({ ok: true })
      const person = await remote.write(branch, { 'by-hand.txt': 'x' })
      expect(await workspaces.push({ repository, branch, sha: first, expected: sha })).toEqual({ ok: false, why: 'moved', at: person })
      expect(await workspaces.push({ repository, branch, sha, expected: person })).toEqual({ ok: true })
      expect(await remote.head(branch)).toBe(sha)
    })

    it('does not push to a branch that is not a mission', async () => {
      const { workspaces, repository, remote } = house
      const others = ['main', 'mission', 'missions/x', 'refs/heads/mission/1/x', 'mission/../main', '-mission/x', 'mission/a b', 'mission/x:refs/heads/main', 'mission/x\nmain']
      for (const branch of others) await expect(workspaces.push({ repository, branch, sha: first, expected: null }), branch).rejects.toThrow(/branch/)
      expect(await remote.git('for-each-ref', '--format=%(refname)')).toBe('refs/heads/main')
    })

    it('writes files without a directory: the same again is the same commit, and the parent where nothing differs', async () => {
      const { remote, workspaces, repository } = house
      const spec = { repository, parent: first, files: { '.missions/knowledge/a.md': '- One.\n', 'README.md': 'hallo\n' }, ...text }
      const [made, again] = [await workspaces.write(spec), await workspaces.write(spec)]
      expect(made).toEqual(again)
      if (!('sha' in made)) throw new Error(made.refused)
      expect(await workspaces.push({ repository, branch: 'mission/1/main', sha: made.sha, expected: null })).toEqual({ ok: true })
      expect(await remote.git('log', '-1', '--format=%P%n%B', 'mission/1/main')).toContain(`${first}\nAdd a page\n\nMission: 7-1`)
      expect(await remote.git('diff', '--stat', '--name-only', first, made.sha)).toBe('.missions/knowledge/a.md\nREADME.md')
      expect(await workspaces.write({ ...spec, parent: made.sha })).toEqual({ sha: made.sha })
      expect(await workspaces.write({ ...spec, parent: made.sha, files: {} })).toEqual({ sha: made.sha })
      expect(await workspaces.read(repository, made.sha, '.missions/knowledge')).toEqual({ 'a.md': '- One.\n' })
      expect(await workspaces.read(repository, first, '.missions/knowledge')).toEqual({})
    })

    it('writes over no link and no folder that is in the way, and reads through none', async () => {
      const { workspaces, repository } = house
      const space = await open('run', first)
      await symlink('src', path.join(space.dir, '.missions'))
      const linked = Sha.parse(await space.commit(text))
      const spec = { repository, parent: linked, ...text }
      expect(await workspaces.write({ ...spec, files: { '.missions/a.txt': 'x' } })).toEqual({ refused: '.missions is not a folder there.' })
      expect(await workspaces.write({ ...spec, files: { src: 'x' } })).toEqual({ refused: 'src is not a folder there.' })
      expect(await workspaces.write({ ...spec, files: { 'README.md/a.txt': 'x' } })).toEqual({ refused: 'README.md is not a folder there.' })
      expect(await workspaces.read(repository, linked, '.missions')).toEqual({})
    })

    it('holds against a change only what is its own, not what it merged', async () => {
      const { remote, workspaces, repository } = house
      const theirs = await remote.write('mission/1/main', { '.missions/knowledge/a.md': '- One.\n' }, 'main')
      const space = await open('run', first, theirs)
      await writeFile(path.join(space.dir, 'b.txt'), 'b\n')
      const head = Sha.parse(await space.commit(text))
      expect(await workspaces.gate(repository, first, head)).toEqual(['.missions/knowledge/a.md is kept by this app; hand in what you learned as knowledge instead.'])
      expect(await workspaces.gate(repository, first, head, [], theirs)).toEqual([])
      await writeFile(path.join(space.dir, '.missions/knowledge/a.md'), '- Two.\n')
      expect(await workspaces.gate(repository, first, Sha.parse(await space.commit(text)), [], theirs)).toEqual([
        '.missions/knowledge/a.md is kept by this app; hand in what you learned as knowledge instead.',
      ])
    })

    it('sweeps what nobody needs and keeps the rest', async () => {
      const { workspaces } = house
      const [kept, gone] = [await open('kept', first), await open('gone', first)]
      await writeFiles(kept.dir, { 'k.txt': 'k' })
      await workspaces.sweep((run) => run === 'kept')
      await expect(access(gone.dir)).rejects.toThrow('ENOENT')
      expect(await (await open('kept', first)).changed()).toEqual(['k.txt'])
    })

    it('opens 48 directories at once', async () => {
      const runs = Array.from({ length: 48 }, (_, n) => `run-${n}`)
      const spaces = await Promise.all(runs.map((run) => open(run, first)))
      expect(new Set(spaces.map((space) => space.dir)).size).toBe(48)
      const commits = await Promise.all(
        spaces.map(async (space, n) => {
          await writeFiles(space.dir, { 'mine.txt': `${n}` })
          return space.commit(text)
        }),
      )
      expect(new Set(commits).size).toBe(48)
    })
  })
}
