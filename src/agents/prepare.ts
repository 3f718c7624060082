import { createHash } from 'node:crypto'
import type { Procedures } from '../domain/feature.ts'
import { canonicalJson } from '../domain/plan-document.ts'
import { isManifest, setUpInputs } from '../domain/setup.ts'
import type { CommandResult, Passage, Sandbox, Sandboxes } from '../ports/sandbox.ts'
import type { Setups } from '../ports/setups.ts'
import type { RepositoryRef, Workspace } from '../ports/workspaces.ts'
import type { ProcedureResult } from './procedures.ts'
import { runProcedures, set_up_timeout_ms } from './procedures.ts'

/** A run's tree with the sandbox that is open on it, as the last commit left it. */
export interface Tree {
  run: string
  repository: RepositoryRef
  workspace: Workspace
  sandbox: Sandbox
  procedures: Procedures
}

export interface Preparing {
  sandboxes: Sandboxes
  setups: Setups
}

/** A change of how set-ups are made or kept makes earlier ones worthless. */
const VERSION = 1
const manifests_at_most = 300

/**
 * Brings a fresh tree to where its checks and its product can run: `install`, which alone reaches registries, in a sandbox
 * of its own and once for the same inputs; then `build`, here and without network. Nothing is built after a failed install.
 */
export async function prepare(tree: Tree, services: Preparing, signal: AbortSignal): Promise<ProcedureResult[]> {
  const { install } = tree.procedures
  const installed = install === null ? [] : [await setUp(tree, install, services, signal)]
  if (installed.some((r) => r.exit !== 0)) return installed
  return [...installed, ...(await runProcedures(tree.sandbox, tree.procedures, ['build'], signal))]
}

async function setUp(tree: Tree, install: string, { sandboxes, setups }: Preparing, signal: AbortSignal): Promise<ProcedureResult> {
  const { workspace, run, procedures } = tree
  const into = { dir: workspace.dir, home: workspace.home }
  const began = performance.now()
  let result: ProcedureResult | null = null
  const make = async (at: typeof into): Promise<boolean> => {
    await using open = await sandboxes.openSetUp({ run: `${run}:set-up`, workdir: at.dir, home: at.home, env: procedures.env })
    const done = await open.sandbox.exec({ argv: ['bash', '-c', install], timeout_ms: set_up_timeout_ms, output_limit_bytes: 64_000 }, signal)
    result = told(install, done, open.passages())
    return done.exit === 0
  }
  // Where paths differ from run to run, what was made for one is of no use to another.
  if (sandboxes.same_paths) await setups.provide({ key: await keyOf(tree, install, sandboxes), into, fill: (dir) => workspace.export(dir) }, make, signal)
  else await make(into)
  return result ?? { name: 'install', command: install, exit: 0, output: '', seconds: secondsSince(began), note: 'kept from an earlier set-up with the same inputs' }
}

/** Equal for trees in which the install makes the same. A repository never sees what was made for another. */
async function keyOf({ workspace, sandbox, repository, procedures }: Tree, install: string, sandboxes: Sandboxes): Promise<string> {
  const files = await workspace.files()
  const wanted = files.filter((file) => isManifest(file.path)).slice(0, manifests_at_most)
  const texts = new Map(await Promise.all(wanted.map(async ({ path }): Promise<[string, string]> => [path, new TextDecoder().decode(await sandbox.readFile(path).catch(() => new Uint8Array()))])))
  const inputs = setUpInputs(install, files, (path) => texts.get(path) ?? '')
  const all = [VERSION, repository.id, await sandboxes.toolchain(), install, procedures.env, inputs.files]
  return createHash('sha256').update(canonicalJson(all)).digest('hex')
}

function told(install: string, done: CommandResult, passages: Passage[]): ProcedureResult {
  const refused = passages.flatMap((one) => (one.refused === undefined ? [] : [`refused on the way out: ${one.to}: ${one.refused}`]))
  const failed = passages.flatMap((one) => (one.trouble === undefined ? [] : [`failed on the way out: ${one.to}: ${one.trouble}`]))
  const passed = passages.filter((one) => one.refused === undefined).map((one) => `${one.to} (${Math.ceil(one.received_bytes / 1024)} KiB)`)
  const output = [done.stdout.trimEnd(), done.stderr.trimEnd(), ...(done.timed_out ? ['(killed: it took too long)'] : []), ...refused, ...failed].filter((text) => text !== '').join('\n')
  return {
    name: 'install',
    command: install,
    exit: done.exit,
    output,
    seconds: Math.round(done.duration_ms / 100) / 10,
    ...(passed.length === 0 ? {} : { note: `fetched from ${passed.slice(0, 10).join(', ')}` }),
  }
}

function secondsSince(began: number): number {
  return Math.round((performance.now() - began) / 100) / 10
}
