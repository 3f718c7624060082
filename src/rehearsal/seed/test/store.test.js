import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { openStore } from '../src/store.js'

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), 'store-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

test('is empty before its first booking, and makes its folder', async (t) => {
  const store = openStore(join(await folder(t), 'deep', 'bookings.json'))
  assert.deepEqual(await store.list(), [])
  await store.update(() => [{ id: '1' }])
  assert.deepEqual(JSON.parse(await readFile(store.file, 'utf8')), [{ id: '1' }])
})

test('loses no update of many at once', async (t) => {
  const store = openStore(join(await folder(t), 'bookings.json'))
  await Promise.all(Array.from({ length: 20 }, (_, id) => store.update((all) => [...all, { id }])))
  assert.equal((await store.list()).length, 20)
})

test('says so when its file is broken', async (t) => {
  const file = join(await folder(t), 'bookings.json')
  await writeFile(file, '[{"id":')
  await assert.rejects(openStore(file).list(), SyntaxError)
})
