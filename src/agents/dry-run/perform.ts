import type { DryRunReport } from '../../domain/dry-run.ts'
import type { EffectOf } from '../../domain/effect.ts'
import type { Mission } from '../../domain/mission.ts'
import type { AnswerBody } from '../../ports/forge.ts'
import type { SandboxPair } from '../../ports/sandbox.ts'
import { prepare } from '../prepare.ts'
import { runProcedures, type ProcedureResult } from '../procedures.ts'
import { productOf } from '../product.ts'
import { proceduresOf } from '../roles/build.ts'
import { serve } from '../serve.ts'
import { repositoryOf, type Services } from '../services.ts'
import { capped } from '../tool.ts'
import { tryEntryPoints } from './entry-points.ts'
import { isEmpty } from './emptiness.ts'
import { listeningPorts } from './ports.ts'
import { tryTools } from './tools.ts'

type Done = Extract<AnswerBody, { type: 'DryRunDone' }>

/**
 * Tries the plan's procedures, start, entry points and tools on a commit. No model takes part, and nothing is kept: done twice,
 * it finds the same.
 */
export async function performDryRun(
  effect: EffectOf<'DryRun'>,
  mission: Mission,
  services: Pick<Services, 'workspaces' | 'sandboxes' | 'setups' | 'testerDir' | 'config'>,
  signal: AbortSignal,
): Promise<Done> {
  const procedures = proceduresOf(mission)
  const { id: run, head } = effect
  const repository = repositoryOf(mission)
  const workspace = await services.workspaces.open({ repository, run, at: head }, signal)
  const report = await tried()
  await services.workspaces.release(run)
  return { type: 'DryRunDone', report }

  async function tried(): Promise<DryRunReport> {
    await using pair = await services.sandboxes.openPair({ run, product_dir: workspace.dir, product_home: workspace.home, tester_dir: await services.testerDir(run), env: procedures.env })
    if (await isEmpty(pair.product, signal)) return { head, empty: true, procedures: [], start: null, entry_points: [], tools: [] }
    const installed = await prepare({ run, repository, workspace, sandbox: pair.product, procedures }, services, signal)
    if (installed.some((r) => r.exit !== 0)) return { head, empty: false, procedures: reported(installed), start: null, entry_points: [], tools: [] }
    const used = await use(pair)
    // Behind the product's own start: what tests leave behind is no part of a first start.
    await using served = await serve(pair.product, procedures, services.config.start_ms, signal)
    const lacking: ProcedureResult[] = served.problem === null ? [] : [{ name: 'services', command: procedures.test ?? '', exit: 1, output: served.problem, seconds: 0 }]
    const checked = lacking.length > 0 ? lacking : await runProcedures(pair.product, procedures, ['lint', 'types', 'test'], signal)
    return { head, empty: false, procedures: reported([...installed, ...checked]), ...used }
  }

  /** The product as a user meets it. */
  async function use(pair: SandboxPair): Promise<Pick<DryRunReport, 'start' | 'entry_points' | 'tools'>> {
    const product = productOf(pair, procedures, services.config.start_ms)
    const began = performance.now()
    const started = await product.start(signal)
    const seconds = Math.round((performance.now() - began) / 100) / 10
    const listening = started.up ? [] : await listeningPorts(pair.product, signal)
    const start = procedures.start === null ? null : { up: started.up, seconds, problem: started.up ? '' : capped(started.problem, 3_000), listening }
    const entry_points = await tryEntryPoints(pair.product, procedures, signal)
    const tools = await tryTools({ pair, procedures, up: started.up, entry_points }, signal)
    await product.stop()
    return { start, entry_points, tools }
  }
}

const output_chars = 3_000

function reported(results: readonly ProcedureResult[]): DryRunReport['procedures'] {
  return results.map(({ name, ...r }) => ({
    procedure: name === 'services' ? 'test' : name,
    command: r.command,
    exit: r.exit,
    seconds: r.seconds,
    output: r.exit === 0 ? '' : capped(r.output, output_chars),
  }))
}
