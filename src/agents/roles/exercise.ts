import type { Assertion } from '../../domain/contract.ts'
import type { AssertionId } from '../../domain/id.ts'
import type { Report } from '../../domain/verdict.ts'
import { Report as ReportSchema } from '../../domain/verdict.ts'
import { outcome, play } from '../cast.ts'
import { usageFor } from '../library.ts'
import { assertionsOf, json, jsonList, missionText, startingPointsText } from '../material.ts'
import { prepare } from '../prepare.ts'
import { proceduresText } from '../procedures.ts'
import type { Product } from '../product.ts'
import { addressOf, productOf } from '../product.ts'
import { outputsIn } from '../outputs.ts'
import { recordOf, usageOf } from '../record.ts'
import type { Job, Outcome, TaskOf } from '../services.ts'
import { repositoryOf } from '../services.ts'
import type { Tool } from '../tool.ts'
import { capped } from '../tool.ts'
import { browserTool } from '../tools/browser.ts'
import { commandTool } from '../tools/command.ts'
import { httpTool } from '../tools/http.ts'
import { productTool } from '../tools/product.ts'
import { outputReadTool } from '../tools/read.ts'
import { terminalTool } from '../tools/terminal.ts'
import { submit } from '../submit.ts'
import { callsFor, witnessed } from '../testing/calls.ts'
import { reportProblems, settled } from '../testing/check.ts'
import { publish } from '../testing/publish.ts'
import { sourceIn } from '../testing/source.ts'
import { proceduresOf } from './build.ts'

/** A user of the running product: it lives in one sandbox, the tester in another that shares its network and nothing else. */
export async function exercise(job: Job<TaskOf<'exercise'>>): Promise<Outcome> {
  const { mission, run, task, services, signal } = job
  const procedures = proceduresOf(mission)
  const assertions = assertionsOf(mission, task.assertions)
  const repository = repositoryOf(mission)
  const workspace = await services.workspaces.open({ repository, run, at: task.head }, signal)
  await using pair = await services.sandboxes.openPair({ run, product_dir: workspace.dir, product_home: workspace.home, tester_dir: await services.testerDir(run), env: procedures.env })
  const product = productOf(pair, procedures, services.config.start_ms)
  // A run that has ended answers as it did, whatever the product does now.
  const down = (await recorded()).ended ? null : await bringUp()
  if (down !== null) {
    await services.workspaces.release(run)
    return { is: 'answered', body: { type: 'AssertionsExercised', report: unreachable(task.assertions, down), published: null, usage: usageOf(await recorded()) } }
  }

  // On the tester's side: what the product's side can see, its source, stays there.
  const outputs = outputsIn(pair.tester)
  const tools: Record<Assertion['tool'], Tool> = {
    http: httpTool(pair.tester, outputs, assertions),
    browser: browserTool(pair.tester, outputs, assertions),
    command: commandTool({ ...pair, outputs }, assertions, procedures),
    terminal: terminalTool(pair.product, assertions, procedures.entry_points),
  }
  const needed = [...new Set(assertions.map((a) => a.tool))].sort()
  const ending = await play(job, {
    run,
    prompt: 'user-testing/exercise',
    values: {
      mission: missionText(mission),
      reach: json({ address: addressOf(procedures), entry_points: procedures.entry_points, ...(procedures.consumer === undefined ? {} : { script: procedures.consumer }) }),
      starting_points: startingPointsText(mission, assertions),
      assertions: jsonList(assertions),
      baseline: task.baseline ? onTheBase : '',
      usage: await usageFor(job, task.head, assertions.map((a) => `${a.title}\n${a.behaviour}`).join('\n')),
    },
    tools: [...needed.map((name) => witnessed(tools[name], product, task.head)), ...(procedures.start === null ? [] : [productTool(product, outputs)]), outputReadTool(pair.tester, outputs)],
    submit: submit({
      description: 'Hands in a result for every assertion and ends your task. A program holds it against your calls.',
      answer: ReportSchema,
      value: ReportSchema,
      async check(report, tries_left) {
        const record = await recorded()
        const source = await sourceIn(report, record, pair.product, signal)
        const problems = reportProblems(report, assertions, { calls: (assertion) => callsFor(record, assertion, task.head), source, baseline: task.baseline === true })
        if (problems.some((p) => !p.final) && tries_left > 0) return { problems: problems.map((p) => p.text) }
        return { value: settled(report, assertions, problems) }
      },
    }),
  })
  if (ending.is === 'stopped') return { is: 'stopped' }
  // Before the approval the mission has no branch; what the base does is told in the plan.
  const published = ending.is === 'submitted' && !task.baseline ? await publish(job, { assertions, head: task.head, report: ending.value, record: await recorded() }, pair.tester) : null
  await services.workspaces.release(run)
  return outcome(ending, (report) => ({ type: 'AssertionsExercised', report, published, usage: ending.usage }))

  /** Why the product cannot be used; null when it is up. */
  async function bringUp(): Promise<string | null> {
    const prepared = await prepare({ run, repository, workspace, sandbox: pair.product, procedures }, services, signal)
    if (prepared.some((r) => r.exit !== 0)) return proceduresText(prepared)
    await product.remember(signal)
    const started = await startTwice(product, signal)
    return started.up ? null : started.problem
  }

  async function recorded() {
    return recordOf(await services.trajectories.read(run))
  }
}

/** The dry run asks less of a tester: what the base does, not how well it does it. */
const onTheBase =
  'You have the product as it is before the mission, to find out what each assertion does today; nothing of what they ask for is built yet. Expect most to fail, and those marked `regression` to pass. This takes the place of steps 4 and 5 and of what stands about findings: one clear try decides each, a fail at the first step that refutes it; do not repeat a fail, do not try to break what holds, and leave `findings` empty. Where the page, the address or the command that an assertion speaks of does not exist, it fails, and one call that showed so may stand for all that speak of it; `blocked` is for a product or a tool that does not work. Later steps may go into the same turn as the first. One short sentence is enough for a note, and a fail needs no evidence.'

/** A port that is still taken gets a second chance. */
async function startTwice(product: Product, signal: AbortSignal): ReturnType<Product['start']> {
  const first = await product.start(signal)
  if (first.up) return first
  await product.stop()
  return product.start(signal)
}

/** Nobody could look: that is the result, and the log says why. */
function unreachable(ids: readonly AssertionId[], why: string): Report {
  const note = capped(`The product could not be reached. ${why}`, 900)
  return { summary: note, results: ids.map((assertion) => ({ assertion, result: 'blocked', note, evidence: [] })), findings: [], knowledge: [], documentation: [] }
}
