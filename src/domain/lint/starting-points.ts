import type { Assertion, ValidationContract } from '../contract.ts'
import { repeated } from '../plan.ts'
import { insideName } from './inside.ts'
import { vagueWord } from './vague.ts'

/** A starting point is there, is shared, and says what a user brings about; and what is shared is written once. */
export function startingPointProblems(contract: ValidationContract): string[] {
  const { assertions, starting_points: points = [], public_names = [] } = contract
  const names = points.map((p) => p.name)
  return [
    ...repeated(names).map((name) => `Two starting points are called ${name}; give each its own name.`),
    ...points.flatMap(({ name, text }) => {
      const by = assertions.filter((a) => a.starts_from?.includes(name)).map((a) => a.id)
      const inside = insideName(text, public_names)
      const vague = vagueWord(text)
      return [
        by.length === 0 ? `No assertion starts from ${name}; name it in "starts_from" of those that do, or leave it out.` : null,
        by.length === 1 ? `Only ${by.join('')} starts from ${name}; say it in that behaviour, and leave the starting point out.` : null,
        vague ? `The starting point ${name} says "${vague}", which two testers would bring about differently; say what is there: the values, the words, the number.` : null,
        inside ? `The starting point ${name} names "${inside}", which only someone reading the source can see; say what a user does instead.` : null,
      ].filter((problem) => problem !== null)
    }),
    ...assertions.flatMap((a) => [
      ...(a.starts_from ?? []).filter((name) => !names.includes(name)).map((name) => `${a.id} starts from ${name}, which the contract does not have; add it to "starting_points".`),
      ...repeated(a.starts_from ?? []).map((name) => `${a.id} starts from ${name} twice; once is enough.`),
    ]),
    ...repeatedBeginnings(assertions),
  ]
}

const fewest = 3
const shortest_chars = 40

/** The first sentence of several behaviours, word for word: a starting point that was copied. */
function repeatedBeginnings(assertions: readonly Assertion[]): string[] {
  const beginnings = assertions.map((a) => /^(.*?[.!?])\s+\S/s.exec(a.behaviour.trim())?.[1] ?? '')
  return repeated(beginnings.filter((text) => text.length >= shortest_chars)).flatMap((text) => {
    const by = assertions.filter((_, i) => beginnings[i] === text).map((a) => a.id)
    if (by.length < fewest) return []
    return [`${by.join(', ')} begin with the same sentence ("${text.slice(0, 80)}${text.length > 80 ? '…' : ''}"); write it once in "starting_points" and name it in "starts_from" of each.`]
  })
}
