import { z } from 'zod'
import type { Clock } from '../../ports/clock.ts'
import type { Workspace } from '../../ports/workspaces.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

/** Done outside the sandbox, where the real git directory is. A repeat finds nothing left to commit. */
export function commitTool(workspace: Workspace, as: { text: (message: string) => string; trailers: Record<string, string> }, clock: Clock): Tool {
  return tool({
    name: 'commit',
    description: 'Commits all changes in /work. Say in the first line what changes for a user of the code, and why below where it is not plain. Trailers are added for you. There is no git in /work.',
    input: z.strictObject({ message: z.string().min(5).max(4_000) }),
    effects: 'none',
    async execute({ message }) {
      try {
        const sha = await workspace.commit({ text: as.text(message), trailers: as.trailers, at: clock.now() })
        return said(sha === null ? 'There is nothing to commit.' : `Committed as ${sha.slice(0, 12)}.`)
      } catch (error) {
        if (isRefusal(error)) return failed(`Not committed: ${error.message}`)
        throw error
      }
    },
  })
}

/** What the directory holds can't be committed, and the worker can change that. */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && 'retryable' in error && error.retryable === false
}
