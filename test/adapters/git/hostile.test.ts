import { execFile } from 'node:child_process'
import { access, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gitCommand } from '../../../src/adapters/git/command.ts'
import { confinement } from '../../../src/adapters/git/confine.ts'
import { WorkspaceRefused } from '../../../src/adapters/git/staging.ts'
import type { Sha } from '../../../src/domain/id.ts'
import type { Workspace } from '../../../src/ports/workspaces.ts'
import type { House } from '../../contracts/workspaces.ts'
import { buildHouse } from './house.ts'
import { plainGit, writeFiles } from './remote.ts'
import type { Files } from './remote.ts'

const text = { text: 'Work', trailers: {}, at: new Date('2026-01-02T03:04:05Z') }

describe('an agent that owns its directory cannot make git on the host', () => {
  let house: House
  let first: Sha
  let space: Workspace
  let trap: string
  beforeEach(async () => {
    house = await buildHouse()
    trap = path.join(house.remote.room, 'sprung')
    first = await house.remote.write('main', { 'README.md': 'hello\n', 'src/a.txt': 'a\n' })
    space = await house.workspaces.open({ repository: house.repository, run: 'run', at: first })
  })
  afterEach(() => house[Symbol.asyncDispose]())

  /** Everything that touches the directory, and then: which paths the commit changed. */
  async function commitAll(): Promise<string[]> {
    await space.changed()
    await space.diff(first)
    const sha = await space.commit(text)
    if (sha === null) return []
    return (await house.workspaces.diff(house.repository, first, sha)).files.map((file) => file.path)
  }
  const sprung = () =>
    access(trap).then(
      () => true,
      () => false,
    )

  it('start a program named by a git directory of its own', async () => {
    await writeFiles(space.dir, { 'new.txt': 'n', ...(await evilGit(trap)) })
    expect(await commitAll()).toEqual(['new.txt'])
    expect(await sprung()).toBe(false)
    await plainGit(space.dir, 'status')
    expect(await sprung(), 'a careless git falls into this trap').toBe(true)
  })

  it('follow a .git file to another git directory', async () => {
    const elsewhere = path.join(space.dir, 'elsewhere')
    await writeFiles(space.dir, { 'new.txt': 'n', '.git': `gitdir: ${elsewhere}`, '.gitignore': 'elsewhere\n' })
    for (const [name, content] of Object.entries(await evilGit(trap))) await writeFiles(space.dir, { [name.replace('.git', 'elsewhere')]: content })
    expect(await commitAll()).toEqual(['.gitignore', 'new.txt'])
    expect(await sprung()).toBe(false)
  })

  it('start a filter, a diff driver or a merge driver named by attributes', async () => {
    await writeFiles(space.dir, { 'new.txt': 'n', '.gitattributes': '* filter=evil diff=evil merge=evil\n', ...(await evilGit(trap)) })
    expect(await commitAll()).toEqual(['.gitattributes', 'new.txt'])
    expect(await sprung()).toBe(false)
  })

  it('take a nested repository, whose settings are not asked either', async () => {
    await writeFiles(space.dir, { 'sub/inside.txt': 'i' })
    await plainGit(path.join(space.dir, 'sub'), 'init', '--quiet')
    await plainGit(path.join(space.dir, 'sub'), 'add', '.')
    await plainGit(path.join(space.dir, 'sub'), 'commit', '-qm', 'x')
    await plainGit(path.join(space.dir, 'sub'), 'config', 'core.fsmonitor', `touch ${trap}`)
    await expect(space.commit(text)).rejects.toThrow(new WorkspaceRefused('sub/ is a git repository of its own; delete its .git or name it in .gitignore.'))
    expect(await sprung()).toBe(false)
    await rm(path.join(space.dir, 'sub/.git'), { recursive: true })
    expect(await commitAll()).toEqual(['sub/inside.txt'])
  })

  it('ask a submodule that the agent filled', async () => {
    await house.remote.git('update-ref', 'refs/heads/with-sub', await withSubmodule(house, first))
    const base = await house.workspaces.fetch(house.repository, 'with-sub')
    if (base === null) throw new Error('no branch')
    space = await house.workspaces.open({ repository: house.repository, run: 'sub', at: base })
    const sub = path.join(space.dir, 'vendor')
    await plainGit(sub, 'init', '--quiet')
    await plainGit(sub, 'commit', '--allow-empty', '-qm', 'x')
    await plainGit(sub, 'config', 'core.fsmonitor', `touch ${trap}`)
    await writeFiles(space.dir, { 'new.txt': 'n' })
    const sha = await space.commit(text)
    if (sha === null) throw new Error('nothing committed')
    expect((await house.workspaces.diff(house.repository, base, sha)).files.map((file) => file.path)).toEqual(['new.txt'])
    expect(await sprung()).toBe(false)
  })

  it('read through a link: the link is committed, never what it points to', async () => {
    const secret = path.join(house.remote.room, 'secret')
    await mkdir(secret)
    await writeFile(path.join(secret, 'a.txt'), 'host secret')
    await writeFiles(space.dir, { src: { link: secret }, direct: { link: path.join(secret, 'a.txt') } })
    expect(await commitAll()).toEqual(['direct', 'src', 'src/a.txt'])
    expect((await space.diff(first)).text).not.toContain('host secret')
    expect(await house.workspaces.gate(house.repository, first, await space.head())).toEqual([
      `direct is a link to ${secret}/a.txt, which leaves the repository.`,
      `src is a link to ${secret}, which leaves the repository.`,
    ])
  })

  it('read a file of the host in the moment when a folder is swapped for a link', async () => {
    const secret = path.join(house.remote.room, 'secret.txt')
    await writeFile(secret, 'host secret')
    const git = gitCommand({ confine: confinement() })
    const call = { git_dir: path.join(house.remote.room, 'data/mirrors/42.git'), args: ['hash-object', secret] }
    expect((await git(call)).stdout.toString()).toMatch(/^[0-9a-f]{40}\n$/)
    await expect(git({ ...call, confined_to: path.dirname(space.dir) })).rejects.toThrow('No such file or directory')
  })

  it('wait for a pipe, or choke on odd names', async () => {
    await promisify(execFile)('mkfifo', [path.join(space.dir, 'pipe')])
    await writeFiles(space.dir, { ':(top)x': '1', '-rf': '2', 'a\nb': '3', 'q"uote': '4' })
    expect(await commitAll()).toEqual(['-rf', ':(top)x', 'a\nb', 'q"uote'])
  })

  it('take a git directory by another case, or a huge file', async () => {
    await writeFiles(space.dir, { '.GIT/config': 'x' })
    await expect(space.commit(text)).rejects.toThrow(WorkspaceRefused)
    await writeFiles(space.dir, { '.GIT': null, 'huge.bin': Buffer.alloc(51 * 1024 * 1024) })
    await expect(space.commit(text)).rejects.toThrow('huge.bin is larger than 50 MB')
  })

  it('lose the index to the repository: a broken one is made again', async () => {
    await writeFiles(space.dir, { 'new.txt': 'n' })
    await writeFile(path.join(space.dir, '../index'), 'not an index')
    await writeFile(path.join(space.dir, '../index.lock'), '')
    expect(await space.commit(text)).toMatch(/^[0-9a-f]{40}$/)
    expect(await readFile(path.join(space.dir, 'new.txt'), 'utf8')).toBe('n')
  })
})

