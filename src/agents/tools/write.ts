import { z } from 'zod'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Tool } from '../tool.ts'
import { said, tool } from '../tool.ts'

/** Writing the same bytes twice is writing them once: it needs no care at resume. */
export function writeTool(sandbox: Sandbox): Tool {
  return tool({
    name: 'write',
    description: 'Writes a whole file, making its folders; replaces what was there. To change part of a file use edit.',
    input: z.strictObject({ path: z.string().min(1).max(1_000), content: z.string().max(400_000) }),
    effects: 'none',
    async execute({ path, content }) {
      await sandbox.writeFile(path, new TextEncoder().encode(content))
      return said(`${path} written, ${content === '' ? 0 : content.replace(/\n$/, '').split('\n').length} lines.`)
    },
  })
}
