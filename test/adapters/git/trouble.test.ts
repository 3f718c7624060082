import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { withLock } from '../../../src/adapters/git/lock.ts'
import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import { Sha } from '../../../src/domain/id.ts'
import type { House } from '../../contracts/workspaces.ts'
import { createHost } from './host.ts'
import { buildHouse, optionsFor, repository } from './house.ts'
import { writeFiles } from './remote.ts'

const text = { text: 'Work', trailers: {}, at: new Date(0) }
const few = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`dir${n % 40}/file${n}.txt`, `line ${n}\n`]))
const many = Object.fromEntries(Array.from({ length: 1500 }, (_, n) => [`dir${n % 40}/file${n}.txt`, `line ${n}\n`.repeat(40)]))
const opener = path.join(import.meta.dirname, 'opener.ts')

describe('after trouble', () => {
  let house: House
  let first: Sha
  let data: string
  beforeEach(async () => {
    house = await buildHouse()
    data = path.join(house.remote.room, 'data')
    first = await house.remote.write('main', few)
  })
  afterEach(() => house[Symbol.asyncDispose]())
  const open = (run: string) => house.workspaces.open({ repository, run, at: first })
  const mirror = () => path.join(data, 'mirrors/42.git')

  async function openAndKill(url: string, reached: () => Promise<boolean>): Promise<void> {
    const child = spawn(process.execPath, ['--import', 'tsx', opener, data, url, 'run', first, 'basic x'], { stdio: 'ignore' })
    const ended = once(child, 'exit')
    await vi.waitUntil(async () => child.exitCode !== null || reached().catch(() => false), { timeout: 20_000, interval: 1 })
    child.kill('SIGKILL')
    await ended
    expect(child.signalCode, 'it was killed in the middle').toBe('SIGKILL')
  }

  async function expectWhole(): Promise<void> {
    const space = await open('run')
    expect(await space.changed()).toEqual([])
    expect((await readdir(space.dir)).length).toBe(40)
    await writeFiles(space.dir, { 'new.txt': 'n' })
    expect(await space.commit(text)).toMatch(/^[0-9a-f]{40}$/)
  }

  it.each([1, 2, 3])('a kill while the host answers request %i of the clone leaves nothing that the next open cannot use', async (nth) => {
    await using host = await createHost(house.remote.bare, 'basic x')
    host.during = () => (host.seen.length < nth ? Promise.resolve() : new Promise(() => {}))
    await openAndKill(host.url, async () => host.seen.length === nth)
    await expectWhole()
  })

  it('a kill while the files are being written leaves nothing that the next open cannot use', async () => {
    first = await house.remote.write('main', many)
    await house.workspaces.fetch(repository, 'main')
    await openAndKill(house.remote.bare, async () => (await readdir(path.join(data, 'work'), { recursive: true })).some((name) => name.includes('/tree/dir')))
    await expectWhole()
  })

  it('two processes and this one may open the same run at once: one directory, whole', async () => {
    const spawned = [1, 2].map(() => promisify(execFile)(process.execPath, ['--import', 'tsx', opener, data, house.remote.bare, 'run', first]))
    const [mine, ...theirs] = await Promise.all([open('run'), ...spawned])
    expect(theirs.map(({ stdout }) => stdout)).toEqual([mine.dir, mine.dir])
    expect(await mine.changed()).toEqual([])
    expect(await readdir(path.join(data, 'work'))).toEqual(['run'])
  })

  it('a lost tree is built again where the run stood', async () => {
    const space = await open('run')
    await writeFiles(space.dir, { 'new.txt': 'n' })
    const sha = await space.commit(text)
    await rm(space.dir, { recursive: true })
    const again = await open('run')
    expect(await again.head()).toBe(sha)
    expect(await readFile(path.join(again.dir, 'new.txt'), 'utf8')).toBe('n')
  })

  it('a broken mirror is made anew, with the commits of runs that can still be read', async () => {
    const space = await open('run')
    await writeFiles(space.dir, { 'new.txt': 'n' })
    const sha = await space.commit(text)
    for (const name of await readdir(path.join(mirror(), 'objects/pack'))) {
      const file = path.join(mirror(), 'objects/pack', name)
      await rename(file, `${file}.aside`)
      await writeFile(file, 'broken')
    }
    expect(await (await open('other')).changed()).toEqual([])
    const again = await open('run')
    expect([first, sha]).toContain(await again.head())
    expect(await readFile(path.join(again.dir, 'new.txt'), 'utf8')).toBe('n')
    expect(await house.workspaces.fetch(repository, 'main')).toBe(first)
  })

  it('a mirror with a damaged branch keeps every commit of its runs', async () => {
    const space = await open('run')
    await writeFiles(space.dir, { 'new.txt': 'n' })
    const sha = await space.commit(text)
    await writeFiles(mirror(), { 'refs/remotes/origin/main': `${'1'.repeat(40)}\n` })
    await house.remote.write('main', { 'later.txt': 'l' })
    await house.workspaces.fetch(repository, 'main')
    expect(await (await open('run')).head()).toBe(sha)
    expect(Sha.safeParse(await house.workspaces.fetch(repository, 'main')).success).toBe(true)
  })

  it('a mirror that is gone is made anew, and the directories keep their files', async () => {
    const space = await open('run')
    await writeFiles(space.dir, { 'new.txt': 'n' })
    await rm(mirror(), { recursive: true })
    const again = await open('run')
    expect(await again.changed()).toEqual(['new.txt'])
  })

  it('a lock that a killed git left is taken away', async () => {
    await house.workspaces.fetch(repository, 'main')
    const lock = path.join(mirror(), 'refs/missions/run/head.lock')
    await writeFiles(mirror(), { 'refs/missions/run/head.lock': '' })
    await utimes(lock, new Date(0), new Date(0))
    expect(await (await open('run')).head()).toBe(first)
  })

  it('fetches by many at once all succeed', async () => {
    const others = Array.from({ length: 4 }, () => gitWorkspaces(optionsFor(house.remote)))
    expect(new Set(await Promise.all(others.flatMap((one) => [one.fetch(repository, 'main'), one.fetch(repository, 'main')])))).toEqual(new Set([first]))
  })

  it('a lock dies with its holder', async () => {
    const file = path.join(house.remote.room, 'some.lock')
    const holder = spawn('flock', ['--no-fork', file, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
    holder.stdin.write('\n')
    await once(holder.stdout, 'data')
    const stop = new AbortController()
    const waiting = withLock(file, async () => 'mine', stop.signal)
    stop.abort(new Error('no patience'))
    await expect(waiting).rejects.toThrow('no patience')
    const next = withLock(file, async () => 'mine')
    holder.kill('SIGKILL')
    expect(await next).toBe('mine')
  })
})
