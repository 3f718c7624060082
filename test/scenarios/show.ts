import type { Effect } from '../../src/domain/effect.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { waitingFor } from '../../src/domain/views/waiting.ts'
import { naturalOf } from './story.ts'

// What came of a told line, in words.

/** `> StartRun build.f1.a1 base=base` */
export function effectLine(effect: Effect): string {
  const fields = Object.entries(effect.type === 'StartRun' ? effect.task : effect).flatMap(([name, value]) => shown(name, value))
  return ['>', effect.type, naturalOf(effect), ...fields].join(' ')
}

/** In the effect's id already, or the same in every story. */
const untold = new Set([
  'id',
  'at',
  'type',
  'task',
  'feature',
  'milestone',
  'scope',
  'subject',
  'round',
  'part',
  'attempt',
  'n',
  'revision',
  'hold',
  'comment',
  'issue',
  'grace_ms',
  'deadline_ms',
  'patience_ms',
  'run',
])

function shown(name: string, value: unknown): string[] {
  if (untold.has(name) || value === null || (Array.isArray(value) && value.length === 0)) return []
  return [`${name}=${Array.isArray(value) ? value.map((item: unknown) => listed(item)).join(',') : plain(value)}`]
}

function plain(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function listed(value: unknown): string {
  return typeof value === 'string' && !/\s/.test(value) ? value : JSON.stringify(value)
}

/** `= building; f1 reviewing; waits for @mara` and whatever else is different from before. */
export function stateLine(before: Mission | null, m: Mission): string {
  const parts = [
    m.phase + (m.validation && m.validation.milestone ? ` ${m.validation.milestone}` : ''),
    ...features(before, m),
    ...findings(before, m),
    ...knowledge(before, m),
    ...assertions(before, m),
    ...curations(before, m),
    ...ending(m),
    ...waits(before, m),
  ]
  return `= ${parts.join('; ')}`
}

function features(before: Mission | null, m: Mission): string[] {
  return m.features.flatMap((f) => {
    const was = before?.features.find((x) => x.feature.id === f.feature.id)
    if (was?.status === f.status && was.head === f.head) return []
    if (!was && f.status === 'ready' && !f.on && f.feature.fixes.length === 0) return []
    const fix = was || f.feature.fixes.length === 0 ? '' : ` (fixes ${f.feature.fixes.join(', ')}${f.on ? ` on ${f.on}` : ''})`
    return [`${f.feature.id} ${f.status}${was && f.head && was.head !== f.head ? ` at ${f.head}` : ''}${fix}`]
  })
}

function findings(before: Mission | null, m: Mission): string[] {
  return m.findings.flatMap((f) => {
    const was = before?.findings.find((x) => x.id === f.id)
    if (was && JSON.stringify(was.decision) === JSON.stringify(f.decision)) return []
    const { decision } = f
    return [`${f.id} ${decision.is === 'open' ? `open (${f.finding.severity})` : decision.is === 'fix' ? `→ ${decision.feature}` : `dismissed by ${decision.by}: ${decision.reason}`}`]
  })
}

function knowledge(before: Mission | null, m: Mission): string[] {
  return m.knowledge.flatMap((k) => {
    const was = before?.knowledge.find((x) => x.id === k.id)
    if (was && JSON.stringify(was.decision) === JSON.stringify(k.decision)) return []
    const { decision: d } = k
    switch (d.is) {
      case 'new':
        return [`${k.id} learned`]
      case 'accepted':
        return [`${k.id} ${d.committed ? `in ${d.committed}` : 'accepted'}`]
      case 'merged':
        return [`${k.id} merged into ${d.into}`]
      case 'joined':
        return [`${k.id} ${d.committed ? `in ${d.committed}` : `merged into ${d.known.topic}`}`]
      case 'rejected':
        return [`${k.id} rejected: ${d.reason}`]
    }
  })
}

function assertions(before: Mission | null, m: Mission): string[] {
  const changed = Object.entries(m.assertions).filter(
    ([id, a]) => before && a && JSON.stringify(Object.entries(before.assertions).find(([x]) => x === id)?.[1]?.result) !== JSON.stringify(a.result) && a.result !== 'untested',
  )
  const results = [...new Set(changed.map(([, a]) => a?.result))]
  return results.map((result) => `${result} ${changed.flatMap(([id, a]) => (a?.result === result ? [id] : [])).join(', ')}`)
}

function curations(before: Mission | null, m: Mission): string[] {
  return m.curations.flatMap((c, i) => (c.is === 'given_up' && before?.curations[i]?.is !== c.is ? [`given up: ${c.why}`] : []))
}

function ending(m: Mission): string[] {
  return m.outcome ? [m.outcome] : []
}

function waits(before: Mission | null, m: Mission): string[] {
  const held = m.holds.map((h) => h.reason)
  const had = before?.holds.map((h) => h.reason) ?? []
  const new_ = held.filter((r) => !had.some((h) => JSON.stringify(h) === JSON.stringify(r)))
  const gone = had.filter((r) => !held.some((h) => JSON.stringify(h) === JSON.stringify(r)))
  const parts = [...new_.map((r) => `held: ${told(r)}`), ...gone.map((r) => `no more held: ${r.why}`)]
  const now = waitingFor(m)
  const then = before && waitingFor(before)
  return now && now.act !== then?.act ? [...parts, `waits: ${now.act}`] : parts
}

function told(reason: { why: string }): string {
  return Object.entries(reason)
    .flatMap(([name, value]) => (value === null || name === 'trouble' ? [] : [Array.isArray(value) ? value.join(' ') : String(value)]))
    .join(', ')
    .replaceAll('\n', ' ')
}
