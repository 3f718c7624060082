import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { failed, tool } from '../tool.ts'
import { output_limit_bytes, shown } from './bash.ts'
import { Argv, forAssertion, notAnEntryPoint, refusal } from './contract-tool.ts'

/** Runs where the product lives: it sees the product's files, the model sees what it prints. */
export function commandTool(product: Sandbox, assertions: readonly Assertion[], entryPoints: readonly (readonly string[])[]): Tool {
  return tool({
    name: 'command',
    description: "Runs one of the product's own commands, as a user would from a shell, and shows exit code and output. argv begins with a declared entry point; no shell reads it.",
    input: z.strictObject({ assertion: forAssertion, argv: Argv, stdin: z.string().max(200_000).optional() }),
    effects: 'some',
    async execute({ assertion, argv, stdin }, { signal }) {
      const no = refusal(assertions, assertion, 'command') ?? notAnEntryPoint(entryPoints, argv)
      if (no !== null) return failed(no)
      const [program = '', ...rest] = argv
      return shown(await product.exec({ argv: [program, ...rest], ...(stdin === undefined ? {} : { stdin }), timeout_ms: 60_000, output_limit_bytes }, signal), { assertion })
    },
  })
}
