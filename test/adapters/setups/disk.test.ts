import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, onTestFinished, test } from 'vitest'

import { withLock } from '../../../src/adapters/git/lock.ts'
import { diskSetups } from '../../../src/adapters/setups/disk.ts'
import type { SetUpPlaces } from '../../../src/ports/setups.ts'

const keyOf = (name: string) => createHash('sha256').update(name).digest('hex')

async function store(limit_bytes: number) {
  const room = await mkdtemp(join(tmpdir(), 'missions-setups-'))
  onTestFinished(() => rm(room, { recursive: true, force: true }))
  const open = () => diskSetups({ dir: join(room, 'setups'), limit_bytes, exclusive: withLock })
  let runs = 0
  return {
    room,
    open,
    /** A run's own two folders. */
    places: async (): Promise<SetUpPlaces> => {
      const base = join(room, `run${(runs += 1)}`)
      const into = { dir: join(base, 'tree'), home: join(base, 'home') }
      await mkdir(into.dir, { recursive: true })
      await mkdir(into.home)
      return into
    },
  }
}

const fill = (dir: string) => writeFile(join(dir, 'source'), 'source')

async function big(at: SetUpPlaces): Promise<boolean> {
  await mkdir(join(at.dir, 'fetched'))
  await writeFile(join(at.dir, 'fetched', 'blob'), Buffer.alloc(2 ** 20, 7))
  await writeFile(join(at.home, '.cache'), 'warm')
  return true
}

test('many who want the same at once, through stores of their own, have it made once and get a copy each', async () => {
  const { places, open } = await store(2 ** 30)
  let made = 0
  const all = await Promise.all(
    Array.from({ length: 5 }, async () => {
      const into = await places()
      const outcome = await open().provide({ key: keyOf('a'), into, fill }, async (at) => (made += 1) > 0 && big(at))
      return [outcome, (await readdir(into.dir)).join(), (await readFile(join(into.home, '.cache'))).toString()].join(' ')
    }),
  )
  expect(made).toBe(1)
  expect(all.toSorted((a, b) => a.localeCompare(b))).toEqual([...Array.from({ length: 4 }, () => 'kept fetched warm'), 'made fetched warm'])
})

test('what failed or threw is not kept, and leaves nothing behind', async () => {
  const { places, open, room } = await store(2 ** 30)
  const setups = open()
  const into = await places()
  expect(await setups.provide({ key: keyOf('a'), into, fill }, async (at) => (await big(at)) && false)).toBe('failed')
  const cut = setups.provide({ key: keyOf('a'), into, fill }, async (at) => {
    await big(at)
    throw new Error('cut off')
  })
  await expect(cut).rejects.toThrow('cut off')
  expect([await readdir(into.dir), await readdir(join(room, 'setups', 'kept')), (await readdir(join(room, 'setups'))).filter((name) => name.startsWith('.'))]).toEqual([[], [], []])
  expect(await setups.provide({ key: keyOf('a'), into, fill }, big)).toBe('made')
})

test('past its limit it lets go of what was not used for longest', async () => {
  const { places, open } = await store(2.5 * 2 ** 20)
  const setups = open()
  const want = async (name: string) => setups.provide({ key: keyOf(name), into: await places(), fill }, big)
  expect([await want('a'), await want('b'), await want('a'), await want('c')]).toEqual(['made', 'made', 'kept', 'made'])
  expect([await want('a'), await want('c'), await want('b')]).toEqual(['kept', 'kept', 'made'])
})
