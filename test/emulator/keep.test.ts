import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startEmulator, type EmulatorOptions } from '../../src/emulator/emulator.ts'
import { readRefs } from '../../src/emulator/git/refs.ts'
import { repositoryDir } from '../../src/emulator/git/repository.ts'
import { packageRoot } from '../../src/paths.ts'
import { chance } from '../support/random.ts'

const shop = 'mara/shop'

async function folder(): Promise<AsyncDisposable & { dir: string; options: EmulatorOptions }> {
  const dir = await mkdtemp(join(tmpdir(), 'keep-'))
  return { dir, options: { data_dir: dir, keep: true, webhook: null, app: { id: 7, slug: 'missions' } }, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}

test('an emulator that keeps its state goes on where the last one ended', async () => {
  await using at = await folder()
  const before = await (async () => {
    await using emulator = await startEmulator(at.options)
    expect(emulator.resumed).toBe(false)
    emulator.addUser('mara')
    await emulator.addRepository({ owner: 'mara', name: 'shop' })
    emulator.addCollaborator(shop, 'wren', 'write')
    await emulator.save()
    const mara = emulator.as('mara')
    await mara.createIssue(shop, { title: 'kept', body: 'as it is' })
    await mara.label(shop, 1, 'mission')
    await mara.commitFile(shop, 'main', 'a.txt', 'one\n')
    return { dump: await emulator.dump(), app: emulator.app, url: emulator.url }
  })()
  await using again = await startEmulator(at.options)
  expect(again.resumed).toBe(true)
  expect({ dump: await again.dump(), app: again.app, url: again.url }).toEqual(before)
  // Numbers and ids go on, too.
  expect(await again.as('wren').createIssue(shop, { title: 'next' })).toMatchObject({ number: 2 })
})

test('an address that somebody else has by now is left to them', async () => {
  await using at = await folder()
  const first = await startEmulator(at.options)
  const port = Number(new URL(first.url).port)
  await first.save()
  await first[Symbol.asyncDispose]()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  await using again = await startEmulator(at.options)
  expect(new URL(again.url).port).not.toBe(String(port))
  other.close()
})

test('a change that cannot be put on the disk is not said to be done', async () => {
  await using at = await folder()
  await using emulator = await startEmulator(at.options)
  emulator.addUser('mara')
  await emulator.addRepository({ owner: 'mara', name: 'shop' })
  // A folder stands where the file should go.
  await rm(join(at.dir, 'world.json'))
  await mkdir(join(at.dir, 'world.json', 'x'), { recursive: true })
  await expect(emulator.as('mara').createIssue(shop, { title: 'x' })).rejects.toThrow('answered 500')
  await rm(join(at.dir, 'world.json'), { recursive: true })
  await emulator.as('mara').createIssue(shop, { title: 'y' })
})

test('webhooks that nobody took are in the log of the next one, as deliveries that failed; taken ones are not', async () => {
  await using at = await folder()
  const first = await startEmulator({ ...at.options, webhook: { url: 'http://127.0.0.1:9/', secret: 's' } })
  first.addUser('mara')
  await first.addRepository({ owner: 'mara', name: 'shop' })
  await first.idle()
  await first.as('mara').createIssue(shop, { title: 'x' })
  await first.idle()
  await first.save()
  const events = first.deliveries().map(({ event, guid }) => ({ event, guid }))
  await first[Symbol.asyncDispose]()
  await using again = await startEmulator(at.options)
  expect(again.deliveries().map(({ event, guid }) => ({ event, guid }))).toEqual(events)
  expect(again.deliveries().every(({ status_code, status }) => status_code === 0 && status !== 'pending')).toBe(true)
})

test('a file that is not ours is refused, not overwritten', async () => {
  await using at = await folder()
  await writeFile(join(at.dir, 'world.json'), '{"v":7}')
  await expect(startEmulator(at.options)).rejects.toThrow('world.json is not what the emulator wrote')
})

/** One killed process after the other on the same folder. */
async function start(dir: string): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/emulator/emulator-process.ts', dir], { cwd: packageRoot, stdio: ['ignore', 'pipe', 'inherit'] })
  const [first] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, url: first.toString().trim() }
}

