import type { FindingState } from '../domain/mission.ts'
import type { Confirmations } from '../domain/verdict.ts'
import { handsIn } from './amend.ts'
import type { RunRecord } from './record.ts'
import { results } from './record.ts'

interface Seen {
  record: RunRecord
  /** The change, which the agent was given to read: a line of it is seen as well. */
  diff: string
}

type Confirmation = Confirmations['confirmations'][number]

/** What keeps a second look from counting: a finding passed over, a word that nothing in the run bears out. */
export function confirmationProblems({ confirmations }: Confirmations, findings: readonly FindingState[], { record, diff }: Seen): string[] {
  const shown = linesOf(results(record).flatMap(({ name, content }) => (handsIn(name) ? [] : content.flatMap((block) => (block.type === 'text' ? [block.text] : [])))))
  const read = new Set([...shown, ...linesOf([diff])])
  return [
    ...findings.flatMap(({ id }) => {
      const own = confirmations.filter((c) => c.finding === id)
      const [word] = own
      if (!word || own.length > 1) return [`Finding ${id} is answered ${own.length} times; answer it exactly once.`]
      return wordProblems(word, shown, read)
    }),
    ...confirmations.filter((c) => !findings.some((f) => f.id === c.finding)).map((c) => `Finding ${c.finding} was not asked about; leave it out.`),
  ]
}

/** That something goes wrong may stand in the code for all to see; that it does not was tried, or looked up. */
function wordProblems({ finding, outcome, evidence }: Confirmation, shown: ReadonlySet<string>, read: ReadonlySet<string>): string[] {
  const refused = outcome === 'not_confirmed'
  if (evidence.length === 0)
    return [
      `Finding ${finding} has no evidence; quote ${refused ? 'what you tried and what it printed, or the lines that show that it is not so' : 'what you ran and what it printed, or the line that is wrong'}.`,
    ]
  const seen = refused ? shown : read
  if ([...linesOf(evidence.map((e) => e.text))].some((line) => seen.has(line))) return []
  const where = refused ? 'what your tools returned in this run' : 'what your tools returned, nor in the diff'
  return [`Finding ${finding}: no line of its evidence stands in ${where}. ${refused && shown.size === 0 ? 'Look before you answer.' : 'Quote it as it was printed.'}`]
}

/** Lines with something in them, as they may be quoted: without the numbers that a tool puts before them, and without the space around. */
function linesOf(texts: readonly string[]): Set<string> {
  const all = texts.flatMap((text) => text.split('\n'))
  const bare = all.flatMap((line) => [line, line.replace(/^\s*\d+\t/, ''), line.replace(/^[^\s:]+:\d+:/, ''), line.replace(/^[+-]/, '')])
  return new Set(bare.map((line) => line.replace(/\s+/g, ' ').trim()).filter((line) => /\w/.test(line)))
}
