import { spawn } from 'node:child_process'
import { cp, mkdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { git, isolated } from './run.ts'

export function repositoriesDir(data_dir: string): string {
  return join(data_dir, 'repositories')
}

export function repositoryDir(data_dir: string, id: number): string {
  return join(repositoriesDir(data_dir), `${id}.git`)
}

export interface Origin {
  /** A git repository or a folder. */
  from: string
  /** Of a repository: the branch that becomes the default one, and all others come along. Without it HEAD, or the folder, becomes `main`. */
  branch?: string | undefined
}

/** A bare repository that takes pushes. */
export async function createBare(data_dir: string, id: number, origin: Origin | null): Promise<string> {
  const dir = repositoryDir(data_dir, id)
  await mkdir(dir, { recursive: true })
  await git(dir, ['init', '--quiet', '--bare', '--initial-branch=main', dir])
  const settings = {
    'http.receivepack': 'true',
    'receive.autogc': 'false',
    'gc.auto': '0',
    'receive.hideRefs': 'refs/pull',
    'uploadpack.allowAnySHA1InWant': 'true',
    'core.hooksPath': await writeHooks(data_dir),
    'core.logAllRefUpdates': 'false',
  }
  for (const [key, value] of Object.entries(settings)) await git(dir, ['config', key, value])
  if (origin?.branch !== undefined) await importAll(dir, origin.from, origin.branch)
  else if (origin !== null) await ((await isGitRepository(origin.from)) ? importHistory(dir, origin.from) : importFolder(dir, origin.from))
  return dir
}

async function isGitRepository(path: string): Promise<boolean> {
  const found = await Promise.allSettled([stat(join(path, '.git')), stat(join(path, 'HEAD'))])
  return found.some((result) => result.status === 'fulfilled')
}

async function importHistory(dir: string, from: string): Promise<void> {
  await git(dir, ['-c', 'safe.directory=*', 'fetch', '--quiet', '--no-tags', from, 'HEAD:refs/heads/main'])
}

/** Everything but what missions made: their branches here must be free. */
async function importAll(dir: string, from: string, branch: string): Promise<void> {
  const specs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*', '^refs/heads/mission', '^refs/heads/mission/*']
  // A setting of ours does not reach the other side of a fetch; whose repository it is has been looked at before.
  await git(dir, ['fetch', '--quiet', '--no-write-fetch-head', '--upload-pack=git -c safe.directory=* upload-pack', from, ...specs])
  await git(dir, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
}

async function importFolder(dir: string, from: string): Promise<void> {
  const copy = `${dir}.import`
  const index = `${dir}.index`
  await cp(from, copy, { recursive: true, filter: (path) => !path.includes('node_modules') })
  const env = { GIT_INDEX_FILE: index, GIT_WORK_TREE: copy }
  await git(dir, ['add', '--all'], { env })
  const tree = (await git(dir, ['write-tree'], { env })).trim()
  const commit = (await git(dir, ['commit-tree', tree, '-m', 'first commit'])).trim()
  await git(dir, ['update-ref', 'refs/heads/main', commit])
  await rm(copy, { recursive: true })
  await rm(index)
}

/** The gate of a push; what it refuses comes in by environment from the server. */
async function writeHooks(data_dir: string): Promise<string> {
  const hooks = join(data_dir, 'hooks')
  await mkdir(hooks, { recursive: true })
  await writeFile(join(hooks, 'update'), updateHook, { mode: 0o755 })
  return hooks
}

const updateHook = `#!/bin/sh
ref=$1; new=$3
if [ -n "$EMULATOR_REFUSE_PUSH" ]; then echo "error: $EMULATOR_REFUSE_PUSH" >&2; exit 1; fi
case " $EMULATOR_PROTECTED " in *" $ref "*) echo "error: GH006: Protected branch update failed for $ref." >&2; exit 1;; esac
if [ -n "$EMULATOR_NO_WORKFLOWS" ] && [ -n "\${new#0000000000000000000000000000000000000000}" ]; then
  file=$(git log --format= --name-only "$new" --not --all -- .github/workflows | head -n 1)
  if [ -n "$file" ]; then
    echo "error: refusing to allow a GitHub App to create or update workflow \\\`$file\\\` without \\\`workflows\\\` permission" >&2; exit 1
  fi
fi
exit 0
`

/** One request to `git http-backend`; the caller pipes the bodies. */
export function spawnBackend(data_dir: string, env: Record<string, string>): ReturnType<typeof spawn> {
  return spawn('git', ['http-backend'], {
    env: { ...isolated, GIT_PROJECT_ROOT: repositoriesDir(data_dir), GIT_HTTP_EXPORT_ALL: '1', ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}
