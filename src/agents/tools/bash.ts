import { z } from 'zod'
import type { CommandResult, Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import { kept_bytes } from '../outputs.ts'
import type { Tool, ToolAnswer } from '../tool.ts'
import { said, tool } from '../tool.ts'

/** `none` where /work is read-only: what is lost with the sandbox can be run again. */
export function bashTool(sandbox: Sandbox, outputs: Outputs, effects: Tool['effects']): Tool {
  return tool({
    name: 'bash',
    description:
      'Runs a command with bash -c in /work and returns its exit code and output. Each call is a new shell; files and background processes stay until your task ends. There is no network but the loopback. Standard error is shown after all of standard output; 2>&1 keeps their order. Of an output of more than 12,000 characters you see head and tail, and the file that holds the whole: read or grep the part you need.',
    input: z.strictObject({
      command: z.string().min(1).max(20_000),
      timeout_ms: z.int().min(1_000).max(600_000).optional().describe('Default 120000. The command and all it started in the foreground are killed after it.'),
    }),
    effects,
    async execute({ command, timeout_ms = 120_000 }, { signal, ordinal }) {
      const result = await sandbox.exec({ argv: ['bash', '-c', command], timeout_ms, output_limit_bytes: kept_bytes }, signal)
      return shown(result, outputs, { name: `bash-${ordinal}` })
    },
  })
}

/** A command that fails has still run: its exit code is the answer. */
export async function shown(result: CommandResult, outputs: Outputs, { name, ...more }: { name: string; assertion?: string }): Promise<ToolAnswer> {
  const seconds = (result.duration_ms / 1000).toFixed(1)
  const how = result.timed_out ? `killed after ${seconds} s: it took too long` : result.exit === null ? `killed after ${seconds} s` : `exit ${result.exit} (${seconds} s)`
  const out = await outputs.shorten(result.stdout.trimEnd(), 12_000, name)
  const err = await outputs.shorten(result.stderr.trimEnd(), 8_000, `${name}-stderr`)
  const stderr = err.text.trim() === '' ? '' : `\n--- stderr ---\n${err.text}`
  const cut = result.truncated ? '\n(the middle of the output was dropped)' : ''
  const file = out.file ?? err.file
  return said(`${how}\n${out.text}${stderr}${cut}`.replace(/\n{2,}--- stderr/, '\n--- stderr'), { exit: result.exit, ...(file === undefined ? {} : { file }), ...more })
}