async function evilGit(trap: string): Promise<Files> {
  const config = `[core]\n\tbare = false\n\tfsmonitor = touch ${trap}\n\tsshCommand = touch ${trap}\n\thooksPath = .git/hooks\n[filter "evil"]\n\tclean = touch ${trap}\n\tsmudge = touch ${trap}\n\trequired = true\n[diff "evil"]\n\ttextconv = touch ${trap}\n\tcommand = touch ${trap}\n[merge "evil"]\n\tdriver = touch ${trap}\n`
  const hook = `#!/bin/sh\ntouch ${trap}\n`
  return {
    '.git/HEAD': 'ref: refs/heads/main\n',
    '.git/config': config,
    '.git/objects/x': '',
    '.git/refs/x': '',
    '.git/hooks/pre-commit': hook,
    '.git/hooks/post-index-change': hook,
    '.git/hooks/reference-transaction': hook,
  }
}

async function withSubmodule(house: House, first: Sha): Promise<string> {
  const index = { GIT_INDEX_FILE: path.join(house.remote.room, 'index') }
  const git = async (...args: string[]): Promise<string> =>
    (
      await promisify(execFile)('git', args, {
        cwd: house.remote.bare,
        env: { PATH: process.env['PATH'], ...index, GIT_AUTHOR_NAME: 'A', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'A', GIT_COMMITTER_EMAIL: 'a@b' },
      })
    ).stdout.trim()
  await git('read-tree', first)
  await git('update-index', '--add', '--cacheinfo', `160000,${first},vendor`)
  return git('commit-tree', await git('write-tree'), '-p', first, '-m', 'sub')
}
