import type { Sha } from '../../domain/id.ts'
import type { RepositoryRef, Tree } from '../../ports/workspaces.ts'
import type { Git } from './command.ts'
import type { Mirrors } from './mirrors.ts'
import { records } from './staging.ts'

const most_paths = 50_000
const text_limit_bytes = 200_000

/** Reads git objects only, never a working directory. */
export async function treeOf(parts: { git: Git; mirrors: Mirrors }, repository: RepositoryRef, at: Sha, signal?: AbortSignal): Promise<Tree> {
  const { git, mirrors } = parts
  await mirrors.ensure(repository, [at], signal)
  const blobs = await mirrors.use(repository, (dir) => blobsOf(git, dir, at, signal), signal)
  return {
    paths: [...blobs.keys()],
    async text(path) {
      const blob = blobs.get(path)
      if (blob === undefined) return null
      const { stdout } = await mirrors.use(repository, (dir) => git({ git_dir: dir, args: ['cat-file', 'blob', blob], limit_bytes: text_limit_bytes, beyond: 'cut', signal }), signal)
      return stdout.includes(0) ? null : stdout.toString('utf8')
    },
  }
}

/** Regular files only: a link's text is a path, and a submodule has none. */
async function blobsOf(git: Git, git_dir: string, at: Sha, signal?: AbortSignal): Promise<Map<string, string>> {
  const { stdout } = await git({ git_dir, args: ['ls-tree', '-r', '-z', '--full-tree', at], signal })
  const entries = records(stdout).flatMap((record) => {
    const [, mode, blob, path] = /^(\d+) blob ([0-9a-f]{40})\t([^]+)$/.exec(record) ?? []
    return mode !== undefined && mode !== '120000' && blob !== undefined && path !== undefined ? [[path, blob] as const] : []
  })
  return new Map(entries.slice(0, most_paths))
}
