import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { applied, seedFolder, type Change } from '../../src/rehearsal/story/edits.ts'

const run = promisify(execFile)

/** A copy of the seed in a real git repository; removed at the end of its scope. */
export class Tree implements AsyncDisposable {
  readonly path: string

  private constructor(path: string) {
    this.path = path
  }

  static async plant(): Promise<Tree> {
    const path = await mkdtemp(join(tmpdir(), 'rehearsal-'))
    await cp(seedFolder, path, { recursive: true, filter: (source) => !source.endsWith('/data') })
    const tree = new Tree(path)
    await tree.git('init', '-q', '-b', 'main')
    await tree.commit('seed')
    return tree
  }

  async apply(...changes: Change[]): Promise<void> {
    for (const change of changes) {
      const file = join(this.path, change.path)
      const before = change.act === 'edit' ? await readFile(file, 'utf8') : null
      const after = applied(change, before)
      if (after === null) throw new Error(`an edit of ${change.path} does not find its lines:\n${change.act === 'edit' ? change.old : ''}`)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, after)
    }
  }

  async commit(message: string): Promise<void> {
    await this.git('add', '-A')
    await this.git('commit', '-q', '-m', message)
  }

  async git(...args: string[]): Promise<string> {
    const { stdout } = await run('git', ['-c', 'user.name=t', '-c', 'user.email=t@localhost', '-c', 'core.hooksPath=/dev/null', ...args], { cwd: this.path })
    return stdout
  }

  /** Runs the repository's own tests, all or some files. */
  async tests(...files: string[]): Promise<{ green: boolean; output: string }> {
    try {
      const { stdout } = await run(process.execPath, ['--test', ...files], { cwd: this.path, env: cleanEnvironment() })
      return { green: true, output: stdout }
    } catch (error) {
      return { green: false, output: error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error) }
    }
  }

  async lint(): Promise<string> {
    const { stdout } = await run(process.execPath, ['scripts/lint.js'], { cwd: this.path })
    return stdout
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.path, { recursive: true, force: true })
  }
}

export function cleanEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env
  return { PATH, HOME }
}
