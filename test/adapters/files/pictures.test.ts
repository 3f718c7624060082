import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { filePictures } from '../../../src/adapters/files/pictures.ts'
import { missionKey } from '../../../src/domain/id.ts'
import { png } from '../../support/pictures.ts'

const [mine, theirs] = [missionKey({ repository_id: 1, issue: 2, k: 1 }), missionKey({ repository_id: 1, issue: 2, k: 2 })]

test('pictures are kept with their mission, once, and read only as they were', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'pictures-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const pictures = filePictures(dir)
  const [first, again] = await Promise.all([pictures.keep(mine, png()), pictures.keep(mine, png())])
  expect(first).toBe(again)
  expect(await readdir(join(dir, mine))).toEqual([first])
  expect(await filePictures(dir).read(mine, first)).toEqual(png())
  expect([await pictures.read(theirs, first), await pictures.read(mine, 'ab'.repeat(32)), await pictures.read(mine, `../${mine}/${first}`)]).toEqual([null, null, null])
  await writeFile(join(dir, mine, first), png(9, 9))
  expect(await pictures.read(mine, first)).toBeNull()
})
