import type { Sha } from '../../domain/id.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import { addedLines } from './added-lines.ts'
import { speaksOfLoading } from './formats/cause.ts'
import { mutantsOf } from './mutants.ts'
import { isNamed } from './outcomes.ts'
import { pythonStubs } from './python-stubs.ts'
import type { Claim } from './red-green.ts'
import type { StubMode } from './stubs.ts'
import { isScript, stubbedScript } from './stubs.ts'
import type { Lab, TestRun } from './tree.ts'
import { inTree, runTests } from './tree.ts'

/** All variants of one handoff together. */
const wall_ms = 20 * 60_000
const mutants_per_feature = 10

/** How each claim was shown, and how many variants were run. */
export interface Shaken {
  shown: Map<Claim, 'stub' | 'mutant'>
  stubs: number
  mutants: number
}

/**
 * For tests that were red only because something was not there: the final tree with the feature's functions emptied, then
 * throwing, then with single lines changed. A test of the claim must run and fail by its assertion.
 */
export async function shake(lab: Lab, spec: { head: Sha; diff: string; claims: readonly Claim[]; command: string }): Promise<Shaken> {
  const result: Shaken = { shown: new Map(), stubs: 0, mutants: 0 }
  const open = () => spec.claims.filter((claim) => !result.shown.has(claim))
  const deadline = performance.now() + wall_ms
  return inTree(lab, { tag: 'shaken', at: spec.head }, async (sandbox) => {
    const files = new Map<string, { text: string; added: number[] }>()
    for (const [path, added] of addedLines(spec.diff)) {
      const bytes = await sandbox.readFile(path).catch(() => null)
      if (bytes !== null) files.set(path, { text: new TextDecoder().decode(bytes), added })
    }
    const notice = (run: TestRun, how: 'stub' | 'mutant') => {
      for (const claim of open()) if (noticedBy(claim, run)) result.shown.set(claim, how)
    }
    for (const mode of ['empty', 'throws'] as const) {
      if (open().length === 0) break
      if (!(await stub(sandbox, files, mode, lab.signal))) break
      result.stubs++
      notice(await runTests(lab, sandbox, spec.command), 'stub')
      await restore(sandbox, files)
    }
    for (const mutant of mutantsOf(files, mutants_per_feature)) {
      if (open().length === 0 || performance.now() > deadline) break
      await write(sandbox, mutant.path, mutant.text)
      result.mutants++
      notice(await runTests(lab, sandbox, spec.command), 'mutant')
      await write(sandbox, mutant.path, files.get(mutant.path)?.text ?? '')
    }
    return result
  })
}

function noticedBy(claim: Claim, run: TestRun): boolean {
  if (run.exit === 0) return false
  if (run.outcomes.named === 'none') return !speaksOfLoading(run.output)
  return run.outcomes.cases.some((c) => c.status === 'failed' && c.cause === 'assertion' && claim.tests.some((test) => isNamed(c, test.name)))
}

/** False: there is no function to take out, in a language that can be read. */
async function stub(sandbox: Sandbox, files: ReadonlyMap<string, { text: string; added: number[] }>, mode: StubMode, signal: AbortSignal): Promise<boolean> {
  let taken = 0
  const python: Record<string, number[]> = {}
  for (const [path, { text, added }] of files) {
    if (path.endsWith('.py')) python[path] = added
    const out = isScript(path) ? stubbedScript(path, text, added, mode) : null
    if (out === null) continue
    await write(sandbox, path, out)
    taken++
  }
  if (Object.keys(python).length > 0) {
    const done = await sandbox.exec({ argv: ['python3', '-c', pythonStubs], stdin: JSON.stringify({ mode, files: python }), timeout_ms: 60_000, output_limit_bytes: 10_000 }, signal)
    taken += Number(done.stdout.trim()) || 0
  }
  return taken > 0
}

async function restore(sandbox: Sandbox, files: ReadonlyMap<string, { text: string }>): Promise<void> {
  for (const [path, { text }] of files) await write(sandbox, path, text)
}

async function write(sandbox: Sandbox, path: string, text: string): Promise<void> {
  await sandbox.writeFile(path, new TextEncoder().encode(text))
}
