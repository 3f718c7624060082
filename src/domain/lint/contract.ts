import type { Assertion, Understanding, ValidationContract } from '../contract.ts'
import { evidenceProblems } from '../evidence.ts'
import { startingPointProblems } from './starting-points.ts'
import { repeated } from '../plan.ts'
import { insideName } from './inside.ts'
import { vagueWord } from './vague.ts'

/** Why this contract cannot be used; sentences for whoever wrote it. Empty: it can. */
export function contractProblems(contract: ValidationContract, understanding: Understanding | null): string[] {
  return [
    ...identity(contract),
    ...startingPointProblems(contract),
    ...contract.assertions.flatMap((a) => observable(a, contract.public_names ?? [])),
    ...acrossAreas(contract),
    ...doneProved(contract, understanding?.done ?? []),
  ]
}

/** The area of `VAL-API-001` is `API`. Assertions of the area CROSS cross the others. */
export function areaOf(a: Pick<Assertion, 'id'>): string {
  return a.id.split('-')[1] ?? ''
}

function identity({ assertions }: ValidationContract): string[] {
  return [
    ...repeated(assertions.map((a) => a.id)).map((id) => `The id ${id} is used more than once; give every assertion its own.`),
    ...repeated(assertions.map((a) => a.title.trim().toLowerCase())).map((title) => `Two assertions have the title "${title}"; merge them or say what differs.`),
  ]
}

function observable(a: Assertion, public_names: readonly string[]): string[] {
  const inside = insideName(`${a.title}\n${a.behaviour}`, public_names)
  const vague = vagueWord(`${a.title}\n${a.behaviour}`)
  return [
    vague ? `${a.id} says "${vague}", which two testers would judge differently; say what is seen instead: the status, the words, the number.` : null,
    inside ? `${a.id} names "${inside}", which only someone reading the source can see; say what a user does and observes instead.` : null,
    a.behaviour.trim() ? null : `${a.id} has no behaviour; say what a user does and observes.`,
    ...evidenceProblems(a),
  ].filter((problem) => problem !== null)
}

/** What lies between two parts is where most defects are; so it is either promised, or said why there is nothing. */
function acrossAreas(contract: ValidationContract): string[] {
  const areas = [...new Set(contract.assertions.map(areaOf))]
  const own = areas.filter((area) => area !== 'CROSS')
  if (own.length < 2 || areas.includes('CROSS') || contract.apart !== undefined) return []
  return [
    `The contract has the areas ${own.join(', ')} and no assertion that crosses them; add a VAL-CROSS one in which what is done in one is observed in another, or say in "apart" why nothing a user does in one can show in another.`,
  ]
}

/** Each line of the definition of done has its proof, and each assertion that is new has its line. */
function doneProved({ assertions }: ValidationContract, done: readonly string[]): string[] {
  if (done.length === 0) return []
  const lines = done.length === 1 ? 'one line' : `${done.length} lines`
  return [
    ...assertions.flatMap((a) => a.proves.filter((n) => n > done.length).map((n) => `${a.id} says it proves line ${n} of the definition of done, which has ${lines}.`)),
    ...assertions
      .filter((a) => a.proves.length === 0 && !a.regression)
      .map((a) => `${a.id} proves no line of the definition of done; name the line it serves in "proves", mark it as a regression if it holds today, or leave it out.`),
    ...done.flatMap((line, i) =>
      assertions.some((a) => a.proves.includes(i + 1))
        ? []
        : [`Line ${i + 1} of the definition of done ("${line}") is proved by no assertion; add one, or name ${i + 1} in "proves" of the one that proves it.`],
    ),
  ]
}
