import type { DryRunReport } from '../../src/domain/dry-run.ts'
import type { Plan } from '../../src/domain/feature.ts'
import type { Sha } from '../../src/domain/id.ts'

/** What a dry run finds where the plan and the base agree. */
export function aDryRunReport({ procedures: p, unready }: Plan, head: Sha, over: Partial<DryRunReport> = {}): DryRunReport {
  const isReady = (name: string) => !unready.some((u) => u.procedure === name)
  const ran = (['install', 'build', 'lint', 'types', 'test'] as const).flatMap((procedure) => {
    const command = p[procedure]
    return command === null ? [] : [{ procedure, command, exit: isReady(procedure) ? 0 : 1, seconds: 1.2, output: isReady(procedure) ? 'fine' : 'not so' }]
  })
  const installed = ran.every((r) => r.procedure !== 'install' || r.exit === 0)
  const up = isReady('start')
  const web = up ? ({ state: 'works', detail: '' } as const) : ({ state: 'no_product', detail: 'The product is not up.' } as const)
  return {
    head,
    empty: false,
    procedures: installed ? ran : ran.slice(0, 1),
    start: p.start === null || !installed ? null : { up, seconds: 0.8, problem: up ? '' : 'It ended with exit 1 before it was up.', listening: up && p.port !== null ? [p.port] : [] },
    entry_points: p.entry_points.map((argv) => ({ argv, state: 'runs', detail: 'exit 0' })),
    tools: [
      ...(p.start === null || p.port === null
        ? []
        : ([
            { tool: 'http', ...web },
            { tool: 'browser', ...web },
          ] as const)),
      ...(p.entry_points.length === 0
        ? []
        : ([
            { tool: 'command', state: 'works', detail: '' },
            { tool: 'terminal', state: 'works', detail: '' },
          ] as const)),
    ],
    ...over,
  }
}
