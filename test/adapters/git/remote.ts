import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Sha } from '../../../src/domain/id.ts'

const execute = promisify(execFile)

export type Files = Record<string, string | Buffer | { link: string } | null>

/** A bare repository as GitHub would hold it, and a person's clone that fills it. */
export interface Remote extends AsyncDisposable {
  /** A directory for whatever the test needs. */
  room: string
  bare: string
  /** Commits the files to the branch, which starts at `from` (a branch) when it is new, and pushes it. Null deletes a file. */
  write(branch: string, files: Files, from?: string): Promise<Sha>
  head(branch: string): Promise<Sha | null>
  git(...args: string[]): Promise<string>
  delete(branch: string): Promise<void>
}

/** `existing` is the directory of a bare repository that somebody else serves. */
export async function createRemote(existing?: string): Promise<Remote> {
  const room = await mkdtemp(path.join(tmpdir(), 'missions-git-'))
  const bare = existing ?? path.join(room, 'remote.git')
  const clone = path.join(room, 'clone')
  if (existing === undefined) await plainGit(room, 'init', '--quiet', '--bare', '--initial-branch=main', bare)
  await plainGit(bare, 'config', 'uploadpack.allowAnySHA1InWant', 'true')
  await plainGit(room, 'init', '--quiet', '--initial-branch=main', clone)
  const git = (...args: string[]): Promise<string> => plainGit(bare, ...args)

  async function head(branch: string): Promise<Sha | null> {
    const found = await git('for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`)
    return found === '' ? null : Sha.parse(found)
  }

  async function write(branch: string, files: Files, from?: string): Promise<Sha> {
    const start = (await head(branch)) ?? (from === undefined ? null : await head(from))
    if (start !== null) {
      await plainGit(clone, 'fetch', '--quiet', bare, start)
      await plainGit(clone, 'checkout', '--quiet', '--force', '--detach', start)
    } else await plainGit(clone, 'checkout', '--quiet', '--orphan', `start-${Date.now()}`)
    await writeFiles(clone, files)
    await plainGit(clone, 'add', '--all', '--force')
    await plainGit(clone, 'commit', '--quiet', '--allow-empty', '-m', `Write ${Object.keys(files).join(', ').slice(0, 60)}`)
    await plainGit(clone, 'push', '--quiet', '--force', bare, `HEAD:refs/heads/${branch}`)
    return Sha.parse(await plainGit(clone, 'rev-parse', 'HEAD'))
  }

  return {
    room,
    bare,
    write,
    head,
    git,
    delete: async (branch) => void (await git('update-ref', '-d', `refs/heads/${branch}`)),
    [Symbol.asyncDispose]: () => rm(room, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 }),
  }
}

export async function writeFiles(dir: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(dir, name)
    await rm(file, { recursive: true, force: true })
    if (content === null) continue
    await mkdir(path.dirname(file), { recursive: true })
    if (typeof content === 'string' || Buffer.isBuffer(content)) await writeFile(file, content)
    else await symlink(content.link, file)
  }
}

export async function plainGit(cwd: string, ...args: string[]): Promise<string> {
  const env = { PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', HOME: '/nonexistent', ...person }
  const { stdout } = await execute('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.file.allow=always', ...args], { cwd, env, maxBuffer: 1 << 26 })
  return stdout.trimEnd()
}

const person = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' }
