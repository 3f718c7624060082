import type { Decision } from './feature.ts'
import type { Mission } from './mission.ts'

/** What people said in a mission: the documents `issue` and `answers`. Null: the name is that of a file. */
export function saidIn(m: Mission, document: string): string | null {
  const { title, body } = m.request.issue
  if (document === 'issue') return `${title}\n${body}`
  if (document !== 'answers') return null
  return [...m.clarify_rounds.flatMap((round) => [...round.questions.flatMap((q) => [q.text, q.default]), ...round.replies.map((reply) => reply.text)]), ...m.revisions.map((r) => r.text)].join('\n\n')
}

/** Why a decision does not rest on what it names; null: the quoted words stand there, in that section. */
export function decisionProblem(decision: Decision, text: string | null): string | null {
  const { document, section, quote } = decision
  const name = `The decision "${decision.decision}"`
  if (text === null) return `${name} rests on "${document}", which does not exist; name \`issue\`, \`answers\` or the path of a file at the commit this mission begins from.`
  const words = normal(quote)
  if (words.length < 6) return `${name} quotes "${quote}", too few words to rest on.`
  if (!withoutMarks(text).includes(words))
    return `${name} quotes "${quote}", which does not stand in ${document}; copy the words as they stand there, or leave the decision out and call it an assumption.`
  const part = sectionOf(text, section)
  if (part === null) return `${name} names the section "${section}", which ${document} does not have; name a heading or a line, such as \`line 12\`, or leave it empty.`
  if (!withoutMarks(part).includes(words)) return `${name} quotes words that stand in ${document}, but not in the section "${section}"; name the section they stand in.`
  return null
}

/** Typography and line breaks do not matter, words do. */
function normal(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/[‘’‚‛]/g, "'")
    .replace(/[“”„‟«»]/g, '"')
    .replace(/[‐-―]/g, '-')
    .replace(/[*_`]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
}

/** Quotes run over lines that begin with marks of a quote or a list. */
function withoutMarks(text: string): string {
  return normal(text.replace(/^[ \t]*(?:>[ \t]?|[-*+][ \t]+|#{1,6}[ \t]+|\/\/+[ \t]?|#[ \t]?)+/gm, ' '))
}

const slack_lines = 3

/** The part of a document below a heading, up to the next of its rank; around a line; all of it for no name. */
function sectionOf(text: string, section: string): string | null {
  const wanted = section.trim()
  if (wanted === '') return text
  const lines = text.split('\n')
  const numbers = /^lines?\s+(\d+)(?:\s*(?:-|–|to)\s*(\d+))?$/i.exec(wanted)
  if (numbers) {
    const from = Number(numbers[1])
    const to = Number(numbers[2] ?? from)
    return from < 1 || from > lines.length ? null : lines.slice(Math.max(0, from - 1 - slack_lines), to + slack_lines).join('\n')
  }
  const heading = normal(wanted.replace(/^#+\s*/, '').replace(/:$/, ''))
  const begin = lines.findIndex((line, i) => headingOf(line, lines[i + 1]) === heading)
  if (begin < 0) return null
  const rank = rankOf(lines[begin] ?? '')
  const end = lines.findIndex((line, i) => i > begin && /^#{1,6}\s/.test(line) && rankOf(line) <= rank)
  return lines.slice(begin, end < 0 ? lines.length : end).join('\n')
}

function headingOf(line: string, below: string | undefined): string | null {
  const marked = /^\s{0,3}(?:#{1,6}\s+(.+?)\s*#*|\*\*(.+?)\*\*:?|\[(.+)\])\s*$/.exec(line)
  const underlined = below !== undefined && /^(?:={3,}|-{3,})\s*$/.test(below) ? line : undefined
  const words = marked?.[1] ?? marked?.[2] ?? marked?.[3] ?? underlined
  return words === undefined ? null : normal(words.replace(/:$/, ''))
}

function rankOf(line: string): number {
  return /^(#{1,6})\s/.exec(line)?.[1]?.length ?? 6
}