interface Answered {
  issues: Map<number, string>
  comments: Set<number>
  merged: Set<number>
  files: Map<string, string>
}

test('killed in the middle of anything, it has all that was answered, nothing by halves, and no lock in the way', { timeout: 300_000 }, async () => {
  await using at = await folder()
  const random = chance(3)
  const known: Answered = { issues: new Map(), comments: new Set(), merged: new Set(), files: new Map() }
  let n = 0
  let answers = 0
  let onEnough = () => {}
  for (let life = 0; life < 4; life++) {
    const { child, url } = await start(at.dir)
    const ended = once(child, 'exit')
    answers = 14 + random.below(8)
    onEnough = () => child.kill('SIGKILL')
    await Promise.all([1, 2].map((who) => live(url, who)))
    await ended
  }

  await using emulator = await startEmulator(at.options)
  const { repositories } = await emulator.dump()
  const [repository] = repositories
  if (!repository) throw new Error('the repository is gone')
  const numbers = new Map(repository.issues.map((issue) => [issue.number, issue]))
  expect(known.issues.size).toBeGreaterThan(10)
  expect(known.merged.size).toBeGreaterThan(0)
  for (const [number, title] of known.issues) expect(numbers.get(number)?.title).toBe(title)
  expect([...known.comments].filter((id) => !repository.comments.some((comment) => comment.id === id))).toEqual([])
  for (const number of known.merged) expect(numbers.get(number)?.pull?.merged_at).not.toBeNull()
  // The world and git tell one story.
  const refs = await readRefs(repositoryDir(at.dir, repository.id))
  for (const { number, pull, state } of repository.issues) {
    if (!pull) continue
    expect(refs.get(`refs/pull/${number}/head`)).toBe(pull.head.sha)
    if (state === 'open') expect(refs.get(`refs/heads/${pull.head.ref}`)).toBe(pull.head.sha)
  }
  for (const [branch, sha] of known.files) expect(refs.get(`refs/heads/${branch}`)).toBe(sha)
  // Ids are never given twice, and writing goes on.
  const ids = [...repository.issues, ...repository.comments].map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  await emulator.as('mara').commitFile(shop, 'main', 'last.txt', 'still here\n')

  /** Somebody who works until the machine goes away, and remembers what was answered. */
  async function live(url: string, who: number): Promise<void> {
    const call = async (method: string, path: string, body: unknown) => {
      const response = await fetch(`${url}/api/v3/repos/${shop}${path}`, { method, headers: { authorization: 'token user-mara' }, body: JSON.stringify(body) })
      const value: unknown = await response.json()
      if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${JSON.stringify(value)}`)
      if (--answers === 0) onEnough()
      // Whatever the route gives; what is read from it is compared.
      return value as { number: number; id: number; object: { sha: string }; commit: { sha: string } }
    }
    try {
      for (;;) {
        const turn = ++n
        const title = `${who}.${turn}`
        const { number } = await call('POST', '/issues', { title })
        known.issues.set(number, title)
        known.comments.add((await call('POST', `/issues/${number}/comments`, { body: title })).id)
        const main = await fetch(`${url}/api/v3/repos/${shop}/git/ref/heads/main`).then((response) => response.json() as Promise<{ object: { sha: string } }>)
        const branch = `b${turn}`
        await call('POST', '/git/refs', { ref: `refs/heads/${branch}`, sha: main.object.sha })
        const { commit } = await call('PUT', `/contents/${branch}.txt`, { message: title, content: Buffer.from(title).toString('base64'), branch })
        known.files.set(branch, commit.sha)
        const pull = await call('POST', '/pulls', { title, head: branch, base: 'main' })
        known.issues.set(pull.number, title)
        await call('PUT', `/pulls/${pull.number}/merge`, {})
        known.merged.add(pull.number)
      }
    } catch (error) {
      // The connection is gone; an answer in words would be a fault of the emulator.
      if (error instanceof Error && error.message.includes(' answered ')) throw error
    }
  }
})
