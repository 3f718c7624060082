import type { Sha } from '../../domain/id.ts'
import type { GateRun } from './gates.ts'
import { runGates } from './gates.ts'
import { isTest } from './kinds.ts'
import type { Lab, TestRun } from './tree.ts'
import { filesIn, inTree, runTests } from './tree.ts'

/** The tests of the commit that a feature began from; null where there are none. Run once for each commit and command while this process lives. */
export function testsBefore(lab: Lab, from: Sha, command: string): Promise<TestRun | null> {
  return tests.once([lab.repository.id, from, command, lab.procedures.install, lab.procedures.env], () =>
    inTree(lab, { tag: 'base', at: from }, async (sandbox) => {
      const files = await filesIn(sandbox, lab.signal)
      return files.some(isTest) ? runTests(lab, sandbox, command) : null
    }),
  )
}

export function gatesBefore(lab: Lab, from: Sha, gates: readonly { name: string; command: string }[]): Promise<GateRun[]> {
  return gateRuns.once([lab.repository.id, from, gates, lab.procedures.install, lab.procedures.env], () => inTree(lab, { tag: 'base-gates', at: from }, (sandbox) => runGates(lab, sandbox, gates)))
}

/** The last few results, each under what it was made of. Two who ask at once share one run, unless the first is called off. */
function memory<T>(most: number): { once(of: unknown[], run: () => Promise<T>): Promise<T> } {
  const kept = new Map<string, Promise<T>>()
  return {
    async once(of, run) {
      const key = JSON.stringify(of)
      const known = kept.get(key)
      if (known) return known.catch(() => this.once(of, run))
      const begun = run()
      kept.set(key, begun)
      begun.catch(() => kept.delete(key))
      const oldest = kept.keys().next()
      if (kept.size > most && oldest.done !== true) kept.delete(oldest.value)
      return begun
    },
  }
}

const tests = memory<TestRun | null>(20)
const gateRuns = memory<GateRun[]>(20)
