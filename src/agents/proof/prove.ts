import type { Task } from '../../domain/effect.ts'
import type { Handoff } from '../../domain/feature.ts'
import type { AssertionId, Sha } from '../../domain/id.ts'
import type { FeatureState, Mission } from '../../domain/mission.ts'
import type { Proof, Shown } from '../../domain/proof.ts'
import type { Diff } from '../../ports/workspaces.ts'
import { capped } from '../tool.ts'
import type { FailReason, RunRecord } from '../record.ts'
import { gatesBefore, testsBefore } from './base.ts'
import { claimProblems } from './claims.ts'
import { exempted } from './exemptions.ts'
import type { GateRun } from './gates.ts'
import { declared, redGate, redTests, runGates } from './gates.ts'
import { isTest } from './kinds.ts'
import { orderRemarks } from './order.ts'
import { shake } from './shake.ts'
import { loosened, renamedFrom } from './loosened.ts'
import type { Claim } from './red-green.ts'
import { fateOf, mayBeVacuous, shownByRed, unseenTests } from './red-green.ts'
import type { CommandRun, Lab, TestRun } from './tree.ts'
import { inTree, runTests, seen } from './tree.ts'
import { weakened } from './weakening.ts'

/** What a worker hands off, and from where it came. */
export interface Attempt {
  mission: Mission
  state: FeatureState
  task: Extract<Task, { task: 'build' }>
  handoff: Handoff
  head: Sha
  record: RunRecord
}

export type Proved = { proof: Proof } | { reason: FailReason; problems: string[] }

/** Holds a handoff against its trajectory and runs its commit: claims, gates, red and green, and what became of older tests. */
export async function prove(lab: Lab, attempt: Attempt): Promise<Proved> {
  const { handoff, head, mission, state } = attempt
  const { test: command } = lab.procedures
  const from = await beginningOf(lab, attempt)
  const diff = await lab.services.workspaces.diff(lab.repository, from, head)
  const paths = [...diff.files.map((file) => file.path), ...renamedFrom(diff.text)]
  const claimed = claimedBy(mission, state)
  const exempt = exempted(handoff.exemptions, { paths, claimed })
  const claims = claimsOf(
    attempt,
    claimed.filter((id) => !exempt.assertions.includes(id)),
    exempt.whole,
  )

  const [here, base] = await Promise.all([atHead(lab, attempt), command === null ? null : testsBefore(lab, from, command)])
  const gates = await judgeGates(lab, from, here, base)
  const older = here.tests === null || base === null ? { changed: [], problems: [], limits: [] } : weakened(base.outcomes, here.tests.outcomes, handoff.tests_changed)
  const shown = await showClaims(lab, { attempt, from, paths, diff: diff.text, claims, whole: exempt.whole, here, base })

  const problems: [FailReason, string[]][] = [
    ['claims', claimProblems(handoff.commands, attempt.record)],
    ['gates', gates.problems],
    ['unproven', [...exempt.problems, ...foreignClaims(handoff, claimed), ...older.problems, ...shown.problems]],
  ]
  const all = problems.flatMap(([, sentences]) => sentences)
  const reason = problems.find(([, sentences]) => sentences.length > 0)?.[0]
  if (reason !== undefined) return { reason, problems: all }
  return {
    proof: {
      from,
      head,
      command,
      test_files: shown.files.map((path) => path.slice(0, 300)).slice(0, 100),
      base: base && seen(base),
      red: shown.red && seen(shown.red),
      green: here.tests && seen(here.tests),
      assertions: [...shown.claims, ...claimed.filter((id) => exempt.assertions.includes(id)).map((assertion) => ({ assertion, tests: [], shown: 'exempt' as const }))],
      exemptions: handoff.exemptions,
      gates: gates.gates,
      tests_changed: older.changed,
      loosened: loosened(diff.text),
      order: orderRemarks(attempt.record, ownPaths(attempt, paths)),
      limits: [...older.limits, ...shown.limits, ...cutDiff(diff)],
    },
  }
}

/**
 * A fix on a pull request that is open begins where its worker began. All else begins where its branch left the mission's:
 * a later attempt, or one that resolves conflicts, hands off the whole feature again.
 */
