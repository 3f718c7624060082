import { z } from 'zod'
import { Digest } from '../../domain/notes.ts'
import type { Note } from '../../domain/notes.ts'
import { callsOf, recordOf } from '../record.ts'
import { explorerRun, exploreOnce } from '../roles/explore.ts'
import type { Job } from '../services.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'

const Asked = z.strictObject({ question: z.string().min(10).max(2_000) })

/** Sends a read-only subagent with a context of its own; interrupted, it goes on from its own record. */
export function exploreTool(job: Job): Tool {
  return tool({
    name: 'explore',
    description:
      'Sends an explorer into the repository with one question and brings back its digest: the answer, the places it rests on, what it could not settle. It knows nothing but your question, so give it what it needs to understand it.',
    input: Asked,
    effects: 'none',
    async execute({ question }, { ordinal }) {
      const ending = await exploreOnce(job, ordinal, question)
      if (ending.is === 'failed') return failed(`The explorer brought nothing back: ${ending.detail}`, { usage: ending.usage })
      return said(digestText(ending.digest), { usage: ending.usage })
    },
  })
}

/** What the explorers of a run brought back, from their own records: they are there whichever process asked them. */
export async function notesTaken({ run, services }: Job): Promise<Note[]> {
  const { turns } = recordOf(await services.trajectories.read(run))
  const asked = turns.flatMap(({ turn, results }) => callsOf(turn).flatMap((call) => (call.name === 'explore' ? [{ call, ok: results.get(call.id)?.ok === true }] : [])))
  const notes: Note[] = []
  for (const [i, { call, ok }] of asked.entries()) {
    const question = Asked.safeParse(call.input)
    if (!ok || !question.success) continue
    const ending = recordOf(await services.trajectories.read(explorerRun(run, i + 1))).ended?.ending
    if (ending?.is === 'submitted') notes.push({ ...question.data, ...Digest.parse(ending.value) })
  }
  return notes
}

function digestText(digest: Digest): string {
  const places = digest.places.map((p) => `- ${p.path}:${p.line} ${p.what}`)
  const unsure = digest.unsure.map((text) => `- ${text}`)
  return [digest.answer, ...(places.length > 0 ? ['', 'Places:', ...places] : []), ...(unsure.length > 0 ? ['', 'Not settled:', ...unsure] : [])].join('\n')
}
