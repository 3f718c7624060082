import { z } from 'zod'
import type { CommandResult, Sandbox } from '../../ports/sandbox.ts'
import type { Tool, ToolAnswer } from '../tool.ts'
import { capped, said, tool } from '../tool.ts'

export const output_limit_bytes = 64_000

/** `none` where /work is read-only: what is lost with the sandbox can be run again. */
export function bashTool(sandbox: Sandbox, effects: Tool['effects']): Tool {
  return tool({
    name: 'bash',
    description:
      'Runs a command with bash -c in /work and returns its exit code and output. Each call is a new shell; files and background processes stay until your task ends. There is no network but the loopback. Long output loses its middle: send it to a file under /tmp and read the part you need.',
    input: z.strictObject({
      command: z.string().min(1).max(20_000),
      timeout_ms: z.int().min(1_000).max(600_000).optional().describe('Default 120000. The command and all it started in the foreground are killed after it.'),
    }),
    effects,
    async execute({ command, timeout_ms = 120_000 }, { signal }) {
      return shown(await sandbox.exec({ argv: ['bash', '-c', command], timeout_ms, output_limit_bytes }, signal))
    },
  })
}

/** A command that fails has still run: its exit code is the answer. */
export function shown(result: CommandResult, more: { assertion?: string } = {}): ToolAnswer {
  const seconds = (result.duration_ms / 1000).toFixed(1)
  const how = result.timed_out ? `killed after ${seconds} s: it took too long` : result.exit === null ? `killed after ${seconds} s` : `exit ${result.exit} (${seconds} s)`
  const stderr = result.stderr.trim() === '' ? '' : `\n--- stderr ---\n${capped(result.stderr.trimEnd(), 10_000)}`
  const cut = result.truncated ? '\n(the middle of the output was left out)' : ''
  return said(`${how}\n${capped(result.stdout.trimEnd(), 14_000)}${stderr}${cut}`.replace(/\n{2,}--- stderr/, '\n--- stderr'), { exit: result.exit, ...more })
}
