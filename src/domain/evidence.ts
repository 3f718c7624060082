import type { Assertion, Tool } from './contract.ts'
import type { EvidenceItem, Showing, Sought } from './evidence-item.ts'
import { itemOf } from './evidence-item.ts'
import { isVague, matches } from './pattern.ts'

// What counts as proof of an assertion, in a grammar that a program can hold against what tools showed (docs/evidence.md).

const everyTool: readonly Tool[] = ['browser', 'http', 'terminal', 'command']

/** Which tools can show an item of a kind, and how the item is written. */
const kinds: Readonly<Record<EvidenceItem['is'], { by: readonly Tool[]; form: string }>> = {
  screenshot: { by: ['browser'], form: 'screenshot(taken-room)' },
  page: { by: ['browser'], form: 'page(Oak is taken until *)' },
  network: { by: ['browser', 'http'], form: 'network(POST /api/bookings -> 201)' },
  response: { by: ['http'], form: 'response(POST /api/bookings -> 409, body has "until 11:00")' },
  terminal: { by: ['terminal'], form: 'terminal(Booked * from 09:00)' },
  output: { by: ['command'], form: 'output(Oak * 09:00 * Ines)' },
  exit: { by: ['command', 'terminal'], form: 'exit(0)' },
  file: { by: ['command'], form: 'file(report.csv, has "Oak")' },
  value: { by: everyTool, form: 'value(duration_ms <= 500)' },
  absent: { by: everyTool, form: 'absent("Cancelled" in page(Bookings of today))' },
  count: { by: everyTool, form: 'count("Oak" = 2 in output(Room * Holder))' },
}

/** The item, or a sentence that says what is wrong with it. */
export function evidenceItem(text: string): EvidenceItem | { problem: string } {
  const [, name = '', inside = ''] = /^\s*([a-z]+)\s*\(([^\n]*)\)\s*$/.exec(text) ?? []
  const known = Object.entries(kinds).find(([kind]) => kind === name)
  if (!known)
    return {
      problem: `"${text}" is not an item of evidence; write ${Object.values(kinds)
        .map((k) => k.form)
        .join(', ')}.`,
    }
  return itemOf(name, inside.trim()) ?? { problem: `"${text}" is not written as ${name} is; write it like ${known[1].form}.` }
}

/** Why a program could not check this evidence; sentences for whoever wrote the contract. */
export function evidenceProblems({ id, tool, evidence }: Pick<Assertion, 'id' | 'tool' | 'evidence'>): string[] {
  if (evidence.length === 0) return [`${id} has no evidence; name at least one item that proves it.`]
  const problems = evidence.flatMap((text) => {
    const item = evidenceItem(text)
    if ('problem' in item) return [`${id}: ${item.problem}`]
    const { by } = kinds[isSought(item) ? item.within.is : item.is]
    if (!by.includes(tool)) return [`${id}: ${text} is shown by ${by.join(' or ')}, and the assertion is exercised with ${tool}; change one of them.`]
    return [
      ...patternsOf(item)
        .filter(isVague)
        .map((pattern) => `${id}: the pattern "${pattern}" in ${text} would fit almost anything; name words or numbers that only a working product shows.`),
      ...(isSought(item) ? soughtProblems(item).map((problem) => `${id}: ${text} ${problem}`) : []),
    ]
  })
  const twice = evidence.filter((text, i) => evidence.indexOf(text) !== i)
  return [...problems, ...new Set(twice.map((text) => `${id} names ${text} twice; once is enough.`))]
}

/** The items of an assertion that was accepted. */
export function itemsOf(assertion: Pick<Assertion, 'evidence'>): { text: string; item: EvidenceItem }[] {
  return assertion.evidence.flatMap((text) => {
    const item = evidenceItem(text)
    return 'problem' in item ? [] : [{ text, item }]
  })
}

export function isSought(item: EvidenceItem): item is Sought {
  return item.is === 'absent' || item.is === 'count'
}

/** What no product could bear out, and what a broken one would. */
function soughtProblems(item: Sought): string[] {
  const { within, pattern } = item
  const none = item.is === 'absent' || (item.than === '=' && item.bound === 0) || (item.than === '<=' && item.bound === 0) || (item.than === '<' && item.bound <= 1)
  const shown = patternsWithin(within).find((words) => matches(pattern, words))
  return [
    ...(within.is === 'response' && within.status.startsWith('5') ? ['looks into the answer of a product that failed; name the answer of a working one.'] : []),
    ...(item.is === 'count' && item.than === '<' && item.bound === 0 ? ['can never hold: nothing is there fewer than 0 times.'] : []),
    ...(none && shown !== undefined ? [`contradicts itself: what shows "${shown}" shows "${pattern}" as well.`] : []),
  ]
}

function patternsOf(item: EvidenceItem): string[] {
  switch (item.is) {
    case 'absent':
    case 'count':
      return [item.pattern, ...patternsWithin(item.within)]
    case 'screenshot':
    case 'network':
    case 'exit':
    case 'value':
      return []
    case 'page':
    case 'terminal':
    case 'output':
    case 'response':
    case 'file':
      return patternsWithin(item)
  }
}

function patternsWithin(item: Showing): string[] {
  switch (item.is) {
    case 'page':
    case 'terminal':
    case 'output':
      return [item.pattern]
    case 'response':
      return item.body
    case 'file':
      return item.has
  }
}
