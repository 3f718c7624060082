import type { Understanding } from './contract.ts'

/** A part of a brief as the issue form asks for it. */
export interface BriefField {
  key: 'goal' | 'done' | 'users' | 'not_planned' | 'constraints' | 'assumptions'
  /** The heading that GitHub puts above the answer. */
  label: string
  required: boolean
  lines: boolean
}

/** The form's questions, in its order. The headings are how its answers are read again: change both with care. */
export const briefFields: readonly BriefField[] = [
  { key: 'goal', label: 'Goal', required: true, lines: false },
  { key: 'done', label: 'Definition of done', required: true, lines: true },
  { key: 'users', label: 'Who is it for', required: false, lines: true },
  { key: 'not_planned', label: 'Out of scope', required: false, lines: true },
  { key: 'constraints', label: 'Constraints', required: false, lines: true },
  { key: 'assumptions', label: 'May be assumed', required: false, lines: true },
]

/** The parts of a request that was made with the form, in the person's own words. */
export interface Brief {
  goal: string
  done: string[]
  users: string[]
  not_planned: string[]
  constraints: string[]
  assumptions: string[]
}

/** Reads the body that GitHub makes of the form; null for prose. Headings that the form does not have belong to the answer above them. */
export function briefOf(body: string): Brief | null {
  const parts = new Map<string, string[]>()
  let open: string[] | null = null
  for (const line of body.split(/\r?\n/)) {
    const heading = /^###\s+(.+?)\s*$/.exec(line)?.[1]?.toLowerCase()
    const field = briefFields.find(({ label }) => label.toLowerCase() === heading)
    if (field && !parts.has(field.key)) parts.set(field.key, (open = []))
    else open?.push(line)
  }
  const text = (key: BriefField['key']) => answer(parts.get(key) ?? [])
  const list = (key: BriefField['key']) => itemsOf(text(key))
  if (text('goal') === '' || list('done').length === 0) return null
  return { goal: text('goal'), done: list('done'), users: list('users'), not_planned: list('not_planned'), constraints: list('constraints'), assumptions: list('assumptions') }
}

const longest_line = 300

/** What a person wrote in the form stays as it is in the first round: nothing is dropped, and nothing reworded. Later, replies may have changed it. */
export function briefProblems(brief: Brief | null, understanding: Pick<Understanding, 'done' | 'not_planned'>): string[] {
  if (!brief) return []
  const kept = (list: readonly string[], line: string) => line.length > longest_line || list.some((own) => plain(own) === plain(line))
  return [
    ...brief.done
      .slice(0, 16)
      .filter((line) => !kept(understanding.done, line))
      .map((line) => `The person's definition of done has the line "${line}"; keep it in "done", word for word. What it leaves open is a question or an assumption.`),
    ...brief.not_planned
      .slice(0, 12)
      .filter((line) => line.length <= 200 && !kept(understanding.not_planned, line))
      .map((line) => `The person put "${line}" out of scope; keep it in "not_planned", word for word.`),
  ]
}

function answer(lines: readonly string[]): string {
  const text = lines.join('\n').trim()
  return /^_no response_$/i.test(text) ? '' : text
}

/** A line each, without the marks of a list. */
function itemsOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*+]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?/, '').trim())
    .filter((line) => line !== '')
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[.;]$/, '').trim().toLowerCase()
}
