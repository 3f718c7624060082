import type { Assertion } from '../contract.ts'
import type { Mission } from '../mission.ts'
import { code, inline, prose } from './escape.ts'
import { proof } from './figures.ts'
import type { Fold } from './page.ts'

/** What will be proved, folded: each assertion with what a user sees, the proof and its result so far. */
export function contractFold(m: Mission): Fold {
  const assertions = m.contract?.assertions ?? []
  // So that even sixty of them all fit.
  const room = Math.min(1500, Math.floor(37_000 / Math.max(1, assertions.length)))
  const { proved, all } = proof(m)
  return {
    summary: `<b>The contract: ${all} checks</b>${proved > 0 ? `, ${proved} proved` : ''}`,
    blocks: [...startingPoints(m), ...assertions.map((a) => entry(m, a, room))],
  }
}

/** What comes before the behaviour of the checks that name it. */
function startingPoints({ contract }: Mission): string[] {
  const points = contract?.starting_points ?? []
  if (points.length === 0) return []
  const lines = points.map(({ name, text }) => `- **${name}**: ${inline(text, 600)}`)
  return [`Where checks start from:\n\n${lines.join('\n')}`]
}

function entry(m: Mission, a: Assertion, room: number): string {
  const result = resultOf(m, a.id)
  const head = [
    `**${a.id}** ${inline(a.title, 120)}`,
    a.tool,
    a.starts_from ? `starts from ${a.starts_from.join(', ')}` : null,
    a.regression ? 'holds today and must stay so' : null,
    result === 'not tested yet' ? null : result,
  ]
    .filter((x) => x !== null)
    .join(' · ')
  return `${head}\n\n${quotedProse(a.behaviour, Math.floor(room * 0.65))}\n>\n> *Proof:* ${a.evidence.map((item) => code(item, Math.floor((room * 0.25) / a.evidence.length))).join(', ')}`
}

function quotedProse(text: string, max: number): string {
  return prose(text, max)
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n')
}

/** A title with the validator's note below it, for a table's cell. */
export function withNote(title: string, note: string): string {
  return `${inline(title, 120)}${note ? `<br><sub>${inline(note, 300)}</sub>` : ''}`
}

export function resultOf(m: Mission, id: Assertion['id']): string {
  switch (m.assertions[id]?.result) {
    case 'pass':
      return m.assertions[id]?.flaky ? 'passes, flaky: failed once and held the second time' : 'passes'
    case 'fail':
      return '**fails**'
    case 'blocked':
      return '**blocked**'
    case 'waived':
      return 'waived'
    case 'untested':
    case undefined:
      return 'not tested yet'
  }
}
