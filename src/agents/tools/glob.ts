import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import { kept_bytes } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

// The pattern is a positional parameter: bash expands its wildcards, and nothing else in it. Dotted folders such as .github are seen.
const script = `shopt -s globstar nullglob dotglob; IFS=; for f in $1; do case "/$f/" in */node_modules/*|*/.git/*) continue;; esac; if [ -d "$f" ]; then printf '%s/\\n' "$f"; else printf '%s\\n' "$f"; fi; done | head -n 5001`

export function globTool(sandbox: Sandbox, outputs: Outputs): Tool {
  return tool({
    name: 'glob',
    description: 'Lists paths that match a pattern, relative to /work or absolute: * within a folder, ** through folders, ? and [abc]; no braces. node_modules is left out. Folders end in a slash.',
    input: z.strictObject({ pattern: z.string().min(1).max(300) }),
    effects: 'none',
    async execute({ pattern }, { signal, ordinal }) {
      const found = await sandbox.exec({ argv: ['bash', '-c', script, 'glob', pattern], timeout_ms: 20_000, output_limit_bytes: kept_bytes }, signal)
      if (found.timed_out) return failed('That took too long. Begin the pattern with a folder.')
      const paths = found.stdout.split('\n').filter((line) => line !== '')
      if (paths.length === 0) return said('Nothing matches.')
      const { text, ...whole } = await outputs.shorten(paths.slice(0, 5_000).join('\n'), 16_000, `glob-${ordinal}`)
      return said(`${text}${paths.length > 5_000 ? '\n[more than 5000; narrow the pattern]' : ''}`, whole)
    },
  })
}
