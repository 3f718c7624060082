import { libraryFolder } from '../library.ts'
import type { KnowledgeState } from '../knowledge.ts'
import type { Mission } from '../mission.ts'
import { code, inline } from './escape.ts'
import { list, plural } from './figures.ts'
import { milestoneName, sha7 } from './names.ts'
import { bullets, dotted, type Fold } from './page.ts'

/** For the mission's pull request: what comes into the default branch with it, to be reviewed like code. */
export function learnedText(m: Mission): string {
  const kept = m.knowledge.flatMap((k) => {
    const words = committedWords(k)
    return words === null ? [] : [`${code(words.topic)} ${inline(words.text, 400)}`]
  })
  if (kept.length === 0) return ''
  const rest = kept.length > 12 ? [`and ${kept.length - 12} more`] : []
  return `**Learned on the way**, for the next who work here; it lies in ${code(libraryFolder)} and is yours to edit\n\n${bullets([...kept.slice(0, 12), ...rest])}`
}

/** Every entry that was handed in, and what became of it; none disappears. */
export function knowledgeFold(m: Mission): Fold | null {
  if (m.knowledge.length === 0) return null
  const count = (is: KnowledgeState['decision']['is']) => m.knowledge.filter((k) => k.decision.is === is).length
  const merged = count('merged') + count('joined')
  const counts = [
    [count('accepted'), 'accepted'],
    [merged, 'merged'],
    [count('rejected'), 'rejected'],
    [count('new'), m.ended_at === null ? 'not decided' : 'left out'],
  ] as const
  const failed = m.curations
    .filter((c) => c.is === 'given_up')
    .map((c) => `What was learned in ${milestoneName(m, c.milestone)} could not be taken: ${inline(c.why, 300)} The mission went on without it.`)
  return {
    summary: `<b>${plural(m.knowledge.length, 'thing')} learned</b>: ${list(counts.filter(([n]) => n > 0).map(([n, word]) => `${n} ${word}`))}`,
    blocks: [...failed, ...m.knowledge.map((k) => `- ${dotted(code(k.entry.topic), k.feature, k.about === 'product' ? 'user-testing' : null)}  \n  ${inline(k.entry.text, 400)}  \n  ${fate(m, k)}`)],
  }
}

function committedWords(k: KnowledgeState): { topic: string; text: string } | null {
  const { decision } = k
  if (decision.is === 'accepted' && decision.committed) return decision
  if (decision.is === 'joined' && decision.committed && decision.text !== null) return { topic: decision.known.topic, text: decision.text }
  return null
}

function fate(m: Mission, { decision }: KnowledgeState): string {
  switch (decision.is) {
    case 'new':
      return m.ended_at === null ? '*Decided about when its milestone has passed.*' : '*Nobody decided about it.*'
    case 'accepted':
      return `*Accepted${decision.committed ? `, in ${sha7(decision.committed)}` : ''}* as ${code(decision.topic)}: ${inline(decision.text, 400)}`
    case 'merged': {
      const into = m.knowledge.find((k) => k.id === decision.into)
      return `*Merged* with “${inline(into?.entry.text ?? '', 120)}”: ${inline(decision.reason, 300)}`
    }
    case 'joined':
      return `*Merged${decision.committed ? `, in ${sha7(decision.committed)}` : ''}* into what the library says of ${code(decision.known.topic)}: ${inline(decision.reason, 300)}`
    case 'rejected':
      return `*Rejected*, ${decision.why.replaceAll('_', ' ')}: ${inline(decision.reason, 300)}`
  }
}