async function beginningOf(lab: Lab, { mission, state, task }: Attempt): Promise<Sha> {
  if (task.merge !== null) return task.merge
  if (state.on !== null || state.head === null || mission.integration === null) return task.base
  return (await lab.services.workspaces.fork(lab.repository, mission.integration.head, task.base)) ?? task.base
}

/** A feature claims what it covers, a fix what its findings speak of. */
export function claimedBy(mission: Mission, { feature }: FeatureState): AssertionId[] {
  const found = mission.findings.filter((f) => feature.fixes.includes(f.id)).flatMap((f) => f.finding.assertion ?? [])
  const known = new Set(mission.contract?.assertions.map((a) => a.id))
  return [...new Set([...feature.covers, ...found])].filter((id) => known.has(id))
}

function claimsOf({ handoff }: Attempt, open: readonly AssertionId[], whole: boolean): Claim[] {
  if (whole) return []
  if (open.length > 0) return open.map((assertion) => ({ assertion, tests: handoff.tests_added.filter((test) => test.proves.includes(assertion)) }))
  return [{ assertion: null, tests: handoff.tests_added }]
}

function foreignClaims(handoff: Handoff, claimed: readonly AssertionId[]): string[] {
  const foreign = handoff.tests_added.flatMap((test) =>
    test.proves
      .filter((id) => !claimed.includes(id))
      .map((id) => `tests_added says that "${test.name}" proves ${id}; yours to prove ${claimed.length === 0 ? 'is no assertion' : `are ${claimed.join(', ')}`}. Leave it out of \`proves\`.`),
  )
  return [...new Set(foreign)].slice(0, 6)
}

interface AtHead {
  install: CommandRun | null
  tests: TestRun | null
  gates: GateRun[]
  /** Sentences on tests that were named and did not pass. */
  unseen: string[]
}

/** The final commit in a clean tree: tests first, so that no formatter has been there. */
async function atHead(lab: Lab, { head, handoff }: Attempt): Promise<AtHead> {
  return inTree(lab, { tag: 'head', at: head }, async (sandbox, install) => {
    if (install !== null && install.exit !== 0) return { install, tests: null, gates: [], unseen: [] }
    const { test } = lab.procedures
    const tests = test === null ? null : await runTests(lab, sandbox, test)
    const text = async (path: string) => {
      const bytes = await sandbox.readFile(path).catch(() => null)
      return bytes && new TextDecoder().decode(bytes)
    }
    const unseen = tests === null ? [] : await unseenTests(handoff.tests_added, tests, text)
    return { install, tests, gates: await runGates(lab, sandbox, declared(lab.procedures)), unseen }
  })
}

async function judgeGates(lab: Lab, from: Sha, here: AtHead, base: TestRun | null): Promise<{ gates: Proof['gates']; problems: string[] }> {
  if (here.install !== null && here.install.exit !== 0) {
    return {
      gates: [],
      problems: [
        `install: \`${here.install.command}\` ${here.install.exit === null ? 'was killed' : `exits ${here.install.exit}`} on your final commit, in a clean tree.\n${capped(here.install.output, 3_000)}`,
      ],
    }
  }
  const red = here.gates.filter((gate) => gate.exit !== 0).map(({ name, command }) => ({ name, command }))
  const before = red.length === 0 ? [] : await gatesBefore(lab, from, red)
  const judged = [...(here.tests === null ? [] : [redTests(here.tests, base)]), ...here.gates.map((gate) => redGate(gate, before.find((b) => b.name === gate.name) ?? null))]
  return { gates: judged.map((j) => j.gate), problems: judged.flatMap((j) => j.problem ?? []) }
}

interface Showing {
  attempt: Attempt
  from: Sha
  paths: readonly string[]
  diff: string
  claims: Claim[]
  whole: boolean
  here: AtHead
  base: TestRun | null
}

interface Shows {
  claims: Proof['assertions']
  red: TestRun | null
  files: string[]
  problems: string[]
  limits: string[]
}

