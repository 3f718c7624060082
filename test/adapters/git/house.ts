import path from 'node:path'
import { gitWorkspaces } from '../../../src/adapters/git/workspaces.ts'
import type { GitOptions } from '../../../src/adapters/git/workspaces.ts'
import type { House } from '../../contracts/workspaces.ts'
import { createRemote } from './remote.ts'
import type { Remote } from './remote.ts'

export const repository = { id: 42, installation_id: 1, owner: 'octo', name: 'shop' }

export function optionsFor(remote: Remote, more: Partial<GitOptions> = {}): GitOptions {
  return {
    data_dir: path.join(remote.room, 'data'),
    author: { name: 'Missions', email: 'missions@example.com' },
    credential: async () => ({ url: remote.bare, authorization: '' }),
    ...more,
  }
}

export async function buildHouse(more: Partial<GitOptions> = {}): Promise<House> {
  const remote = await createRemote()
  return { remote, repository, workspaces: gitWorkspaces(optionsFor(remote, more)), [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose]() }
}
