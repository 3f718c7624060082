import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import { Shown } from '../../domain/shown.ts'
import type { Sandbox, Terminal } from '../../ports/sandbox.ts'
import type { Tool, ToolAnswer } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'
import { Argv, forAssertion, notAnEntryPoint, refusal } from './contract-tool.ts'

const Input = z.strictObject({
  assertion: forAssertion,
  act: z.enum(['open', 'type', 'screen', 'close']),
  argv: Argv.optional().describe('open: what to start; begins with a declared entry point'),
  text: z.string().max(4_000).optional().describe('type: the keys; \\r is Enter, \\u0003 is Ctrl-C'),
})

/** A terminal of 100 by 30 in the product's sandbox, one at a time. A screen is short, so nothing of an answer is ever cut. */
export function terminalTool(product: Sandbox, assertions: readonly Assertion[], entryPoints: readonly (readonly string[])[]): Tool {
  let open: Terminal | null = null
  return tool({
    name: 'terminal',
    description: "Runs one of the product's own commands in a terminal: open it, type, read the screen as a person sees it, close it. One at a time; opening another closes the first.",
    input: Input,
    effects: 'some',
    async execute({ assertion, act, argv, text }, { signal }) {
      const no = refusal(assertions, assertion, 'terminal')
      if (no !== null) return failed(no)
      switch (act) {
        case 'open': {
          const [program, ...rest] = argv ?? []
          if (program === undefined) return failed('open needs argv.')
          const foreign = notAnEntryPoint(entryPoints, [program, ...rest])
          if (foreign !== null) return failed(foreign)
          await open?.close()
          open = await product.terminal({ argv: [program, ...rest], timeout_ms: 10 * 60_000, output_limit_bytes: 1_000_000 }, { columns: 100, rows: 30 })
          return seen(open, assertion, signal)
        }
        case 'type':
          if (!open) return failed('No terminal is open.')
          if (text === undefined) return failed('type needs text.')
          await open.type(text)
          return seen(open, assertion, signal)
        case 'screen':
          return open ? seen(open, assertion, signal) : failed('No terminal is open.')
        case 'close':
          await open?.close()
          open = null
          return said('Closed.')
      }
    },
  })
}

const quiet_ms = 200
const longest_ms = 5_000

/** The screen once it has stood still for a moment, or the program has ended. */
async function seen(terminal: Terminal, assertion: string, signal: AbortSignal): Promise<ToolAnswer> {
  let before = await terminal.screen()
  for (let waited = 0; waited < longest_ms; waited += quiet_ms) {
    await sleep(quiet_ms, undefined, { signal })
    const after = await terminal.screen()
    const settled = after === before && after !== ''
    before = after
    if (settled || (await terminal.exit()) !== null) break
  }
  const exit = await terminal.exit()
  const shown = Shown.parse({ tool: 'terminal', text: before, exit })
  return said(`${exit === null ? 'running' : `ended with exit ${exit}`}\n--- screen ---\n${before}`, { assertion, exit, shown })
}
