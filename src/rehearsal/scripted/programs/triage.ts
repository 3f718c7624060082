import { z } from 'zod'
import { submit, type Program } from '../program.ts'
import { sectionAs, type Brief } from '../request.ts'

const Found = z.looseObject({
  id: z.string(),
  severity: z.enum(['blocking', 'non_blocking', 'suggestion']),
  what: z.string(),
  assertion: z.string().optional(),
  place: z.looseObject({ path: z.string(), line: z.number() }).optional(),
})
type Found = z.infer<typeof Found>

/** Every blocking finding becomes a fix, and what speaks of an assertion; the rest is dismissed with a reason. */
export function* triageProgram(brief: Brief): Program {
  const findings = sectionAs(brief, 'findings', z.array(Found)) ?? []
  const fixed = findings.filter((f) => f.severity === 'blocking' || (f.severity === 'non_blocking' && f.assertion !== undefined))
  const groups = new Map<string, Found[]>()
  for (const f of fixed) groups.set(groupOf(f), [...(groups.get(groupOf(f)) ?? []), f])
  yield* submit('Each finding is decided.', {
    decisions: findings.map((f) => (fixed.includes(f) ? { decision: 'fix', finding: f.id, group: groupOf(f) } : { decision: 'dismiss', finding: f.id, reason: reasonFor(f) })),
    fixes: [...groups].map(([group, of]) => fix(group, of)),
  })
}

/** One cause: the same assertion, or the same place. */
function groupOf({ id, assertion, place }: Found): string {
  return (assertion ?? (place && `${place.path}:${place.line}`) ?? id).slice(-40)
}

function fix(group: string, of: Found[]): Record<string, unknown> {
  const [{ assertion, place } = {}] = of
  return {
    group,
    title: assertion === undefined ? `Fix ${place?.path ?? 'what was found'}: ${ruleOf(of)}`.slice(0, 100) : `Make ${assertion} hold`,
    brief:
      `${of.map((f) => `${f.id}${f.place ? ` at ${f.place.path}:${f.place.line}` : ''}${f.assertion ? ` (${f.assertion})` : ''}: ${f.what}`).join('\n\n')}\n\nReproduce it with a test that fails now, find the cause, and mend that. Nothing else changes.`.slice(
        0,
        4_000,
      ),
    touches: [...new Set(of.flatMap((f) => f.place?.path ?? []))],
  }
}

function ruleOf([found]: Found[]): string {
  return (found?.what ?? '').split(/[:.]/)[0] ?? ''
}

function reasonFor({ severity, what }: Found): string {
  const said = what.slice(0, 120)
  return severity === 'suggestion'
    ? `A matter of taste that nothing in the contract asks for: "${said}". It can be done whenever this place is touched again.`
    : `A real but small thing that no assertion speaks of and no user loses anything by: "${said}". It can wait.`
}
