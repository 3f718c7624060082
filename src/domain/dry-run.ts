import { z } from 'zod'
import type { Assertion, ValidationContract } from './contract.ts'
import { startingPointsOf, Tool } from './contract.ts'
import { TriedProcedure, type Plan } from './feature.ts'
import { Sha } from './id.ts'
import type { BaselineResult, Mission } from './mission.ts'

const Tried = z.strictObject({
  procedure: TriedProcedure.exclude(['start']),
  command: z.string(),
  /** null: killed, mostly because it took too long. */
  exit: z.int().nullable(),
  seconds: z.number(),
  output: z.string(),
})

const EntryPoint = z.strictObject({
  argv: z.array(z.string()),
  /** `not_built`: what it names is not there; `broken`: it is, and cannot be run. */
  state: z.enum(['runs', 'not_built', 'broken']),
  detail: z.string(),
})

/** What a program found when it tried a plan on a commit. Nothing in it was said by a model. */
export const DryRunReport = z.strictObject({
  head: Sha,
  /** Nothing but words about the project: no manifest, no source. Then nothing else was tried. */
  empty: z.boolean(),
  /** In the order they were tried; nothing behind a failed install. */
  procedures: z.array(Tried),
  /** null: the plan starts nothing, or the install failed. */
  start: z.strictObject({ up: z.boolean(), seconds: z.number(), problem: z.string(), listening: z.array(z.int()) }).nullable(),
  entry_points: z.array(EntryPoint),
  tools: z.array(z.strictObject({ tool: Tool, state: z.enum(['works', 'no_product', 'broken']), detail: z.string() })),
})
export type DryRunReport = z.infer<typeof DryRunReport>

export interface Trouble {
  /** What is so, for everybody. */
  seen: string
  /** What to do about it, for whoever wrote the plan or the contract. */
  remedy: string
  /** Nothing can be built or validated as long as it is so. */
  stops: boolean
}

export function inFull({ seen, remedy }: Trouble): string {
  return `${seen} ${remedy}`
}

/** Where the plan and what was found do not agree. */
export function programProblems(report: DryRunReport, plan: Plan, contract: ValidationContract): Trouble[] {
  return report.empty ? nothingThere(plan) : [...procedures(report, plan), ...start(report, plan), ...tools(report, plan, contract)]
}

/** Where the contract and the base do not agree. */
export function assertionProblems(contract: ValidationContract, baseline: Mission['baseline']): Trouble[] {
  return contract.assertions.flatMap((a): Trouble[] => {
    const found = baseline[a.id]
    if (!found) return []
    const noted = found.note ? ` Noted there: ${short(found.note, 300)}` : ''
    switch (standing(a, found)) {
      case 'broken':
        return [trouble(`${a.id} is marked as a regression and does not hold today.${noted}`, 'Take the mark off, so that a feature brings it about, or say what does hold.')]
      case 'already':
        return [
          trouble(`${a.id} holds on the base already, before anything is built.${noted}`, 'Mark it as a regression if it must stay so, sharpen it until it asks for what is missing, or drop it.'),
        ]
      case 'blocked':
        return a.regression ? [trouble(`${a.id} is marked as a regression, and nobody could exercise it today.${noted}`, 'Say how a user brings it about, or drop it.')] : []
      case 'fails':
      case 'holds':
      case 'untried':
        return []
    }
  })
}

/** Why no tester needs to try this on the base; null: one does. */
export function beyondTrying(a: Assertion, report: DryRunReport): string | null {
  if (report.empty) return 'The repository is empty.'
  const web = a.tool === 'http' || a.tool === 'browser'
  if (web) return report.start?.up === true ? null : 'The product does not start yet.'
  return report.entry_points.some((e) => e.state === 'runs') ? null : 'None of the commands is there yet.'
}

/** An assertion in the words that decide what a tester does: another mark or title does not make it another one. */
export function asTried(a: Assertion, contract: ValidationContract): string {
  const { behaviour, tool, evidence } = a
  return JSON.stringify([startingPointsOf(contract, [a]).map(({ text }) => text), behaviour, tool, evidence])
}

/** How many assertions do what on the base. */
export function baselineCounts(m: Mission): Record<'fails' | 'holds' | 'already' | 'broken' | 'blocked' | 'untried', number> {
  const counts = { fails: 0, holds: 0, already: 0, broken: 0, blocked: 0, untried: 0 }
  for (const a of m.contract?.assertions ?? []) counts[standing(a, m.baseline[a.id])]++
  return counts
}

