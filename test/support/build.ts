import { spawnSync } from 'node:child_process'

/** Processes that the tests start run from dist: it must be what src is. `MISSIONS_BUILT` says that it has just been made. */
export default function setup(): void {
  if (process.env['MISSIONS_BUILT']) return
  const built = spawnSync('node', ['scripts/build.mjs'], { encoding: 'utf8' })
  if (built.status !== 0) throw new Error(`the build failed:\n${built.stdout}${built.stderr}`)
}
