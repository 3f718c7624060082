import { inverse, readChanges, type Change } from './edits.ts'

/** A slip of the worker that builds `feature`, in its first attempt only. Nothing but the worker knows of it. */
export interface Defect {
  n: number
  feature: string
  /** What must find it: an assertion exercised on the running product, or a reviewer reading the diff. */
  found_by: { kind: 'product'; assertion: string } | { kind: 'review'; path: string }
  what: string
}

export const defects: readonly Defect[] = [
  { n: 1, feature: 'f1', found_by: { kind: 'product', assertion: 'VAL-API-002' }, what: 'bookings that touch are refused' },
  { n: 2, feature: 'f2', found_by: { kind: 'product', assertion: 'VAL-CLI-002' }, what: 'a running booking is left out of the list' },
  { n: 3, feature: 'f3', found_by: { kind: 'product', assertion: 'VAL-PAGE-001' }, what: 'the form is empty after a refusal' },
  { n: 4, feature: 'f4', found_by: { kind: 'product', assertion: 'VAL-PAGE-002' }, what: 'the page cancels without asking' },
  { n: 5, feature: 'f5', found_by: { kind: 'product', assertion: 'VAL-CROSS-001' }, what: 'the terminal books into a file of its own' },
  { n: 6, feature: 'f4', found_by: { kind: 'review', path: 'src/bookings.js' }, what: 'a write is not awaited' },
  { n: 7, feature: 'f3', found_by: { kind: 'review', path: 'src/pages/list.js' }, what: 'a name goes into the page unescaped' },
  { n: 8, feature: 'f2', found_by: { kind: 'review', path: 'src/cli/list.js' }, what: 'an error is swallowed' },
]

/** One of each kind, in different features of the first milestone. */
export const defaultDefects: readonly number[] = [1, 7]

/** `alter` makes the defect in the solution; `tests` fail as long as it is there; `repair` takes it out again. */
export function defectChanges(n: number): { alter: Change[]; tests: Change[]; repair: Change[] } {
  const changes = readChanges(`defects/${n}.txt`)
  const alter = changes.filter((c) => c.act === 'edit')
  return { alter, tests: changes.filter((c) => c.act === 'write'), repair: alter.flatMap(inverse) }
}