export function standing(a: Assertion, found: BaselineResult | undefined): keyof ReturnType<typeof baselineCounts> {
  if (!found) return 'untried'
  if (found.result === 'blocked') return 'blocked'
  if (a.regression) return found.result === 'pass' ? 'holds' : 'broken'
  return found.result === 'pass' ? 'already' : 'fails'
}

/** What a person approves of it: what came out, without times and outputs, which differ from one try to the next. */
export function whatWasTried(m: Mission): object | null {
  if (!m.dry_run) return null
  const { report, troubles, waived } = m.dry_run
  return {
    report: report && {
      head: report.head,
      empty: report.empty,
      procedures: report.procedures.map(({ procedure, exit }) => ({ procedure, exit })),
      start: report.start && report.start.up,
      entry_points: report.entry_points.map(({ argv, state }) => ({ argv, state })),
      tools: report.tools.map(({ tool, state }) => ({ tool, state })),
    },
    baseline: Object.fromEntries(Object.entries(m.baseline).map(([id, found]) => [id, found?.result])),
    known_troubles: troubles.length,
    waived,
  }
}

function nothingThere({ procedures: p, unready }: Plan): Trouble[] {
  const claimed = TriedProcedure.options.filter((name) => p[name] !== null && !unready.some((u) => u.procedure === name && u.state === 'not_built'))
  if (claimed.length === 0) return []
  return [
    trouble(
      `The repository has no manifest and no source at this commit, so ${claimed.join(', ')} cannot work yet.`,
      'Make the first milestone a walking skeleton of one feature, which brings them about, list each in "unready" as not_built by that feature, and name the manifests and lock files it writes in "manifests".',
      true,
    ),
  ]
}

function procedures(report: DryRunReport, { unready }: Plan): Trouble[] {
  return report.procedures.flatMap(({ procedure, command, exit, output }) => {
    const known = unready.find((u) => u.procedure === procedure)
    if (exit === 0) return known ? [ready(procedure, `\`${command}\` ends with exit 0`)] : []
    if (known) return []
    const ended = exit === null ? 'was killed, because it took too long' : `ends with exit ${exit}`
    const said = output.trim() === '' ? 'It printed nothing.' : `The end of what it printed:\n${output.trim().slice(-800)}`
    const stops = procedure === 'install' || procedure === 'build'
    const remedy = stops
      ? 'Put the command right; or, where what it needs is not there yet, list it in "unready" as not_built or mended by the first feature.'
      : `Put the command right, or let the first feature mend it and list it in "unready" as mended${procedure === 'test' ? '' : ', or as left with the reason'}.`
    return [trouble(`The ${procedure} procedure is red before anything is built: \`${command}\` ${ended}.`, `${remedy} ${said}`, stops)]
  })
}

function start({ start: found }: DryRunReport, { unready, procedures: p }: Plan): Trouble[] {
  const known = unready.some((u) => u.procedure === 'start')
  if (!found) return []
  if (found.up) return known ? [ready('start', `\`${p.start}\` starts the product and it answers`)] : []
  if (known) return []
  const elsewhere = found.listening.filter((port) => port !== p.port)
  const heard = elsewhere.length > 0 ? ` Something listens on port ${elsewhere.join(', ')} instead of ${p.port ?? 'none'}.` : ''
  const remedy = 'Put start, port, health and env right; or, where there is nothing to start yet, list start in "unready" as not_built by the first feature.'
  return [trouble(`\`${p.start}\` does not bring the product up.${heard} ${short(found.problem, 1200)}`, remedy, true)]
}

function tools(report: DryRunReport, { procedures: p }: Plan, contract: ValidationContract): Trouble[] {
  const needed = new Set(contract.assertions.map((a) => a.tool))
  const lame = report.tools.filter((t) => needed.has(t.tool) && t.state === 'broken')
  const broken = needed.has('command') || needed.has('terminal') ? report.entry_points.filter((e) => e.state === 'broken') : []
  return [
    ...lame.map(({ tool, detail }) => trouble(`The contract names ${tool}, and it does not work on this product: ${short(detail, 400)}`, 'Put the procedures right, or use another tool.', true)),
    ...broken.map(({ argv, detail }) =>
      trouble(
        `The entry point ${JSON.stringify(argv)} cannot be run: ${short(detail, 400)}`,
        "Declare the command as a user types it at the repository's root.",
        broken.length === p.entry_points.length,
      ),
    ),
  ]
}

function ready(procedure: string, found: string): Trouble {
  return trouble(`"unready" says that ${procedure} does not work on the base, but it does: ${found}.`, 'Take it out.')
}

function trouble(seen: string, remedy: string, stops = false): Trouble {
  return { seen, remedy, stops }
}

function short(text: string, most: number): string {
  const whole = text.trim()
  return whole.length > most ? `${whole.slice(0, most)}…` : whole
}
