import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool, ToolAnswer } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

const Input = z.strictObject({
  path: z.string().min(1).max(1_000),
  offset: z.int().min(1).optional().describe('First line to show, from 1'),
  limit: z.int().min(1).max(2_000).optional().describe('Lines to show; default 800'),
})

const line_chars = 1_000
const pieces = new RegExp(`.{1,${line_chars}}`, 'gs')
const page_chars = 22_000

/** For those who may see nothing of the repository: only what was cut short in an answer to them. */
export function outputReadTool(sandbox: Sandbox, outputs: Outputs): Tool {
  return tool({
    name: 'read',
    description:
      'Reads the file that an answer names as holding the whole of what it cut short, each line behind its number; no other file. A line of more than 1000 characters goes on as the next. Long files come in pages: go on with offset.',
    input: Input,
    effects: 'none',
    async execute(input) {
      const files = outputs.files()
      // A body is often a single line, and nothing else here could show its middle.
      if (files.includes(input.path)) return pageOf(sandbox, input, (line) => line.match(pieces) ?? [''])
      return failed(
        files.length === 0 ? 'No answer was cut short yet, so there is nothing to read.' : `Only outputs that were cut short can be read: ${files.join(', ')}. For an older one, make its call again.`,
      )
    },
  })
}

export function readTool(sandbox: Sandbox): Tool {
  return tool({
    name: 'read',
    description: 'Reads a text file, each line behind its number. A path is absolute or relative to /work. Long files come in pages: go on with offset.',
    input: Input,
    effects: 'none',
    execute: (input) => pageOf(sandbox, input),
  })
}

async function pageOf(sandbox: Sandbox, { path, offset = 1, limit = 800 }: z.infer<typeof Input>, folded: (line: string) => string[] = (line) => [line]): Promise<ToolAnswer> {
  const bytes = await sandbox.readFile(path)
  if (bytes.subarray(0, 8_000).includes(0)) return failed(`${path} is not text (${bytes.length} bytes).`)
  const lines = new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n').flatMap(folded)
  if (bytes.length === 0) return said(`${path} is empty.`)
  if (offset > lines.length) return failed(`${path} has ${lines.length} lines.`)
  const page = fitting(lines, offset, limit)
  const next = offset + page.length
  return said(`${page.join('\n')}${next <= lines.length ? `\n[lines ${offset} to ${next - 1} of ${lines.length}; go on with offset ${next}]` : ''}`)
}

function fitting(lines: string[], offset: number, limit: number): string[] {
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
