import type { Procedures } from '../domain/feature.ts'
import type { Sandbox } from '../ports/sandbox.ts'
import { capped } from './tool.ts'

type Runnable = 'build' | 'lint' | 'types' | 'test'
export type Procedure = Runnable | 'install' | 'services'

export interface ProcedureResult {
  name: Procedure
  command: string
  /** null: killed, mostly because it took too long. */
  exit: number | null
  output: string
  seconds: number
  /** Shown beside it, green or red. */
  note?: string
}

const timeout_ms = 10 * 60_000
/** Of one install, registries and all. */
export const set_up_timeout_ms = 20 * 60_000

/** Runs the declared commands in order. Those the repository does not have are passed over; nothing runs after a failed build. */
export async function runProcedures(sandbox: Sandbox, procedures: Procedures, wanted: readonly Runnable[], signal: AbortSignal): Promise<ProcedureResult[]> {
  const results: ProcedureResult[] = []
  for (const name of wanted) {
    const command = procedures[name]
    if (command === null) continue
    const done = await sandbox.exec({ argv: ['bash', '-c', command], env: procedures.env, timeout_ms, output_limit_bytes: 64_000 }, signal)
    const output = [done.stdout, done.stderr]
      .map((text) => text.trimEnd())
      .filter((text) => text !== '')
      .join('\n')
    results.push({ name, command, exit: done.exit, output: done.timed_out ? `${output}\n(killed: it took too long)` : output, seconds: Math.round(done.duration_ms / 100) / 10 })
    if (name === 'build' && done.exit !== 0) break
  }
  return results
}

/** Green ones in a line, red ones with the end of what they printed. */
export function proceduresText(results: readonly ProcedureResult[], output_chars = 4_000): string {
  return results
    .map((r) => {
      const line = `${r.name}: ${r.command} -> ${r.exit === null ? 'killed' : `exit ${r.exit}`} (${r.seconds} s)${r.note === undefined ? '' : `, ${r.note}`}`
      return r.exit === 0 ? line : `${line}\n${capped(r.output, output_chars)}`
    })
    .join('\n')
}
