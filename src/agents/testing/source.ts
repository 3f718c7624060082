import type { Sandbox } from '../../ports/sandbox.ts'
import { plain } from '../../domain/pattern.ts'
import type { RunRecord } from '../record.ts'
import { callsOf, results } from '../record.ts'
import { Report } from '../../domain/verdict.ts'
import { linesOf } from './check.ts'

const shortest_line = 16
const most_lines = 200
const endings = ['js', 'mjs', 'cjs', 'jsx', 'ts', 'mts', 'cts', 'tsx', 'vue', 'svelte', 'py', 'rb', 'php', 'go', 'rs', 'java', 'kt', 'cs', 'swift', 'c', 'h', 'cc', 'cpp', 'hpp', 'sh', 'sql']

/**
 * Lines of the product's source that a tester put into its evidence, in this submission or in one that came back, and that no
 * tool of the run had shown: it cannot have seen them as a user does. What a tool showed is no secret; that the product prints
 * its own source is for the contract to forbid.
 */
export async function sourceIn(report: Report, record: RunRecord, product: Sandbox, signal: AbortSignal): Promise<Set<string>> {
  const told = plain(
    results(record)
      .flatMap((r) => r.content.flatMap((block) => (r.name !== 'submit' && block.type === 'text' ? [block.text] : [])))
      .join('\n'),
  )
  const quoted = [report, ...submittedBefore(record)].flatMap((r) => [...r.results, ...r.findings].flatMap((x) => x.evidence)).flatMap((e) => linesOf(e.text))
  const suspect = [...new Set(quoted)].filter((line) => line.length >= shortest_line && !told.includes(plain(line))).slice(0, most_lines)
  if (suspect.length === 0) return new Set()
  const where = ['--exclude-dir=node_modules', '--exclude-dir=.git', ...endings.map((ending) => `--include=*.${ending}`)]
  const found = await product.exec({ argv: ['grep', '-rhoF', '-f', '-', ...where, '.'], stdin: suspect.join('\n'), timeout_ms: 60_000, output_limit_bytes: 1_000_000 }, signal)
  const lines = new Set(found.stdout.split('\n'))
  return new Set(suspect.filter((line) => lines.has(line)))
}

function submittedBefore(record: RunRecord): Report[] {
  return record.turns.flatMap(({ turn }) => callsOf(turn).flatMap((call) => (call.name === 'submit' ? (Report.safeParse(call.input).data ?? []) : [])))
}
