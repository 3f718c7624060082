import type { Sha } from '../domain/id.ts'
import type { KnowledgeState, KnownEntry, LibraryEntry } from '../domain/knowledge.ts'
import { sameWords } from '../domain/knowledge.ts'
import { libraryFolder, libraryOf } from '../domain/library.ts'
import type { Mission } from '../domain/mission.ts'
import { relevant } from '../domain/relevance.ts'
import type { Need } from '../domain/relevance.ts'
import { fenced } from './material.ts'
import type { Job } from './services.ts'
import { repositoryOf } from './services.ts'

/** The library as it stands at a commit. */
export async function libraryAt(job: Job, at: Sha): Promise<KnownEntry[]> {
  return libraryOf(await job.services.workspaces.read(repositoryOf(job.mission), at, libraryFolder))
}

/** What helps with a need, of the library at a commit and of what was learned since, up to the mission's budget. Words of others, in their fence. */
export async function knowledgeFor(job: Job, at: Sha, need: Need): Promise<string> {
  return told(job, withLearned(await libraryAt(job, at), job.mission), need)
}

/** What users of the product found out about using it: nothing that comes from its source. */
export async function usageFor(job: Job, at: Sha, words: string): Promise<string> {
  const all = withLearned(await libraryAt(job, at), job.mission).filter((entry) => entry.about === 'product')
  return told(job, all, { paths: [], words })
}

function told(job: Job, all: readonly LibraryEntry[], need: Need): string {
  const chosen = relevant(all, need, job.mission.limits.knowledge_chars)
  return fenced(job.run, chosen.map(({ topic, text, paths }) => `- ${topic}: ${text}${paths.length > 0 ? ` (${paths.join(', ')})` : ''}`).join('\n'))
}

/** Those of this mission that nobody has decided about count too: the next worker comes before the milestone has passed. */
function withLearned(library: readonly LibraryEntry[], m: Mission): LibraryEntry[] {
  const open = m.knowledge.flatMap((k) => asEntry(k))
  return [...library, ...open.filter((entry) => !library.some((known) => sameWords(known.text, entry.text)))]
}

function asEntry({ entry, about, decision }: KnowledgeState): LibraryEntry[] {
  if (decision.is === 'new') return [{ ...entry, about, from: [] }]
  return decision.is === 'accepted' ? [{ topic: decision.topic, text: decision.text, paths: entry.paths, about, from: [] }] : []
}
