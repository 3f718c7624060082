import { randomUUID } from 'node:crypto'
import { readdir, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import type { Git } from './command.ts'
import { withLock } from './lock.ts'
import type { Places } from './places.ts'
import { runName } from './places.ts'

const abandoned_ms = 60 * 60 * 1000

/** Ends one run's directory. Its last commit stays reachable until the sweep, so that it can still be pushed. */
export async function releaseRun(git: Git, places: Places, run: string): Promise<void> {
  const name = runName(run)
  await discard(places, name)
  for (const dir of await mirrorsOf(places)) {
    const lines = (await namesUnder(git, dir, `refs/missions/${name}`)).flatMap(({ ref, sha }) => [...(ref.endsWith('/head') ? [`update refs/released/${name} ${sha}`] : []), `delete ${ref} ${sha}`])
    await update(git, dir, lines)
  }
}

export async function sweepRuns(git: Git, places: Places, keep: (run: string) => boolean): Promise<void> {
  for (const entry of await list(places.work)) {
    if (entry.startsWith('.')) await removeAbandoned(path.join(places.work, entry))
    else if (!keep(entry)) await discard(places, entry)
  }
  for (const entry of await list(places.mirrors)) if (entry.startsWith('.')) await removeAbandoned(path.join(places.mirrors, entry))
  for (const dir of await mirrorsOf(places)) {
    const found = [...(await namesUnder(git, dir, 'refs/missions')), ...(await namesUnder(git, dir, 'refs/released'))]
    await update(
      git,
      dir,
      found.filter(({ ref }) => !keep(ref.split('/')[2] ?? '')).map(({ ref, sha }) => `delete ${ref} ${sha}`),
    )
    await tidy(git, places, dir)
  }
}

/** Packs a mirror once much has gathered; unreachable objects live on for two weeks. */
async function tidy(git: Git, places: Places, dir: string): Promise<void> {
  const lock = places.lock({ id: Number(path.basename(dir, '.git')) })
  const settings = ['-c', 'gc.auto=6700', '-c', 'gc.pruneExpire=2.weeks.ago']
  await withLock(lock, () => git({ git_dir: dir, args: [...settings, 'gc', '--auto', '--quiet'], timeout_ms: 20 * 60 * 1000 }))
}

async function discard(places: Places, run: string): Promise<void> {
  const old = path.join(places.work, `.old-${run}-${randomUUID()}`)
  try {
    await rename(places.run(run).base, old)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return
    throw error
  }
  await rm(old, { recursive: true, force: true })
}

async function removeAbandoned(dir: string): Promise<void> {
  const found = await stat(dir).catch(() => undefined)
  if (found !== undefined && Date.now() - found.mtimeMs > abandoned_ms) await rm(dir, { recursive: true, force: true })
}

async function mirrorsOf(places: Places): Promise<string[]> {
  return (await list(places.mirrors)).filter((entry) => /^\d+\.git$/.test(entry)).map((entry) => path.join(places.mirrors, entry))
}

async function namesUnder(git: Git, dir: string, prefix: string): Promise<{ ref: string; sha: string }[]> {
  const { stdout } = await git({ git_dir: dir, args: ['for-each-ref', '--format=%(objectname) %(refname)', prefix] })
  return stdout
    .toString('utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ sha: line.slice(0, 40), ref: line.slice(41) }))
}

async function update(git: Git, dir: string, lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await git({ git_dir: dir, args: ['update-ref', '--stdin'], stdin: `${lines.join('\n')}\n` })
}

async function list(dir: string): Promise<string[]> {
  return readdir(dir).catch(() => [])
}
