import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import { Shown } from '../../domain/shown.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { SandboxFileError } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { capped, failed, tool } from '../tool.ts'
import { output_limit_bytes, shown as told } from './bash.ts'
import { Argv, forAssertion, notAnEntryPoint, refusal, sha256 } from './contract-tool.ts'

/** Where a user's own files lie in the product's sandbox. */
const folder = '/tmp/files'
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/, 'a plain file name')

const Input = z.strictObject({
  assertion: forAssertion,
  argv: Argv.optional().describe('The command; begins with a declared entry point'),
  script: z.string().min(1).max(20_000).optional().describe('Instead of argv, for a library: a program of yours that uses it as its users do'),
  stdin: z.string().max(200_000).optional(),
  files: z
    .array(z.strictObject({ name: FileName, text: z.string().max(200_000) }))
    .max(8)
    .optional()
    .describe(`Written before it runs, as ${folder}/<name>`),
  bring: z.array(FileName).max(8).optional().describe(`Files of ${folder} to show you and keep as evidence after it ran`),
})

/** Runs where the product lives: it sees the product's files, the model sees what it prints and the files it asks for. */
export function commandTool(
  pair: { product: Sandbox; tester: Sandbox },
  assertions: readonly Assertion[],
  may: { entry_points: readonly (readonly string[])[]; consumer?: readonly string[] | undefined },
): Tool {
  const { product, tester } = pair
  return tool({
    name: 'command',
    description: `Runs one of the product's own commands in its directory, as a user would from a shell, and shows exit code, output and the files asked for. argv begins with a declared entry point; no shell reads it. Files of yours lie in ${folder}.`,
    input: Input,
    effects: 'some',
    async execute({ assertion, argv, script, stdin, files = [], bring = [] }, { signal, ordinal }) {
      const no = refusal(assertions, assertion, 'command')
      if (no !== null) return failed(no)
      if ((argv === undefined) === (script === undefined)) return failed('Give either argv or script.')
      if (script !== undefined && may.consumer === undefined) return failed('The plan declares no way to run a script of yours; use argv.')
      const wanted = argv ?? [...(may.consumer ?? [])]
      const foreign = argv === undefined ? null : notAnEntryPoint(may.entry_points, argv)
      if (foreign !== null) return failed(foreign)
      for (const file of files) await product.writeFile(`${folder}/${file.name}`, new TextEncoder().encode(file.text))
      if (script !== undefined) await product.writeFile(wanted.at(-1) ?? '', new TextEncoder().encode(script))
      const [program = '', ...rest] = wanted
      const result = await product.exec({ argv: [program, ...rest], ...(stdin === undefined ? {} : { stdin }), timeout_ms: 60_000, output_limit_bytes }, signal)
      const brought = await Promise.all(bring.map((name) => bringOut(name, `${assertion.toLowerCase()}-${ordinal}-${name}`)))
      const answer = told(result, { assertion })
      const kept = brought.flatMap((file) => file.kept ?? [])
      const shown = Shown.parse({
        tool: 'command',
        text: [result.stdout, result.stderr].filter((text) => text !== '').join('\n'),
        exit: result.exit,
        files: kept,
        duration_ms: Math.round(result.duration_ms),
      })
      return { ...answer, shown, content: [...answer.content, ...brought.map(({ words }) => ({ type: 'text' as const, text: words }))] }
    },
  })

  /** Copies a file that a command wrote to the tester's side, where evidence is kept. */
  async function bringOut(name: string, path: string): Promise<{ words: string; kept?: Shown['files'][number] }> {
    try {
      const bytes = await product.readFile(`${folder}/${name}`)
      await tester.writeFile(path, bytes)
      const text = bytes.subarray(0, 8_000).includes(0) ? '' : capped(new TextDecoder().decode(bytes), 8_000)
      return { words: `--- ${name} (${bytes.length} bytes) ---\n${text || '(not text)'}`, kept: { name, path, sha256: sha256(bytes), text } }
    } catch (error) {
      if (error instanceof SandboxFileError) return { words: `--- ${name} ---\n(not there)` }
      throw error
    }
  }
}
