import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

// The pattern is a positional parameter: bash expands its wildcards, and nothing else in it. Dotted folders such as .github are seen.
const script = `shopt -s globstar nullglob dotglob; IFS=; for f in $1; do case "/$f/" in */node_modules/*|*/.git/*) continue;; esac; if [ -d "$f" ]; then printf '%s/\\n' "$f"; else printf '%s\\n' "$f"; fi; done | head -n 501`

export function globTool(sandbox: Sandbox): Tool {
  return tool({
    name: 'glob',
    description: 'Lists paths under /work that match a pattern: * within a folder, ** through folders, ? and [abc]; no braces. node_modules is left out. Folders end in a slash.',
    input: z.strictObject({ pattern: z.string().min(1).max(300) }),
    effects: 'none',
    async execute({ pattern }, { signal }) {
      const found = await sandbox.exec({ argv: ['bash', '-c', script, 'glob', pattern], timeout_ms: 20_000, output_limit_bytes: 64_000 }, signal)
      if (found.timed_out) return failed('That took too long. Begin the pattern with a folder.')
      const paths = found.stdout.split('\n').filter((line) => line !== '')
      if (paths.length === 0) return said('Nothing matches.')
      return said(`${paths.slice(0, 500).join('\n')}${paths.length > 500 ? '\n[more than 500; narrow the pattern]' : ''}`)
    },
  })
}
