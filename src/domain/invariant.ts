/** A bug of ours: it stops the one mission it was found in. */
export class Invariant extends Error {}

export function holdsTrue(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Invariant(what)
}
