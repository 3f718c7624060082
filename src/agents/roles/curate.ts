import { z } from 'zod'
import { Curated, curationProblems, KnownEntry } from '../../domain/knowledge.ts'
import { outcome, play } from '../cast.ts'
import { libraryAt } from '../library.ts'
import { fenced, jsonList, repositoryName } from '../material.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { submit } from '../submit.ts'
import { exploreTool } from '../tools/explore.ts'

const Decided = z.strictObject({ curated: Curated, known: z.array(KnownEntry) })

/** What was learned in a milestone, against what the library says already. */
export async function curate(job: Job<TaskOf<'curate'>>): Promise<Outcome> {
  const { mission, run, task } = job
  const asked = mission.knowledge.filter((k) => task.entries.includes(k.id))
  const library = await libraryAt(job, task.head)
  const { topic_chars } = mission.limits
  const ending = await play(job, {
    run,
    prompt: 'orchestrator/curate',
    values: {
      repository: repositoryName(mission),
      features: jsonList(mission.features.map(({ feature, status }) => ({ id: feature.id, title: feature.title, touches: feature.touches, status }))),
      library: library.length === 0 ? '' : fenced(run, library.map((k) => `${k.name}${k.about === 'product' ? ' (using the product)' : ''}: ${k.text}`).join('\n')),
      entries: jsonList(asked.map((k) => ({ id: k.id, from: k.run.slice(mission.key.length + 1), about: k.about, ...(k.feature === null ? {} : { feature: k.feature }), ...k.entry }))),
      topic_chars: String(topic_chars),
    },
    tools: [exploreTool(job)],
    submit: submit({
      description: 'Hands in a decision for every entry and ends your task. A program checks it first.',
      answer: Curated,
      value: Decided,
      async check(curated) {
        const problems = curationProblems(curated, asked, library, topic_chars)
        if (problems.length > 0) return { problems }
        const targets = new Set(curated.decisions.flatMap((d) => (d.decision === 'merge' ? [d.into] : [])))
        return { value: { curated, known: library.filter((k) => targets.has(k.name)) } }
      },
    }),
  })
  return outcome(ending, (decided) => ({ type: 'KnowledgeCurated', ...decided, usage: ending.usage }))
}
