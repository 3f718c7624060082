import path from 'node:path'
import { expect, it } from 'vitest'
import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import { repositoryDir } from '../../../src/emulator/git/repository.ts'
import { workspacesContract } from '../../contracts/workspaces.ts'
import type { House } from '../../contracts/workspaces.ts'
import { openWorld } from '../../emulator/world.ts'
import { optionsFor } from './house.ts'
import { createRemote, writeFiles } from './remote.ts'

workspacesContract('git at the emulator', buildAtEmulator)

it("the emulator's refusals come back in its words", async () => {
  await using house = await buildAtEmulator()
  const { remote, workspaces, repository } = house
  const first = await remote.write('main', { 'README.md': 'hello\n' })
  const space = await workspaces.open({ repository, run: 'run', at: first })
  await writeFiles(space.dir, { '.github/workflows/ci.yml': 'on: push\n' })
  const sha = await space.commit({ text: 'CI', trailers: {}, at: new Date(0) })
  if (sha === null) throw new Error('nothing committed')
  expect(await workspaces.push({ repository, branch: 'mission/1/f1', sha, expected: null })).toEqual({
    ok: false,
    why: 'refused',
    detail: expect.stringContaining('refusing to allow a GitHub App to create or update workflow'),
  })
  expect(await remote.head('mission/1/f1')).toBeNull()
})

async function buildAtEmulator(): Promise<House> {
  const world = await openWorld()
  const { id, owner, name } = await world.emulator.addRepository({ owner: 'mara', name: 'empty', empty: true })
  const remote = await createRemote(repositoryDir(path.join(world.dir, 'data'), id))
  const credential = async () => ({
    url: `${world.emulator.url}/${owner}/${name}.git`,
    authorization: `basic ${Buffer.from(`x-access-token:${await world.token()}`).toString('base64')}`,
  })
  return {
    remote,
    repository: { id, installation_id: 1, owner, name },
    workspaces: gitWorkspaces(optionsFor(remote, { credential })),
    async [Symbol.asyncDispose]() {
      await world[Symbol.asyncDispose]()
      await remote[Symbol.asyncDispose]()
    },
  }
}
