import type { ProcedureResult } from './procedures.ts'
import { runProcedures } from './procedures.ts'
import type { Preparing, Tree } from './prepare.ts'
import type { Services } from './services.ts'
import { prepare } from './prepare.ts'
import { serve } from './serve.ts'

/** A fresh tree, set up, built, with its services, through all its checks. What is red says why nothing came after it. */
export async function checkTree(tree: Tree, services: Preparing & Pick<Services, 'config'>, signal: AbortSignal): Promise<ProcedureResult[]> {
  const prepared = await prepare(tree, services, signal)
  if (prepared.some((r) => r.exit !== 0)) return prepared
  await using served = await serve(tree.sandbox, tree.procedures, services.config.start_ms, signal)
  if (served.problem !== null) return [...prepared, { name: 'services', command: tree.procedures.services.map((s) => s.name).join(', '), exit: 1, output: served.problem, seconds: 0 }]
  return [...prepared, ...(await runProcedures(tree.sandbox, tree.procedures, ['lint', 'types', 'test'], signal))]
}
