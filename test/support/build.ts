import { spawnSync } from 'node:child_process'

/**
 * Processes that the tests start run from dist: it must be what src is. `MISSIONS_BUILT` says that it has just been made.
 * A type error does not stop it, for the compiler emits all the same, and types have a check of their own.
 */
export default function setup(): void {
  if (process.env['MISSIONS_BUILT']) return
  const built = spawnSync('node', ['scripts/build.mjs', '--keep'], { encoding: 'utf8' })
  if (built.status !== 0) process.stderr.write(`the build has errors:\n${built.stdout}${built.stderr}\n`)
}
