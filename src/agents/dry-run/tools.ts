import { setTimeout as sleep } from 'node:timers/promises'
import type { DryRunReport } from '../../domain/dry-run.ts'
import type { Procedures } from '../../domain/feature.ts'
import { SandboxRefused, type SandboxPair } from '../../ports/sandbox.ts'
import { addressOf } from '../product.ts'

type Tried = DryRunReport['tools'][number]

interface Subject {
  pair: SandboxPair
  procedures: Procedures
  up: boolean
  entry_points: DryRunReport['entry_points']
}

/** Uses each tool once, as testers will: every one that these procedures give something to do. */
export async function tryTools({ pair, procedures, up, entry_points }: Subject, signal: AbortSignal): Promise<Tried[]> {
  const address = addressOf(procedures)
  const web =
    address === null
      ? []
      : up
        ? [await tryHttp(address), await tryBrowser(address)]
        : (['http', 'browser'] as const).map((tool) => ({ tool, state: 'no_product' as const, detail: 'The product is not up.' }))
  return [...web, ...(procedures.entry_points.length === 0 ? [] : await tryShell())]

  async function tryHttp(address: string): Promise<Tried> {
    return using('http', async () => `status ${(await pair.tester.http({ method: 'GET', url: `${address}${procedures.health ?? '/'}`, timeout_ms: 10_000 }, signal)).status}`)
  }

  async function tryBrowser(address: string): Promise<Tried> {
    return using('browser', async () => `a page titled "${(await pair.tester.browse({ act: 'open', url: `${address}/` }, signal)).title.slice(0, 80)}"`)
  }

  async function tryShell(): Promise<Tried[]> {
    const runs = entry_points.find((e) => e.state === 'runs')
    const [program, ...rest] = runs?.argv ?? []
    if (program === undefined) {
      const none = entry_points.every((e) => e.state === 'not_built') ? 'no_product' : 'broken'
      return (['command', 'terminal'] as const).map((tool) => ({ tool, state: none, detail: 'No entry point can be run.' }))
    }
    const terminal = await using('terminal', async () => {
      const open = await pair.product.terminal({ argv: [program, ...rest, '--help'], env: procedures.env, timeout_ms: 20_000, output_limit_bytes: 100_000 }, { columns: 100, rows: 30 })
      for (let looks = 0; looks < 50 && (await open.exit()) === null && (await open.screen()) === ''; looks++) await sleep(100, undefined, { signal })
      await open.close()
      return 'it opens'
    })
    return [{ tool: 'command', state: 'works', detail: `${runs?.argv.join(' ') ?? ''} runs` }, terminal]
  }
}

/** A refusal is what we came to find; a sandbox that died is not, and the dry run is done again. */
async function using(tool: Tried['tool'], act: () => Promise<string>): Promise<Tried> {
  try {
    return { tool, state: 'works', detail: await act() }
  } catch (error) {
    if (error instanceof SandboxRefused) return { tool, state: 'broken', detail: error.message.slice(0, 600) }
    throw error
  }
}
