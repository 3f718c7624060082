import path from 'node:path'

import { withLock } from '../../src/adapters/git/lock.ts'
import { gitWorkspaces } from '../../src/adapters/git/workspaces.ts'
import { bubblewrapSandboxes } from '../../src/adapters/sandbox/bubblewrap.ts'
import type { Registries } from '../../src/adapters/sandbox/egress/registries.ts'
import { diskSetups } from '../../src/adapters/setups/disk.ts'
import { checkTree } from '../../src/agents/check.ts'
import { AgentsConfig } from '../../src/agents/config.ts'
import { prepare, type Tree } from '../../src/agents/prepare.ts'
import type { ProcedureResult } from '../../src/agents/procedures.ts'
import { Procedures } from '../../src/domain/feature.ts'
import { createRemote, type Files } from '../adapters/git/remote.ts'
import { optionsFor, repository } from '../adapters/git/house.ts'
import { options } from '../sandbox/made.ts'

/** A repository with its procedures, and all that sets it up: real git, real sandboxes, a cache on disk. */
export interface Land extends AsyncDisposable {
  write(files: Files): Promise<void>
  /** A fresh tree of a run, with its sandbox. */
  tree(run: string, over?: { repository?: number }): Promise<Tree & AsyncDisposable>
  prepare(tree: Tree): Promise<ProcedureResult[]>
  check(tree: Tree): Promise<ProcedureResult[]>
}

export async function land(files: Files, given: Partial<Procedures>, registries: Partial<Registries> = {}): Promise<Land> {
  const remote = await createRemote()
  const workspaces = gitWorkspaces(optionsFor(remote))
  const sandboxes = bubblewrapSandboxes({ ...options, registries: { named: [], without: ['*'], env: {}, ...registries } })
  const preparing = { sandboxes, setups: diskSetups({ dir: path.join(remote.room, 'setups'), limit_bytes: 2 ** 30, exclusive: withLock }) }
  const procedures = Procedures.parse({ install: null, test: null, lint: null, types: null, start: null, port: null, health: null, ...given })
  let head = await remote.write('main', files)
  const { signal } = new AbortController()
  return {
    async write(more) {
      head = await remote.write('main', more)
    },
    async tree(run, over = {}) {
      const own = { ...repository, id: over.repository ?? repository.id }
      const workspace = await workspaces.open({ repository: own, run, at: head })
      const sandbox = await sandboxes.open({ run, workdir: workspace.dir, home: workspace.home, writable: true, env: procedures.env })
      return { run, repository: own, workspace, sandbox, procedures, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() }
    },
    prepare: (tree) => prepare(tree, preparing, signal),
    check: (tree) => checkTree(tree, { ...preparing, config: AgentsConfig.parse({}) }, signal),
    [Symbol.asyncDispose]: () => remote[Symbol.asyncDispose](),
  }
}

/** What a run's results come to, for comparing whole: `install 0, test 0`. */
export function told(results: readonly ProcedureResult[]): string {
  return results.map((r) => `${r.name} ${r.exit}`).join(', ')
}
