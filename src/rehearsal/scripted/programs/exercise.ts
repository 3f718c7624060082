import { createHash } from 'node:crypto'
import { z } from 'zod'
import { cancelled, impossible, restarted, taken, touching } from '../probes/api.ts'
import { listed, mistaken, narrowed } from '../probes/command.ts'
import { asked, refused } from '../probes/page.ts'
import { blocked, type Outcome, type Place, type Probe } from '../probes/probe.ts'
import { conversed, shared } from '../probes/terminal.ts'
import { submit, type Program } from '../program.ts'
import { section, sectionAs, type Brief } from '../request.ts'

/** How a user would try each assertion. Written from the contract alone. */
const probes: Readonly<Record<string, Probe>> = {
  'VAL-API-001': taken,
  'VAL-API-002': touching,
  'VAL-API-003': impossible,
  'VAL-API-004': cancelled,
  'VAL-DATA-001': restarted,
  'VAL-CLI-001': listed,
  'VAL-CLI-002': narrowed,
  'VAL-CLI-003': mistaken,
  'VAL-CLI-004': conversed,
  'VAL-PAGE-001': refused,
  'VAL-PAGE-002': asked,
  'VAL-CROSS-001': shared,
}

/** Exercises every assertion it was given; what does not pass is tried once more, from other data, but on the base, where that is expected. */
export function* exerciseProgram(brief: Brief): Program {
  const results: (Outcome & { assertion: string })[] = []
  for (const assertion of assertionsIn(brief)) {
    let outcome = yield* attempt(brief, assertion, 1)
    if (outcome.result !== 'pass' && section(brief, 'baseline') === '') outcome = yield* attempt(brief, assertion, 2)
    results.push({ assertion, ...outcome })
  }
  const open = results.filter((r) => r.result !== 'pass')
  yield* submit('All assertions are decided.', {
    summary: `${results.length - open.length} of ${results.length} assertions hold.${open.length === 0 ? '' : ` Not so: ${open.map((r) => r.assertion).join(', ')}.`}`,
    results,
    findings: results
      .filter((r) => r.result === 'fail')
      .map(({ assertion, note, evidence }) => ({ severity: 'blocking', assertion, what: `${assertion} does not hold, seen twice with different data. ${note}`, evidence: evidence.slice(0, 6) })),
    knowledge:
      brief.run.includes('.exercise.m1.r1.') && open.length < results.length
        ? [{ topic: 'using-the-rooms', text: 'A day that nobody has used is as good as a clean start: give each check a day and names of its own.' }]
        : [],
  })
}

function* attempt(brief: Brief, assertion: string, n: number): Program<Outcome> {
  const probe = probes[assertion]
  if (probe === undefined) return blocked('I do not know how to exercise this.', [])
  const outcome = yield* probe(placeFor(brief, assertion, n))
  return { ...outcome, evidence: outcome.evidence.slice(0, 6) }
}

function assertionsIn(brief: Brief): string[] {
  const given = sectionAs(brief, 'assertions', z.array(z.looseObject({ id: z.string() })))
  if (given !== undefined) return given.map((a) => a.id)
  return [...new Set(brief.message.match(/\bVAL-[A-Z][A-Z0-9]*-\d{3}\b/g) ?? [])]
}

const Reach = z.looseObject({ address: z.string().nullish(), entry_points: z.array(z.array(z.string())).optional() })
const initials = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'

/** A day and names of its own for each try of each assertion in each run. */
function placeFor(brief: Brief, assertion: string, n: number): Place {
  const reach = sectionAs(brief, 'reach', Reach)
  const random = createHash('sha256').update(`${brief.run} ${assertion} ${n}`).digest()
  const at = Object.keys(probes).indexOf(assertion)
  const day = new Date(Date.UTC(2031 + (random.readUInt8(0) % 60), n - 1, 1 + at)).toISOString().slice(0, 10)
  const initial = `${initials.charAt(at)}${n}`
  return {
    assertion,
    base: (reach?.address ?? /https?:\/\/(?:127\.0\.0\.1|localhost):\d+/.exec(brief.message)?.[0] ?? 'http://127.0.0.1:3000').replace(/\/$/, ''),
    entry: reach?.entry_points?.[0] ?? ['node', 'bin/bookings.js'],
    day,
    first: `Ines ${initial}`,
    second: `Tom ${initial}`,
  }
}
