import type { Procedures } from '../../domain/feature.ts'
import type { Gate } from '../../domain/proof.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { capped } from '../tool.ts'
import type { CommandRun, Lab, TestRun } from './tree.ts'
import { runCommand } from './tree.ts'

export interface GateRun extends CommandRun {
  name: string
}

/** What the repository declares beside its tests: lint, types, scanners. */
export function declared(procedures: Procedures): { name: string; command: string }[] {
  const scanners = procedures.scanners.map((command, i) => ({ name: procedures.scanners.length > 1 ? `scanner ${i + 1}` : 'scanner', command }))
  return [
    ...[procedures.lint].flatMap((command) => (command === null ? [] : [{ name: 'lint', command }])),
    ...[procedures.types].flatMap((command) => (command === null ? [] : [{ name: 'types', command }])),
    ...scanners,
  ]
}

export async function runGates(lab: Lab, sandbox: Sandbox, gates: readonly { name: string; command: string }[]): Promise<GateRun[]> {
  const runs: GateRun[] = []
  for (const { name, command } of gates) runs.push({ name, ...(await runCommand(sandbox, command, lab.procedures.env, lab.signal)) })
  return runs
}

/** A gate that is red here: was it before, and is it worse now? */
export function redGate(here: GateRun, before: GateRun | null): { gate: Gate; problem: string | null } {
  const gate: Gate = { name: here.name, command: here.command, exit: here.exit, seconds: here.seconds, before: before === null || before.exit === 0 ? 'green' : 'red' }
  if (here.exit === 0) return { gate: { ...gate, before: null }, problem: null }
  if (before === null || before.exit === 0) return { gate, problem: `${here.name}: ${ended(here)} on your final commit, in a clean tree.\n${capped(here.output, 3_000)}` }
  const fresh = newLines(before.output, here.output)
  if (fresh.length === 0) return { gate, problem: null }
  return { gate, problem: `${here.name}: ${ended(here)}. It was red before you began, and your change makes it worse. New there:\n${capped(fresh.join('\n'), 2_000)}` }
}

/** The tests, where names tell what is new; else their exit code alone. */
export function redTests(here: TestRun, before: TestRun | null): { gate: Gate; problem: string | null } {
  const gate: Gate = { name: 'test', command: here.command, exit: here.exit, seconds: here.seconds, before: null }
  if (here.exit === 0) return { gate, problem: null }
  const output = capped(failingPart(here.output), 4_000)
  if (before === null || before.exit === 0) return { gate: { ...gate, before: 'green' }, problem: `test: ${ended(here)} on your final commit, in a clean tree.\n${output}` }
  const known = new Set(before.outcomes.cases.flatMap((c) => (c.status === 'failed' ? [c.name] : [])))
  const failing = here.outcomes.cases.filter((c) => c.status === 'failed')
  const fresh = failing.filter((c) => !known.has(c.name))
  if (failing.length > 0 && fresh.length === 0) return { gate: { ...gate, before: 'red' }, problem: null }
  const which = failing.length === 0 ? 'Its output names no failing test, so it must be green' : `New failing tests: ${fresh.map((c) => `"${c.name}"`).join(', ')}`
  return { gate: { ...gate, before: 'red' }, problem: `test: ${ended(here)}. It was red before you began, and must not get worse. ${which}.\n${output}` }
}

function ended({ command, exit }: CommandRun): string {
  return exit === null ? `\`${command}\` was killed` : `\`${command}\` exits ${exit}`
}

/** Numbers apart: a problem that moved is the same problem. */
function newLines(before: string, here: string): string[] {
  const known = new Map<string, number>()
  for (const line of before.split('\n')) known.set(plain(line), (known.get(plain(line)) ?? 0) + 1)
  return here.split('\n').filter((line) => {
    const left = known.get(plain(line)) ?? 0
    known.set(plain(line), left - 1)
    return left <= 0 && line.trim() !== ''
  })
}

function plain(line: string): string {
  return line.replace(/\d+/g, '#').trim()
}

/** From the first failure on. */
function failingPart(output: string): string {
  const at = output.search(/^.*(not ok |✖|✕|×|FAIL|--- FAIL|Error:)/mu)
  return at > 2_000 ? `[…]\n${output.slice(at)}` : output
}
