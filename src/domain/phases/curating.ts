import { count, isPending, issue, startRun, type Draft } from '../draft.ts'
import type { EventOf } from '../event.ts'
import { KnowledgeId, type EffectId, type FeatureId, type MilestoneId } from '../id.ts'
import { holdsTrue } from '../invariant.ts'
import { awaitsCommit, curationProblems, sameWords, type About, type KnowledgeEntry, type KnowledgeState } from '../knowledge.ts'
import { canonicalise } from '../untrusted.ts'

// What agents learned → entries of the library on the mission's branch. When a milestone has passed, and before anything else begins.

/** Writes down what an agent learned, under ids of the program's making, without what a reader would not see. */
export function learned(d: Draft, run: EffectId, from: { about: About; feature: FeatureId | null; milestone: MilestoneId | null }, entries: readonly KnowledgeEntry[]): void {
  const natural = run.slice(d.m.key.length + 1)
  entries.forEach((given, i) => {
    const text = canonicalise(given.text).text.replace(/\s+/g, ' ').trim()
    // Whoever uses the product knows of no path.
    const entry = { topic: given.topic, text, paths: from.about === 'product' ? [] : given.paths }
    const twin = d.m.knowledge.find((k) => (k.decision.is === 'new' || k.decision.is === 'accepted') && k.about === from.about && sameWords(k.entry.text, text))
    const decision: KnowledgeState['decision'] =
      text.length < 5
        ? { is: 'rejected', why: 'ambiguous', reason: 'Nothing that can be read stands in it.' }
        : twin
          ? { is: 'merged', into: twin.id, reason: 'It says the same in the same words.' }
          : { is: 'new' }
    d.m.knowledge.push({ id: KnowledgeId.parse(`${natural}-k${i + 1}`), entry, run, ...from, decision })
  })
}

/** True while what was learned keeps a passed milestone from going on: it is looked at, then put on the branch, a limited number of times. */
export function curating(d: Draft, milestone: MilestoneId): boolean {
  const { m } = d
  if (isPending(d, 'CommitKnowledge') || isPending(d, 'StartRun', (e) => e.type === 'StartRun' && e.task.task === 'curate')) return true
  holdsTrue(m.integration, 'knowledge without an integration branch')
  const fresh = m.knowledge.filter((k) => k.decision.is === 'new')
  const asked = m.curations.filter((c) => c.milestone === milestone).length
  if (fresh.length > 0 && asked < m.limits.curations_per_milestone) {
    const entries = fresh.slice(0, m.limits.entries_per_curation).map((k) => k.id)
    m.curations.push({ milestone, is: 'asked', why: '' })
    startRun(d, ['curate', milestone, `n${asked + 1}`], { task: 'curate', milestone, head: m.integration.head, entries })
    return true
  }
  if (!m.knowledge.some(awaitsCommit) || (m.counters[`commit knowledge ${milestone}`] ?? 0) > m.limits.knowledge_commits) return false
  const n = count(d, `commit knowledge ${milestone}`)
  if (n > m.limits.knowledge_commits) {
    curationFailed(d, milestone, `The branch moved ${n - 1} times while the entries were put on it.`)
    return false
  }
  issue(d, ['commit-knowledge', milestone, n], { type: 'CommitKnowledge', milestone, head: m.integration.head })
  return true
}

/** Applies the orchestrator's decisions. An answer that is not sound is no reason to wait: the entries stay out, and people are told. */
export function curated(d: Draft, event: EventOf<'KnowledgeCurated'>, task: { milestone: MilestoneId; entries: readonly KnowledgeId[] }): void {
  const { m } = d
  const asked = m.knowledge.filter((k) => task.entries.includes(k.id))
  const problems = curationProblems(event.curated, asked, event.known, m.limits.topic_chars)
  if (problems.length > 0) return curationFailed(d, task.milestone, problems.join(' '))
  for (const decision of event.curated.decisions) {
    const k = asked.find((x) => x.id === decision.entry)
    if (k) k.decision = decided(decision, event.known)
  }
  // The same words have the same fate.
  for (const k of m.knowledge) {
    const into = k.decision.is === 'merged' ? k.decision.into : null
    const twin = m.knowledge.find((x) => x.id === into)
    if (twin?.decision.is === 'rejected') k.decision = { ...twin.decision }
  }
  close(d, task.milestone, 'decided', '')
}

type Decision = EventOf<'KnowledgeCurated'>['curated']['decisions'][number]

function decided(d: Decision, known: EventOf<'KnowledgeCurated'>['known']): KnowledgeState['decision'] {
  switch (d.decision) {
    case 'accept':
      return { is: 'accepted', topic: d.topic, text: canonicalise(d.text).text.replace(/\s+/g, ' ').trim(), committed: null }
    case 'reject':
      return { is: 'rejected', why: d.why, reason: d.reason }
    case 'merge': {
      const target = known.find((k) => k.name === d.into)
      if (!target) return { is: 'merged', into: KnowledgeId.parse(d.into), reason: d.reason }
      const { name: _name, ...entry } = target
      return { is: 'joined', known: entry, text: d.text === null ? null : canonicalise(d.text).text.replace(/\s+/g, ' ').trim(), reason: d.reason, committed: null }
    }
  }
}

/** What was learned is worth less than the mission's time: it goes on without, and says so. The next milestone's curation sees it again. */
export function curationFailed(d: Draft, milestone: MilestoneId, why: string): void {
  close(d, milestone, 'given_up', why)
}

export function knowledgeCommitted(d: Draft, event: EventOf<'KnowledgeCommitted'>, milestone: MilestoneId): void {
  const { m } = d
  holdsTrue(m.integration, 'knowledge on no branch')
  m.integration.head = event.head
  switch (event.outcome) {
    case 'committed':
      for (const k of m.knowledge) if (awaitsCommit(k)) k.decision.committed = event.head
      return
    case 'moved':
      // A person pushed: theirs is what the entries go on top of.
      return
    case 'refused':
      m.counters[`commit knowledge ${milestone}`] = m.limits.knowledge_commits + 1
      curationFailed(d, milestone, `GitHub did not take the commit: ${event.detail}`)
  }
}

function close(d: Draft, milestone: MilestoneId, is: 'decided' | 'given_up', why: string): void {
  const last = d.m.curations.findLast((c) => c.milestone === milestone)
  if (last) Object.assign(last, { is, why: why.slice(0, 600) })
  else d.m.curations.push({ milestone, is, why: why.slice(0, 600) })
}
