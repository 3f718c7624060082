import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import { kept_bytes } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

// A model's regular expression runs in the sandbox, never in this process.
const script = `grep -rHnIE --exclude-dir=node_modules --exclude-dir=.git -e "$1" -- "$2" | sed 's|^\\./||' | cut -c1-300 | head -n 5001; exit "\${PIPESTATUS[0]}"`

export function grepTool(sandbox: Sandbox, outputs: Outputs): Tool {
  return tool({
    name: 'grep',
    description:
      'Searches file contents under a path, absolute or relative to /work, for an extended regular expression (grep -E); answers path:line:text. node_modules and binary files are left out.',
    input: z.strictObject({ pattern: z.string().min(1).max(500), path: z.string().min(1).max(500).optional().describe('File or folder; default /work') }),
    effects: 'none',
    async execute({ pattern, path = '.' }, { signal, ordinal }) {
      const found = await sandbox.exec({ argv: ['bash', '-c', script, 'grep', pattern, path], timeout_ms: 20_000, output_limit_bytes: kept_bytes }, signal)
      const lines = found.stdout.split('\n').filter((line) => line !== '')
      if (lines.length === 0) return found.exit === 1 ? said('Nothing matches.') : failed(found.timed_out ? 'That took too long. Name a folder.' : found.stderr.trim() || 'grep failed.')
      const { text, ...whole } = await outputs.shorten(lines.slice(0, 5_000).join('\n'), 16_000, `grep-${ordinal}`)
      return said(`${text}${lines.length > 5_000 ? '\n[more than 5000 lines; narrow the search]' : ''}`, whole)
    },
  })
}
