import type { Assertion } from '../../domain/contract.ts'
import { isSought, itemsOf } from '../../domain/evidence.ts'
import { borneOut } from '../../domain/borne.ts'
import { isQuoteOf } from '../../domain/shown.ts'
import type { AssertionResult, Evidence, Finding, Report } from '../../domain/verdict.ts'
import type { TesterCall } from './calls.ts'

// A tester's word counts only as far as the recorded calls bear it out.

export interface ReportProblem {
  /** null: it concerns no result, only the report. */
  assertion: string | null
  text: string
  /** Another try cannot mend it. */
  final: boolean
}

export interface Witness {
  /** What the run's calls for an assertion showed. */
  calls(assertion: Assertion): readonly TesterCall[]
  /** Lines of the product's source that stand in what was submitted and that no tool showed. */
  source: ReadonlySet<string>
  /** On the base, where most of it cannot hold yet: a fail is a fact, and nobody has to mend it. */
  baseline: boolean
}

/** What the calls of the run do not bear out. */
export function reportProblems(report: Report, assertions: readonly Assertion[], witness: Witness): ReportProblem[] {
  const problems = assertions.flatMap((assertion) => {
    const given = report.results.filter((r) => r.assertion === assertion.id)
    const [result] = given
    const texts = result && given.length === 1 ? resultProblems(result, report, assertion, witness) : [given.length === 0 ? 'it has no result.' : 'it has more than one result.']
    const own = [...given.flatMap((r) => r.evidence), ...report.findings.filter((f) => f.assertion === assertion.id).flatMap((f) => f.evidence)]
    const leaked = own.some((e) => holdsSource(e, witness.source)) ? ["its evidence holds lines of the product's source, which a user does not see."] : []
    return [
      ...texts.map((text) => ({ assertion: assertion.id, text: `${assertion.id}: ${text}`, final: false })),
      ...leaked.map((text) => ({ assertion: assertion.id, text: `${assertion.id}: ${text}`, final: true })),
    ]
  })
  const foreign = report.results.filter((r) => !isOf(r.assertion, assertions)).map((r) => `${r.assertion}: it is not yours; leave it out.`)
  const unnamed = report.findings.flatMap((f, i) => {
    if (f.assertion && !isOf(f.assertion, assertions)) return [`Finding ${i + 1} names ${f.assertion}, which is not yours to exercise; name the assertion of yours that it breaks, or none.`]
    return f.severity === 'blocking' && !f.assertion ? [`Finding ${i + 1} is blocking and names no assertion; what breaks no assertion is non_blocking or a suggestion.`] : []
  })
  return [...problems, ...[...foreign, ...unnamed].map((text) => ({ assertion: null, text, final: false }))]
}

function isOf(id: string, assertions: readonly Assertion[]): boolean {
  return assertions.some((a) => a.id === id)
}

function resultProblems(result: AssertionResult, report: Report, assertion: Assertion, witness: Witness): string[] {
  if (result.result === 'blocked') return []
  const { tool } = assertion
  const calls = witness.calls(assertion)
  const counting = calls.filter((call) => call.counts)
  if (counting.length === 0) {
    return [
      calls.length === 0
        ? `no call of ${tool} that names it was answered in this run; exercise it, or report it as blocked.`
        : `its calls were made before the product was up, or not on the commit that is tested; exercise it again.`,
    ]
  }
  const findings = report.findings.filter((f) => f.assertion === assertion.id)
  const evidence = [...result.evidence, ...findings.flatMap((f) => f.evidence)]
  return [
    ...(result.result === 'pass' ? passProblems(result, assertion, calls) : []),
    ...(result.result === 'fail' && findings.length === 0 && !witness.baseline ? ['a fail needs a finding that names it.'] : []),
    ...evidence.flatMap((e) => evidenceProblem(e, tool, counting) ?? []),
  ]
}

function passProblems(result: AssertionResult, assertion: Assertion, calls: readonly TesterCall[]): string[] {
  const items = itemsOf(assertion)
  const borne = borneOut(
    items.map(({ item }) => item),
    calls,
  )
  return [
    ...items.flatMap(({ text, item }, i) => {
      const problem = borne[i]?.problem ?? null
      if (problem === null) return []
      return [
        isSought(item)
          ? `${text} is not borne out: ${problem}. Bring that about, or do not report a pass.`
          : `nothing that ${assertion.tool} showed for it fits ${text}; bring that about, or do not report a pass.`,
      ]
    }),
    ...(result.evidence.some((e) => e.kind === assertion.tool) ? [] : [`a pass needs evidence of kind ${assertion.tool}.`]),
  ]
}

/** Evidence is a quote: each of its lines stands in what one call told, or in the whole of what it showed head and tail of, but for white space; `…` leaves something out. */
function evidenceProblem(e: Evidence, tool: string, calls: readonly TesterCall[]): string | null {
  if (e.kind !== tool) return `evidence of kind ${e.kind} does not count; its tool is ${tool}.`
  if (e.file !== undefined && !calls.some((call) => call.shown.files.some((f) => f.path === e.file || f.name === e.file))) return `no call for it wrote the file ${e.file}.`
  const lines = linesOf(timeless(e.text))
  if (lines.length > 0 && calls.some((call) => lines.every((line) => isQuoteOf(line, timeless(`${call.told}\n${call.shown.text}`))))) return null
  return `"${e.text.replace(/\s+/g, ' ').slice(0, 80)}" is not what a call for it showed; quote one tool answer word for word, with … where you leave something out.`
}

/** How long it took is nobody's words: who quotes the second of two equal calls is not wrong. */
function timeless(text: string): string {
  return text.replace(/^(exit \d+) \(\d+\.\d s\)/gm, '$1')
}

/** The pieces of a quote. */
export function linesOf(text: string): string[] {
  return text
    .split(/\n|…|\[\.\.\.\]|\.\.\.(?=\s|$)/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

function holdsSource(e: Evidence, source: ReadonlySet<string>): boolean {
  return linesOf(e.text).some((line) => source.has(line))
}

/** The report as it counts: one result for each assertion, and none that the run does not bear out. */
export function settled(report: Report, assertions: readonly Assertion[], problems: readonly ReportProblem[]): Report {
  const results = assertions.map(({ id }): AssertionResult => {
    const given = report.results.filter((r) => r.assertion === id)
    const [result] = given
    if (!result || given.length > 1) return { assertion: id, result: 'blocked', note: 'The tester gave no single result for it.', evidence: [] }
    const [problem] = problems.filter((p) => p.assertion === id).toSorted((a, b) => Number(b.final) - Number(a.final))
    if (!problem) return result
    const said = result.result === 'blocked' ? 'Blocked, and' : `Reported as ${result.result === 'pass' ? 'passed' : 'failed'}, but`
    return { ...result, result: 'blocked', note: `${said} ${problem.text} ${result.note}`.slice(0, 1_000), evidence: problem.final ? [] : result.evidence }
  })
  const bad = new Set(problems.flatMap((p) => (p.final && p.assertion !== null ? [p.assertion] : [])))
  const findings = report.findings.map(({ assertion, ...f }): Finding => {
    if (assertion && isOf(assertion, assertions)) return { ...f, assertion, evidence: bad.has(assertion) ? [] : f.evidence }
    return f.severity === 'blocking' ? { ...f, severity: 'non_blocking' } : f
  })
  return { ...report, results, findings }
}
