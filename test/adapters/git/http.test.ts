import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import { Sha } from '../../../src/domain/id.ts'
import type { Workspaces } from '../../../src/ports/workspaces.ts'
import { createHost } from './host.ts'
import type { Host } from './host.ts'
import { optionsFor, repository } from './house.ts'
import { createRemote, writeFiles } from './remote.ts'
import type { Remote } from './remote.ts'

const token = 'ghs_4711_canary.eyJhbGciOi'
const authorization = `basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
const shapes = [token, authorization, authorization.slice(6)]

describe('over HTTP', () => {
  let remote: Remote
  let host: Host
  let workspaces: Workspaces
  let first: Sha
  const asked: string[] = []
  beforeEach(async () => {
    remote = await createRemote()
    host = await createHost(remote.bare, authorization)
    first = await remote.write('main', { 'README.md': 'hello\n' })
    asked.length = 0
    workspaces = gitWorkspaces(
      optionsFor(remote, {
        credential: async (ref, access) => {
          asked.push(`${ref.owner}/${ref.name} ${access}`)
          return { url: host.url, authorization }
        },
      }),
    )
  })
  afterEach(async () => {
    await host[Symbol.asyncDispose]()
    await remote[Symbol.asyncDispose]()
  })

  async function work(): Promise<Sha> {
    const space = await workspaces.open({ repository, run: 'run', at: first })
    await writeFiles(space.dir, { 'new.txt': 'n' })
    return Sha.parse(await space.commit({ text: 'New', trailers: {}, at: new Date(0) }))
  }

  it('the token is in no process list and in no file, and each way is asked for its own', async () => {
    const lists: string[] = []
    host.during = async () => void lists.push(await commandLines())
    await workspaces.fetch(repository, 'main')
    const sha = await work()
    expect(await workspaces.push({ repository, branch: 'mission/1/f1', sha, expected: null })).toEqual({ ok: true })
    expect(host.seen.every((header) => header === authorization)).toBe(true)
    expect(lists.length).toBeGreaterThan(3)
    expect(lists.join('\n')).toContain('git-remote-http')
    for (const shape of shapes) expect(lists.join('\n')).not.toContain(shape)
    for (const file of await filesBelow(path.join(remote.room, 'data'))) for (const shape of shapes) expect((await readFile(file)).includes(shape), file).toBe(false)
    expect(new Set(asked)).toEqual(new Set(['octo/shop read', 'octo/shop write']))
  })

  it('the token is in no error, whatever the host answers', async () => {
    await workspaces.fetch(repository, 'main')
    for (const status of [401, 403, 404, 500]) {
      host.mood = { status, body: `remote: ${authorization} ${token}` }
      const error = await workspaces.fetch(repository, 'main').catch((failure: unknown) => failure)
      expect(error).toMatchObject({ name: 'Error', retryable: true })
      const whole = JSON.stringify(error, Object.getOwnPropertyNames(error))
      for (const shape of shapes) expect(whole).not.toContain(shape)
    }
  })

  it('a redirect is not followed, since it could take the token to another host', async () => {
    await using other = await createHost(remote.bare, authorization)
    host.mood = { status: 302, body: '', location: `${other.url}/info/refs?service=git-upload-pack` }
    await expect(workspaces.fetch(repository, 'main')).rejects.toThrow('302')
    expect(other.seen).toEqual([])
  })

  it('an address with a password in it is refused before git sees it', async () => {
    workspaces = gitWorkspaces(optionsFor(remote, { credential: async () => ({ url: `http://x:${token}@127.0.0.1/x.git`, authorization: '' }) }))
    const error = await workspaces.fetch(repository, 'main').catch((failure: unknown) => failure)
    expect(String(error)).toBe('Error: the address of a repository holds no user and no password')
  })

  it("a push that the host refuses comes back with the host's words", async () => {
    const sha = await work()
    const hook = path.join(remote.bare, 'hooks/pre-receive')
    await writeFile(hook, '#!/bin/sh\necho "error: GH013: Repository rule violations found" >&2\necho "- Push cannot contain secrets" >&2\nexit 1\n', { mode: 0o755 }).catch(() => {})
    await chmod(hook, 0o755)
    expect(await workspaces.push({ repository, branch: 'mission/1/f1', sha, expected: null })).toEqual({
      ok: false,
      why: 'refused',
      detail: 'error: GH013: Repository rule violations found\n- Push cannot contain secrets\n[remote rejected] (pre-receive hook declined)',
    })
    expect(await remote.head('mission/1/f1')).toBeNull()
  })

  it('a host that is away is an error to try again, not a refusal', async () => {
    const sha = await work()
    host.mood = { status: 503, body: 'away' }
    await expect(workspaces.push({ repository, branch: 'mission/1/f1', sha, expected: null })).rejects.toMatchObject({ retryable: true })
  })

  it('a wait ends when it is called off', async () => {
    const stop = new AbortController()
    host.during = () => new Promise(() => stop.abort(new Error('called off')))
    await expect(workspaces.fetch(repository, 'main', stop.signal)).rejects.toThrow('called off')
    host.during = null
    expect(await workspaces.fetch(repository, 'main')).toBe(first)
  })
})

async function commandLines(): Promise<string> {
  return (await promisify(execFile)('ps', ['axww', '-o', 'args'])).stdout
}

async function filesBelow(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true })
  const files = await Promise.all(entries.map(async (entry) => ((await stat(path.join(dir, entry))).isFile() ? [path.join(dir, entry)] : [])))
  return files.flat()
}
