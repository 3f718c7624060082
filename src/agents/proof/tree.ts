import type { Procedures } from '../../domain/feature.ts'
import type { EffectId, Sha } from '../../domain/id.ts'
import type { TestsSeen } from '../../domain/proof.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { RepositoryRef } from '../../ports/workspaces.ts'
import { prepare } from '../prepare.ts'
import { serve } from '../serve.ts'
import type { Services } from '../services.ts'
import type { Outcomes } from './outcomes.ts'
import { outcomesOf } from './outcomes.ts'

/** Where a handoff is tried: clean trees of commits, each in a sandbox of its own. */
export interface Lab {
  run: EffectId
  repository: RepositoryRef
  procedures: Procedures
  services: Pick<Services, 'workspaces' | 'sandboxes' | 'setups' | 'config'>
  signal: AbortSignal
}

export interface CommandRun {
  command: string
  /** null: killed. */
  exit: number | null
  output: string
  seconds: number
}

export interface TestRun extends CommandRun {
  outcomes: Outcomes
}

/** A tree of one commit, set up, for as long as `work` takes. `tag` tells the trees of one run apart. */
export async function inTree<T>(lab: Lab, tree: { tag: string; at: Sha }, work: (sandbox: Sandbox, setup: CommandRun | null) => Promise<T>): Promise<T> {
  const { workspaces, sandboxes } = lab.services
  const run = `${lab.run}.${tree.tag}`
  // What a killed process left there is not clean.
  await workspaces.release(run)
  const workspace = await workspaces.open({ repository: lab.repository, run, at: tree.at }, lab.signal)
  try {
    await using sandbox = await sandboxes.open({ run, workdir: workspace.dir, home: workspace.home, writable: true, env: lab.procedures.env })
    const { repository, procedures, signal } = lab
    const prepared = await prepare({ run, repository, workspace, sandbox, procedures }, lab.services, signal)
    const failed = prepared.find((r) => r.exit !== 0)
    if (failed !== undefined) return await work(sandbox, failed)
    await using served = await serve(sandbox, procedures, lab.services.config.start_ms, signal)
    const lacking = served.problem === null ? null : { command: 'services', exit: 1, output: served.problem, seconds: 0 }
    // Awaited here: the sandbox ends with this scope.
    return await work(sandbox, lacking ?? prepared[0] ?? null)
  } finally {
    await workspaces.release(run)
  }
}

const timeout_ms = 10 * 60_000
const output_limit_bytes = 1_000_000
/** Runners that tell names only when asked: pytest, Perl's prove, RSpec, Go. */
export const talkative = { PYTEST_ADDOPTS: '-rA', HARNESS_VERBOSE: '1', SPEC_OPTS: '--format documentation', GOFLAGS: '-v' }

export async function runCommand(sandbox: Sandbox, command: string, env: Record<string, string>, signal: AbortSignal): Promise<CommandRun> {
  const done = await sandbox.exec({ argv: ['bash', '-c', command], env: { ...env, ...asked(env) }, timeout_ms, output_limit_bytes }, signal)
  const output = [done.stdout, done.stderr]
    .map((text) => text.trimEnd())
    .filter((text) => text !== '')
    .join('\n')
  return { command, exit: done.exit, output: done.timed_out ? `${output}\n(killed: it took too long)` : output, seconds: Math.round(done.duration_ms / 100) / 10 }
}

/** Beside what the procedures set. */
function asked(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(talkative).map(([name, value]) => [name, value.startsWith('-') && env[name] ? `${env[name]} ${value}` : (env[name] ?? value)]))
}

export async function runTests(lab: Lab, sandbox: Sandbox, command: string): Promise<TestRun> {
  const ran = await runCommand(sandbox, command, lab.procedures.env, lab.signal)
  return { ...ran, outcomes: outcomesOf(ran.output) }
}

export function seen(run: TestRun): TestsSeen {
  const { counts } = run.outcomes
  return { exit: run.exit, passed: counts?.passed ?? null, failed: counts?.failed ?? null, skipped: counts?.skipped ?? null, seconds: run.seconds }
}

/** Files of the tree, without what was installed. */
export async function filesIn(sandbox: Sandbox, signal: AbortSignal): Promise<string[]> {
  const argv: [string, ...string[]] = ['find', '.', '(', '-name', 'node_modules', '-o', '-name', '.venv', '-o', '-name', 'target', '-o', '-name', 'vendor', ')', '-prune', '-o', '-type', 'f', '-print']
  const found = await sandbox.exec({ argv, timeout_ms: 60_000, output_limit_bytes: 4_000_000 }, signal)
  return found.stdout
    .split('\n')
    .filter((line) => line.startsWith('./'))
    .map((line) => line.slice(2))
}
