import { z } from 'zod'
import type { Sha } from '../../domain/id.ts'
import type { Workspace } from '../../ports/workspaces.ts'
import type { Tool } from '../tool.ts'
import { said, tool } from '../tool.ts'

export function changesTool(workspace: Workspace, base: Sha): Tool {
  return tool({
    name: 'changes',
    description: 'Shows the diff of all you have changed since you began, and which paths are not committed yet.',
    input: z.strictObject({}),
    effects: 'none',
    async execute() {
      const [diff, open] = await Promise.all([workspace.diff(base), workspace.changed()])
      const uncommitted = open.length === 0 ? 'Everything is committed.' : `Not committed: ${open.join(', ')}`
      return said(`${uncommitted}\n${diff.text === '' ? 'No change yet.' : diff.text}`)
    },
  })
}
