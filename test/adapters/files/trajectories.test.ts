import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fileTrajectories } from '../../../src/adapters/files/trajectories.ts'
import { effectId, missionKey, type EffectId } from '../../../src/domain/id.ts'
import { trajectoriesContract } from '../../contracts/trajectories.ts'

trajectoriesContract('files', async () => {
  const folder = await tempFolder()
  return { trajectories: fileTrajectories(folder.dir), other: fileTrajectories(folder.dir), [Symbol.asyncDispose]: folder[Symbol.asyncDispose] }
})

const run = effectId(missionKey({ repository_id: 81234, issue: 7, k: 1 }), 'start-run', 'build', 'f1', 1)

test.for([
  ['a short torn line', '{"turn":3,"te'],
  ['a torn line longer than what is read at once', `{"text":"${'x'.repeat(200_000)}`],
  ['a whole line that lacks only its newline', '{"turn":3}'],
])('%s is not read, and cut off before the next', async ([, torn]) => {
  await using folder = await tempFolder()
  const trajectories = fileTrajectories(folder.dir)
  for (const turn of [1, 2]) await trajectories.append(run, { turn })
  await appendFile(folder.file, torn ?? '')
  expect(await trajectories.read(run)).toEqual([{ turn: 1 }, { turn: 2 }])
  await fileTrajectories(folder.dir).append(run, { turn: 3, again: true })
  expect(await readFile(folder.file, 'utf8')).toBe('{"turn":1}\n{"turn":2}\n{"turn":3,"again":true}\n')
})

test('a file that is nothing but a torn line starts anew', async () => {
  await using folder = await tempFolder()
  const trajectories = fileTrajectories(folder.dir)
  await trajectories.append(run, { turn: 1 })
  await writeFile(folder.file, '{"turn":1')
  expect(await trajectories.read(run)).toEqual([])
  await trajectories.append(run, { turn: 1 })
  expect(await trajectories.read(run)).toEqual([{ turn: 1 }])
})

test('damage in the middle is told with file and line', async () => {
  await using folder = await tempFolder()
  const trajectories = fileTrajectories(folder.dir)
  await trajectories.append(run, { turn: 1 })
  await appendFile(folder.file, 'damaged\n{"turn":3}\n')
  await expect(trajectories.read(run)).rejects.toThrow('start-run.build.f1.1.jsonl is corrupt in line 2')
})

test.for(['81234-7/../../escape.x', '../81234-7.x', '81234-7.a/b', '81234-7.', ''])('the run id %j is refused', async (id) => {
  await using folder = await tempFolder()
  const trajectories = fileTrajectories(folder.dir)
  expect(() => trajectories.append(id as EffectId, {})).toThrow()
  await expect(trajectories.read(id as EffectId)).rejects.toThrow()
  expect(await readdir(folder.dir)).toEqual([])
})

test('nobody else on the machine can read a trajectory', async () => {
  await using folder = await tempFolder()
  await fileTrajectories(folder.dir).append(run, { turn: 1 })
  expect((await stat(folder.file)).mode & 0o777).toBe(0o600)
})

async function tempFolder() {
  const dir = await mkdtemp(join(tmpdir(), 'missions-trajectories-'))
  return { dir, file: join(dir, '81234-7', 'start-run.build.f1.1.jsonl'), [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) }
}