/** For each claim a test that fails without the feature: on the red tree, which is the base with the final tests. */
async function showClaims(lab: Lab, showing: Showing): Promise<Shows> {
  const { attempt, from, paths, claims, here, base } = showing
  const named = attempt.handoff.tests_added.map((test) => test.path)
  const files = [...new Set(paths.filter((path) => isTest(path) || named.includes(path)))]
  const nothing: Shows = { claims: [], red: null, files, problems: here.unseen, limits: [] }
  const { test: command } = lab.procedures
  if (showing.whole) return nothing
  if (command === null)
    return { ...nothing, problems: ['The plan declares no test command, so no test can prove the change. Give the exemption `untestable`, naming the assertions and what you did instead.'] }
  if (here.tests === null) return nothing
  const nameless = claims
    .filter((claim) => claim.tests.length === 0 && !isKept(attempt, claim))
    .map(({ assertion }) =>
      assertion === null
        ? 'tests_added is empty. Name the tests that fail without your change, or give an exemption.'
        : `No test in tests_added proves ${assertion}. Write one that fails while it does not hold, or give the exemption \`untestable\` with the reason.`,
    )
  if (files.length === 0) return { ...nothing, problems: [...here.unseen, ...nameless, 'Your change has no test file, so nothing can be shown to fail without it.'] }

  const at = await lab.services.workspaces.graft(lab.repository, { onto: from, from: attempt.head, paths: files })
  const red = await inTree(lab, { tag: 'red', at }, (sandbox) => runTests(lab, sandbox, command))
  const told = `without your change (the commit you began from, with only your ${files.length === 1 ? 'test file' : 'test files'} ${files.slice(0, 8).join(', ')} taken over)`
  if (red.exit === 0)
    return {
      ...nothing,
      red,
      problems: [...here.unseen, ...nameless, `\`${command}\` exits 0 ${told}: the tests do not notice that it is missing. Write tests that fail there for the right reason, or mend yours.`],
    }
  const problems = [...here.unseen, ...nameless]
  const result: Proof['assertions'] = []
  const limits = new Set<string>()
  const open: Claim[] = []
  const note = (claim: Claim, how: Shown) => {
    if (how === 'unnamed') limits.add('The test command does not name its tests: red and green were told apart by their exit codes alone.')
    if (claim.assertion !== null) result.push({ assertion: claim.assertion, tests: claim.tests.map((test) => test.name).slice(0, 20), shown: how })
  }
  for (const claim of claims) {
    const how: Shown | null = shownByRed(claim, red, base === null || base.exit === 0) ?? (isKept(attempt, claim) ? 'kept' : null)
    if (how !== null) note(claim, how)
    else if (claim.tests.length > 0) open.push(claim)
  }
  // Worth the runs only when all else stands: what came back is handed in anew.
  const vacuous = open.filter((claim) => mayBeVacuous(claim, red))
  const shaken = vacuous.length > 0 && here.unseen.length === 0 ? await shake(lab, { head: attempt.head, diff: showing.diff, claims: vacuous, command }) : null
  for (const claim of open) {
    const how = shaken?.shown.get(claim)
    if (how !== undefined) note(claim, how)
    else {
      const more =
        shaken && vacuous.includes(claim)
          ? ` With your functions emptied (${shaken.stubs} ${shaken.stubs === 1 ? 'way' : 'ways'}) and single lines of yours changed (${shaken.mutants} times) none of these tests failed by its assertion either: make them assert what is promised.`
          : ''
      problems.push(`${claim.assertion ?? 'Your change'}: no test that you name for it ran and failed ${told}. There ${fateOf(claim, red)}.${more}`)
    }
  }
  return { claims: result, red, files, problems, limits: [...limits] }
}

/** Held before and has to stay so: nothing can be red. Where a finding says it broke, it can. */
function isKept({ mission, state }: Attempt, claim: Claim): boolean {
  return state.feature.fixes.length === 0 && mission.contract?.assertions.find((a) => a.id === claim.assertion)?.regression === true
}

/** What this worker itself changed, as far as it is part of the change. */
function ownPaths({ task }: Attempt, paths: readonly string[]): readonly string[] {
  return task.merge === null && task.attempt === 1 ? paths : []
}

function cutDiff(diff: Diff): string[] {
  return diff.truncated ? ['The diff is longer than was read: removed assertions and skips beyond it were not looked for.'] : []
}
