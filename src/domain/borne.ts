import type { EvidenceItem, Showing, Sought } from './evidence-item.ts'
import { isSought } from './evidence.ts'
import { readAsOne } from './page-tree.ts'
import { countable, firstFit, fits } from './seek.ts'
import type { Shown } from './shown.ts'
import { bears, holds } from './shown.ts'

/** A call as evidence is held against it. */
export interface Look {
  /** How it is named to the tester: the how-manieth for this assertion. */
  n: number
  shown: Shown
  /** Made with the contract's tool, on the commit asked about, while the product was up. */
  counts: boolean
  /** Requests that failed on the page it looks at, since that was opened. */
  failures: readonly string[]
}

export interface Borne {
  /** Places in the list of looks. */
  by: number[]
  /** Why none is; null where one is. */
  problem: string | null
}

/**
 * Which looks bear each item out. Something shown may be shown in any of them. That something is not there, or so and so often,
 * is looked for from the look on in which every item before it in the list had been shown: what is to be gone was there first.
 */
export function borneOut(items: readonly EvidenceItem[], looks: readonly Look[]): Borne[] {
  const exits = items.flatMap((item) => (item.is === 'exit' ? [item.code] : []))
  let from = 0
  return items.map((item) => {
    const borne = isSought(item) ? soughtIn(item, looks, { from, exits }) : shownIn(item, looks)
    from = Math.max(from, borne.by[0] ?? Infinity)
    return borne
  })
}

function shownIn(item: Exclude<EvidenceItem, Sought>, looks: readonly Look[]): Borne {
  const by = looks.flatMap((look, i) => (look.counts && bears(item, look.shown) ? [i] : []))
  return { by, problem: by.length > 0 ? null : 'nothing that was shown fits it' }
}

function soughtIn(item: Sought, looks: readonly Look[], { from, exits }: { from: number; exits: readonly number[] }): Borne {
  const all = looks.flatMap((look, i) => (look.counts && bears(item.within, look.shown) && askedForAll(item.within, look.shown) ? [{ look, i }] : []))
  if (all.length === 0) return { by: [], problem: 'no call showed what it is to be looked for in' }
  const since = all.filter(({ i }) => i >= from)
  if (since.length === 0)
    return {
      by: [],
      problem: Number.isFinite(from)
        ? 'it was looked for only before the items above it had been shown; look again after that'
        : 'the items above it have not been shown yet, and it counts only after them',
    }
  const problems = since.map(({ look }) => unsound(item.within, look, exits) ?? otherwise(item, look))
  const by = since.flatMap(({ i }, at) => (problems[at] === null ? [i] : []))
  return { by, problem: by.length > 0 ? null : (problems.findLast((problem) => problem !== null) ?? null) }
}

/** With a query that the contract does not name, a list may be narrowed until nothing is left. */
function askedForAll(within: Showing, shown: Shown): boolean {
  return within.is !== 'response' || within.path.includes('?') || shown.requests.every(({ path }) => !path.includes('?'))
}

/** Why nothing can be said to be missing from what a call showed. */
function unsound(within: Showing, { n, shown, failures }: Look, exits: readonly number[]): string | null {
  const { exit } = shown
  const wanted = exits.length > 0 ? exits : [0]
  if (shown.tool === 'command' && exit === null) return `call ${n} was killed before it had shown all`
  if (exit !== null && !wanted.includes(exit)) return `call ${n} ended with exit ${exit}, so it does not tell what a working product shows`
  if (shown.requests.some(({ status }) => shown.tool === 'http' && (status === null || status >= 500))) return `call ${n} was answered by a product that failed`
  const [failure] = failures
  if (failure !== undefined) return `on the page of call ${n} a request had failed (${failure}), so it may lack what it should show; open it anew`
  if (textOf(within, shown).trim() === '') return `call ${n} showed nothing at all, from which nothing can be missing`
  if (isPartial(within, shown)) return `call ${n} showed only a part, and the rest may hold it; ask for less, or close what covers it`
  return null
}

function otherwise(item: Sought, { n, shown }: Look): string | null {
  const text = textOf(item.within, shown)
  if (item.is === 'absent') {
    const there = firstFit(item.pattern, item.within.is === 'page' ? [text, ...readAsOne(text)].join('\n') : text)
    return there === null ? null : `call ${n} shows it: "${there.slice(0, 120)}"`
  }
  const times = countable(text).filter((one) => fits(item.pattern, one)).length
  return holds(times, item.than, item.bound) ? null : `call ${n} shows it ${times} times`
}

function textOf(within: Showing, shown: Shown): string {
  return within.is === 'file'
    ? filesOf(within, shown)
        .map((file) => file.text)
        .join('\n')
    : shown.text
}

function isPartial(within: Showing, shown: Shown): boolean {
  return within.is === 'file' ? filesOf(within, shown).some((file) => file.partial) : shown.partial
}

function filesOf(within: Showing & { is: 'file' }, shown: Shown): Shown['files'] {
  return shown.files.filter((file) => file.name === within.name)
}
