import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

const line_chars = 1_000
const page_chars = 22_000

export function readTool(sandbox: Sandbox): Tool {
  return tool({
    name: 'read',
    description: 'Reads a text file, each line behind its number. A path is absolute or relative to /work. Long files come in pages: go on with offset.',
    input: z.strictObject({
      path: z.string().min(1).max(1_000),
      offset: z.int().min(1).optional().describe('First line to show, from 1'),
      limit: z.int().min(1).max(2_000).optional().describe('Lines to show; default 800'),
    }),
    effects: 'none',
    async execute({ path, offset = 1, limit = 800 }) {
      const bytes = await sandbox.readFile(path)
      if (bytes.subarray(0, 8_000).includes(0)) return failed(`${path} is not text (${bytes.length} bytes).`)
      const lines = new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n')
      if (bytes.length === 0) return said(`${path} is empty.`)
      if (offset > lines.length) return failed(`${path} has ${lines.length} lines.`)
      const page = pageOf(lines, offset, limit)
      const next = offset + page.length
      return said(`${page.join('\n')}${next <= lines.length ? `\n[lines ${offset} to ${next - 1} of ${lines.length}; go on with offset ${next}]` : ''}`)
    },
  })
}

function pageOf(lines: string[], offset: number, limit: number): string[] {
  const page: string[] = []
  let chars = 0
  for (const [i, line] of lines.slice(offset - 1, offset - 1 + limit).entries()) {
    const shown = `${String(offset + i).padStart(5)}\t${line.length > line_chars ? `${line.slice(0, line_chars)}[… ${line.length - line_chars} more]` : line}`
    chars += shown.length + 1
    if (chars > page_chars && page.length > 0) break
    page.push(shown)
  }
  return page
}
