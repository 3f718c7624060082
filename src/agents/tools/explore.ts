import { z } from 'zod'
import { Digest } from '../../domain/notes.ts'
import type { Note } from '../../domain/notes.ts'
import type { EffectId } from '../../domain/id.ts'
import type { RunRecord } from '../record.ts'
import { callsOf, recordOf } from '../record.ts'
import { explorerRun, exploreOnce } from '../roles/explore.ts'
import { exploredTree } from '../roles/explored.ts'
import type { Job } from '../services.ts'
import type { Tool } from '../tool.ts'
import { failed, said, tool } from '../tool.ts'
import { addExplorer, noUsage } from '../usage.ts'

const question = z.string().min(10).max(2_000)
const Asked = z.strictObject({
  question,
  others: z.array(question).max(3).optional().describe('Further questions, each for an explorer of its own, at the same time'),
})
type Asked = z.infer<typeof Asked>

/** Sends read-only subagents, each with a context of its own; interrupted, they go on from their own records. */
export function exploreTool(job: Job): Tool {
  return tool({
    name: 'explore',
    description: `Sends an explorer into the repository with one question and brings back its digest: the answer, the places it rests on, what it could not settle. It reads and searches files and can run commands, without network. It knows nothing but your question, so give it what it needs to understand it. Further questions that do not depend on the answer go into "others": explorers work side by side. They see the repository ${exploredTree(job.mission, job.task).words}.`,
    input: Asked,
    effects: 'none',
    async execute(asked, { ordinal }) {
      const settled = await Promise.allSettled(askedOf(asked, ordinal).map(async (one) => ({ ...one, ending: await exploreOnce(job, one.n, one.question) })))
      // None is left running behind the run's back when another one throws.
      const endings = settled.map((result) => {
        if (result.status === 'rejected') throw result.reason
        return result.value
      })
      const usage = noUsage(endings[0]?.ending.usage.model ?? '')
      for (const { ending } of endings) addExplorer(usage, ending.usage)
      const texts = endings.map(({ ending, question: put }) => {
        const text = ending.is === 'failed' ? `The explorer brought nothing back: ${ending.detail}` : digestText(ending.digest)
        return endings.length === 1 ? text : `Asked: ${put}\n\n${text}`
      })
      const text = texts.join('\n\n---\n\n')
      return endings.every(({ ending }) => ending.is === 'failed') ? failed(text, { usage }) : said(text, { usage })
    },
  })
}

/** The questions of a call, with the explorers' names. */
function askedOf(asked: Asked, ordinal: number): { n: string; question: string }[] {
  return [asked.question, ...(asked.others ?? [])].map((put, i) => ({ n: i === 0 ? `${ordinal}` : `${ordinal}.${i + 1}`, question: put }))
}

/** What the explorers of a run brought back, from their own records: they are there whichever process asked them. */
export async function notesTaken({ run, services }: Job): Promise<Note[]> {
  const notes: Note[] = []
  for (const sent of explorersOf(run, recordOf(await services.trajectories.read(run)))) {
    const ending = recordOf(await services.trajectories.read(sent.run)).ended?.ending
    if (ending?.is === 'submitted') notes.push({ question: sent.question, ...Digest.parse(ending.value) })
  }
  return notes
}

/** Whom a run has sent, in order; `answered`: what they used stands in its own record. */
export function explorersOf(run: EffectId, { turns }: RunRecord): { run: EffectId; question: string; answered: boolean }[] {
  const calls = turns.flatMap(({ turn, results }) => callsOf(turn).flatMap((call) => (call.name === 'explore' ? [{ call, answered: results.has(call.id) }] : [])))
  return calls.flatMap(({ call, answered }, i) => {
    const asked = Asked.safeParse(call.input)
    return asked.success ? askedOf(asked.data, i + 1).map(({ n, question: put }) => ({ run: explorerRun(run, n), question: put, answered })) : []
  })
}

function digestText(digest: Digest): string {
  const places = digest.places.map((p) => `- ${p.path}:${p.line} ${p.what}`)
  const unsure = digest.unsure.map((text) => `- ${text}`)
  return [digest.answer, ...(places.length > 0 ? ['', 'Places:', ...places] : []), ...(unsure.length > 0 ? ['', 'Not settled:', ...unsure] : [])].join('\n')
}
