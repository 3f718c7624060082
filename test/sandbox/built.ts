import { execFile } from 'node:child_process'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { packageRoot } from '../../src/paths.ts'

/** What runs inside a sandbox comes from dist: builds it where it is missing or older than its source. */
export async function built(): Promise<void> {
  const source = join(packageRoot, 'src/adapters/sandbox/inside')
  const output = join(packageRoot, 'dist/adapters/sandbox/inside')
  const names = await readdir(source)
  const stale = await Promise.all(names.map(async (name) => (await changed(join(source, name))) > (await changed(join(output, name.replace(/\.ts$/, '.js'))))))
  if (!stale.includes(true)) return
  // It also checks other folders and fails for them, after it has written everything.
  await promisify(execFile)('npx', ['tsc', '-p', 'tsconfig.build.json'], { cwd: packageRoot }).catch(() => undefined)
}

async function changed(path: string): Promise<number> {
  return stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  )
}
