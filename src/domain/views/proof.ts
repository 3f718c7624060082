import type { Gate, Proof, Shown, TestsSeen } from '../proof.ts'
import { code, inline } from './escape.ts'
import { bullets, dotted, type Fold } from './page.ts'

/** What the program saw when it ran a feature's tests with and without it: one line each. */
export function proofBlock(p: Proof): string {
  return `**Proved by running it**\n\n${bullets([redGreen(p), gates(p.gates), ...assertions(p), ...p.exemptions.map((e) => `Exemption *${e.kind}*${e.assertions.length > 0 ? ` for ${e.assertions.join(', ')}` : ''}: ${inline(e.reason, 600)}`)].filter((line) => line !== ''))}`
}

/** What a reviewer should question: changed tests, what was loosened, the order of writing, what could not be seen. */
export function proofFold(p: Proof): Fold | null {
  const blocks = [
    list(
      'Tests that no longer pass as they did',
      p.tests_changed.map((t) => `${inline(t.name, 200)} (${t.now}): ${inline(t.why, 600)}`),
    ),
    list(
      'Loosened in the diff',
      p.loosened.map((line) => inline(line, 400)),
    ),
    list(
      'Order of writing',
      p.order.map((line) => inline(line, 400)),
    ),
    list(
      'Not seen',
      p.limits.map((line) => inline(line, 400)),
    ),
    list(
      'Test files taken over into the tree without the feature',
      p.test_files.slice(0, 40).map((path) => code(path, 160)),
    ),
  ].filter((block) => block !== null)
  return blocks.length > 0 ? { summary: '<b>More on the proof</b>', blocks } : null
}

/** The same on one line, for logs and the live view. */
export function proofLine(p: Proof): string {
  if (p.red === null) return p.exemptions.length > 0 ? `exempt: ${p.exemptions.map((e) => e.kind).join(', ')}` : 'nothing was run without the feature'
  return `red ${told(p.red)}, green ${p.green ? told(p.green) : 'not run'}`
}

function redGreen(p: Proof): string {
  if (p.command === null) return 'The plan declares no test command.'
  const command = code(p.command, 160)
  const before = p.base ? `before ${told(p.base)}` : 'before no tests'
  if (p.red === null) return `${command}: ${dotted(before, p.green ? `with it ${told(p.green)}` : null)}; nothing was run without the feature`
  return `${command}: ${dotted(before, `**without the feature ${told(p.red)}**`, p.green ? `**with it ${told(p.green)}**` : null)}`
}

function told(run: TestsSeen): string {
  const exit = run.exit === null ? 'killed' : `exit ${run.exit}`
  if (run.passed === null) return exit
  const parts = [run.failed ? `${run.failed} failed` : null, `${run.passed} passed`, run.skipped ? `${run.skipped} skipped` : null].filter((part) => part !== null)
  return `${parts.join(', ')} (${exit})`
}

function gates(all: readonly Gate[]): string {
  if (all.length === 0) return ''
  return `Gates: ${dotted(...all.map((g) => `${g.name} ${g.exit === 0 ? 'green' : `${g.exit === null ? 'killed' : `exit ${g.exit}`}${g.before === 'red' ? ', as before' : ''}`}`))}`
}

const shown: Record<Shown, string> = {
  red: 'failed without the feature',
  stub: 'failed with its functions emptied',
  mutant: 'failed with a line of it changed',
  kept: 'held before and must stay so',
  exempt: 'exempt',
  unnamed: 'seen by exit codes alone',
}

function assertions(p: Proof): string[] {
  return p.assertions
    .filter((a) => a.shown !== 'exempt')
    .map(
      (a) =>
        `**${a.assertion}** ${
          a.tests.length > 0
            ? `${a.tests
                .slice(0, 4)
                .map((name) => `“${inline(name, 120)}”`)
                .join(', ')}${a.tests.length > 4 ? ` and ${a.tests.length - 4} more` : ''}: `
            : ''
        }${shown[a.shown]}`,
    )
}

function list(heading: string, lines: readonly string[]): string | null {
  return lines.length > 0 ? `**${heading}**\n\n${bullets(lines)}` : null
}
