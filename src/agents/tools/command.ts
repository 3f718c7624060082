import { z } from 'zod'
import type { Assertion } from '../../domain/contract.ts'
import { Shown } from '../../domain/shown.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { SandboxFileError } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import { kept_bytes } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { capped, failed, tool } from '../tool.ts'
import { shown as told } from './bash.ts'
import { Argv, forAssertion, notAnEntryPoint, refusal, sha256 } from './contract-tool.ts'

/** Where a user's own files lie in the product's sandbox. */
const folder = '/tmp/files'
/** What the record keeps of an output or a file, for evidence to be held against. */
const recorded_chars = 128_000
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
  where: { product: Sandbox; tester: Sandbox; outputs: Outputs },
  assertions: readonly Assertion[],
  may: { entry_points: readonly (readonly string[])[]; consumer?: readonly string[] | undefined },
): Tool {
  const { product, tester, outputs } = where
  return tool({
    name: 'command',
    description: `Runs one of the product's own commands in its directory, as a user would from a shell, and shows exit code, output and the files asked for. argv begins with a declared entry point; no shell reads it. Files of yours lie in ${folder}: it is there in every call, keeps what is in it from call to call, and a name written again replaces the file. Let the product write there what you want to look at with bring.`,
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
      // There from the first call on, also for a product that writes into it itself.
      await product.writeFile(`${folder}/.yours`, new Uint8Array())
      for (const file of files) await product.writeFile(`${folder}/${file.name}`, new TextEncoder().encode(file.text))
      if (script !== undefined) await product.writeFile(wanted.at(-1) ?? '', new TextEncoder().encode(script))
      const [program = '', ...rest] = wanted
      const result = await product.exec({ argv: [program, ...rest], ...(stdin === undefined ? {} : { stdin }), timeout_ms: 60_000, output_limit_bytes: kept_bytes }, signal)
      const brought = await Promise.all(bring.map((name) => bringOut(name, { path: `${assertion.toLowerCase()}-${ordinal}-${name}`, whole: `command-${ordinal}-${name}` })))
      const answer = await told(result, outputs, { name: `command-${ordinal}`, assertion })
      const kept = brought.flatMap((file) => file.kept ?? [])
      const printed = [result.stdout, result.stderr].filter((text) => text !== '').join('\n')
      const shown = Shown.parse({
        tool: 'command',
        text: capped(printed, recorded_chars),
        partial: result.truncated || printed.length > recorded_chars,
        exit: result.exit,
        files: kept,
        duration_ms: Math.round(result.duration_ms),
      })
      return { ...answer, shown, content: [...answer.content, ...brought.map(({ words }) => ({ type: 'text' as const, text: words }))] }
    },
  })

  /** Copies a file that a command wrote to the tester's side, where evidence is kept. */
  async function bringOut(name: string, to: { path: string; whole: string }): Promise<{ words: string; kept?: Shown['files'][number] }> {
    try {
      const bytes = await product.readFile(`${folder}/${name}`)
      await tester.writeFile(to.path, bytes)
      const text = bytes.subarray(0, 8_000).includes(0) ? '' : new TextDecoder().decode(bytes)
      const short = await outputs.shorten(text, 8_000, to.whole)
      return {
        words: `--- ${name} (${bytes.length} bytes) ---\n${short.text || '(not text)'}`,
        kept: { name, path: to.path, sha256: sha256(bytes), text: capped(text, recorded_chars), partial: text.length > recorded_chars },
      }
    } catch (error) {
      if (error instanceof SandboxFileError) return { words: `--- ${name} ---\n(not there)` }
      throw error
    }
  }
}
