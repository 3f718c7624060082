import { z } from 'zod'
import type { Sha } from '../../domain/id.ts'
import type { Workspace } from '../../ports/workspaces.ts'
import type { Outputs } from '../outputs.ts'
import type { Tool } from '../tool.ts'
import { said, tool } from '../tool.ts'

export function changesTool(workspace: Workspace, base: Sha, outputs: Outputs): Tool {
  return tool({
    name: 'changes',
    description: 'Shows the diff of all you have changed since you began, and which paths are not committed yet.',
    input: z.strictObject({}),
    effects: 'none',
    async execute(_, { ordinal }) {
      const [diff, open] = await Promise.all([workspace.diff(base), workspace.changed()])
      const uncommitted = open.length === 0 ? 'Everything is committed.' : `Not committed: ${open.join(', ')}`
      const { text, ...whole } = await outputs.shorten(diff.text === '' ? 'No change yet.' : diff.text, 20_000, `changes-${ordinal}`)
      return said(`${uncommitted}\n${text}`, whole)
    },
  })
}
