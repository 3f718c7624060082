import { z } from 'zod'
import type { Digest } from '../answers.ts'
import { exploreOnce } from '../roles/explore.ts'
import type { Job } from '../services.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

/** Sends a read-only subagent with a context of its own; interrupted, it goes on from its own record. */
export function exploreTool(job: Job): Tool {
  return tool({
    name: 'explore',
    description:
      'Sends an explorer into the repository with one question and brings back its digest: the answer, the places it rests on, what it could not settle. It knows nothing but your question, so give it what it needs to understand it.',
    input: z.strictObject({ question: z.string().min(10).max(2_000) }),
    effects: 'none',
    async execute({ question }, { ordinal }) {
      const ending = await exploreOnce(job, ordinal, question)
      if (ending.is === 'failed') return failed(`The explorer brought nothing back: ${ending.detail}`, { usage: ending.usage })
      return said(digestText(ending.digest), { usage: ending.usage })
    },
  })
}

function digestText(digest: Digest): string {
  const places = digest.places.map((p) => `- ${p.path}:${p.line} ${p.what}`)
  const unsure = digest.unsure.map((text) => `- ${text}`)
  return [digest.answer, ...(places.length > 0 ? ['', 'Places:', ...places] : []), ...(unsure.length > 0 ? ['', 'Not settled:', ...unsure] : [])].join('\n')
}
