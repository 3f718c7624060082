import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openWorld } from './world.ts'

const run = promisify(execFile)

test('branches come, move and go, and the app hears of each', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  await clone.git('checkout', '--quiet', '-b', 'topic')
  const first = await clone.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n' }, 'first')
  await clone.git('push', '--quiet', 'origin', 'topic')
  await clone.git('rm', '--quiet', 'b.txt')
  const second = await clone.commit({ 'a.txt': 'aa\n' }, 'second')
  await clone.git('push', '--quiet', 'origin', 'topic')
  await clone.git('reset', '--quiet', '--hard', first)
  await clone.git('push', '--quiet', '--force', 'origin', 'topic')
  await clone.git('push', '--quiet', '--delete', 'origin', 'topic')
  expect(await world.arrived()).toEqual(['installation.created', 'create', 'push', 'push', 'push', 'delete', 'push'])
  const pushes = world.received.filter((webhook) => webhook.name === 'push').map(({ payload }) => payload)
  expect(pushes.map(({ created, forced, deleted, after }) => ({ created, forced, deleted, after }))).toEqual([
    { created: true, forced: false, deleted: false, after: first },
    { created: false, forced: false, deleted: false, after: second },
    { created: false, forced: true, deleted: false, after: first },
    { created: false, forced: false, deleted: true, after: '0'.repeat(40) },
  ])
  expect(pushes[1]?.['commits']).toMatchObject([{ id: second, message: 'second', removed: ['b.txt'], modified: ['a.txt'], added: [] }])
  expect(pushes[1]).toMatchObject({ ref: 'refs/heads/topic', pusher: { name: 'wren' }, sender: { login: 'wren', type: 'User' } })
})

test('only a token with contents write may push', async () => {
  await using world = await openWorld()
  const reader = await world.clone(await world.token({ permissions: { contents: 'read' } }), 'reader')
  await reader.commit({ 'a.txt': 'a' })
  await expect(reader.git('push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/403/)
  const stranger = await world.clone('user-otto', 'stranger')
  await stranger.commit({ 'a.txt': 'a' })
  await expect(stranger.git('push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/403/)
  await expect(world.clone('user-nobody', 'nobody')).rejects.toThrow(/could not read Username/)
})

test('workflows, protected branches and pull request refs are out of reach', async () => {
  await using world = await openWorld()
  world.emulator.protect('mara/shop', 'main')
  const clone = await world.clone(await world.token())
  await clone.commit({ 'a.txt': 'a' })
  await expect(clone.git('push', 'origin', 'HEAD:main')).rejects.toThrow(/GH006: Protected branch/)
  await expect(clone.git('push', 'origin', 'HEAD:refs/pull/1/head')).rejects.toThrow(/hidden ref/)
  await clone.git('push', '--quiet', 'origin', 'HEAD:refs/heads/fine')
  await clone.commit({ '.github/workflows/ci.yml': 'on: push' })
  await expect(clone.git('push', 'origin', 'HEAD:refs/heads/x')).rejects.toThrow(/refusing to allow a GitHub App to create or update workflow/)
  const person = await world.clone('user-wren', 'person')
  await person.commit({ '.github/workflows/ci.yml': 'on: push' })
  await person.git('push', '--quiet', 'origin', 'HEAD:refs/heads/y')
})

test('a lease protects what somebody else pushed', async () => {
  await using world = await openWorld()
  const mine = await world.clone(await world.token(), 'mine')
  const theirs = await world.clone('user-wren', 'theirs')
  const base = await mine.git('rev-parse', 'HEAD')
  await theirs.commit({ 'theirs.txt': 'x' })
  await theirs.git('push', '--quiet', 'origin', 'HEAD:refs/heads/topic')
  await mine.commit({ 'mine.txt': 'x' })
  await expect(mine.git('push', `--force-with-lease=refs/heads/topic:${base}`, 'origin', 'HEAD:refs/heads/topic')).rejects.toThrow(/stale info/)
})

test('a branch refuses another one below its own name', async () => {
  await using world = await openWorld()
  const sha = (await world.app.rest.repos.getBranch({ ...world.repo, branch: 'main' })).data.commit.sha
  const ref = (name: string) => world.app.rest.git.createRef({ ...world.repo, ref: `refs/heads/${name}`, sha })
  await ref('mission/7/main')
  await expect(ref('mission/7')).rejects.toMatchObject({ status: 422 })
  await expect(ref('mission/7/main')).rejects.toMatchObject({ status: 422, message: expect.stringContaining('Reference already exists') })
  const { data } = await world.app.rest.git.listMatchingRefs({ ...world.repo, ref: 'heads/mission/' })
  expect(data.map((found) => found.ref)).toEqual(['refs/heads/mission/7/main'])
})

test('a repository starts from a folder, from another repository, or empty', async () => {
  await using world = await openWorld()
  const folder = join(world.dir, 'seed')
  await mkdir(join(folder, 'src'), { recursive: true })
  await writeFile(join(folder, 'src/server.js'), 'hello\n')
  await world.emulator.addRepository({ owner: 'mara', name: 'folder', from: folder })
  await run('git', ['-C', folder, 'init', '--quiet'])
  await run('git', ['-C', folder, '-c', 'user.name=x', '-c', 'user.email=x@y', 'commit', '--quiet', '--allow-empty', '-m', 'from git'])
  await world.emulator.addRepository({ owner: 'mara', name: 'history', from: folder })
  await world.emulator.addRepository({ owner: 'mara', name: 'empty', empty: true })
  const { app } = world
  const raw = await app.rest.repos.getContent({ owner: 'mara', repo: 'folder', path: 'src/server.js', mediaType: { format: 'raw' } })
  expect(raw.data).toBe('hello\n')
  expect((await app.rest.repos.listCommits({ owner: 'mara', repo: 'history' })).data.map((commit) => commit.commit.message)).toEqual(['from git'])
  expect((await app.rest.repos.listBranches({ owner: 'mara', repo: 'empty' })).data).toEqual([])
  await expect(app.rest.repos.listCommits({ owner: 'mara', repo: 'empty' })).rejects.toMatchObject({ status: 409 })
  await expect(app.request('GET /repos/mara/folder/contents/.github%2Fmissions.yml')).rejects.toMatchObject({ status: 404 })
})

test('pushes at the same moment come out one after the other', async () => {
  await using world = await openWorld()
  const clones = await Promise.all(['one', 'two', 'three'].map((name) => world.clone('user-wren', name)))
  for (const [index, clone] of clones.entries()) await clone.commit({ [`${index}.txt`]: 'x' })
  await Promise.all(clones.map((clone, index) => clone.git('push', '--quiet', 'origin', `HEAD:refs/heads/p${index}`)))
  const { repositories } = await world.emulator.dump()
  expect(Object.keys(repositories[0]?.refs ?? {})).toEqual(['refs/heads/main', 'refs/heads/p0', 'refs/heads/p1', 'refs/heads/p2'])
  expect((await world.arrived()).filter((name) => name === 'push')).toHaveLength(3)
})
