import type { z } from 'zod'
import type { Mission } from '../../domain/mission.ts'
import { Report } from '../../domain/verdict.ts'
import type { Finding, Review } from '../../domain/verdict.ts'
import type { Sandbox } from '../../ports/sandbox.ts'
import type { Diff } from '../../ports/workspaces.ts'
import { linesMarked } from '../diff-lines.ts'
import type { DocumentationCheck } from '../documentation.ts'
import type { Submit } from '../submit.ts'
import { submit } from '../submit.ts'

/** What a review is held against. */
export interface Seen {
  sandbox: Sandbox
  documentation: DocumentationCheck
  diff: Diff
  mission: Mission
}

/** A finding that keeps a merge back must say where, and the place must be there. */
export function reportOn(answer: z.core.$ZodType<z.infer<typeof Review> & Partial<Report>>, seen: Seen): Submit<Report> {
  return submit({
    description: 'Hands in your review and ends your task.',
    amends: { what: 'the review' },
    answer,
    value: Report,
    async check(given) {
      const report: Report = { documentation: [], ...given, results: [] }
      const problems = seen.documentation.problems(report)
      for (const [i, finding] of report.findings.entries()) {
        const where = finding.place ? await misplaced(seen.sandbox, finding.place) : unplaced(finding)
        for (const problem of [where, ...unknown(finding, seen.mission)]) if (problem !== null) problems.push(`Finding ${i + 1}: ${problem}`)
        const inexact = await suggestionProblem(finding, seen)
        if (inexact !== null) problems.push(`Finding ${i + 1}, suggestion: ${inexact}`)
      }
      return problems.length > 0 ? { problems } : { value: report }
    },
  })
}

function unplaced({ severity, assertion }: Finding): string | null {
  return severity === 'blocking' && !assertion ? 'it is blocking and names no place and no assertion.' : null
}

/** A finding is fixed by whoever it names: that must be there. */
function unknown({ assertion, place }: Finding, { contract, features }: Mission): (string | null)[] {
  const feature = place?.feature
  return [
    assertion === undefined || contract?.assertions.some((a) => a.id === assertion) ? null : `it names ${assertion}, which the contract does not have; name the assertion that is broken, or none.`,
    feature === undefined || features.some((f) => f.feature.id === feature)
      ? null
      : `its place names ${feature}, which is no feature of this mission; name the one whose change is at fault, or leave it out.`,
  ]
}

async function misplaced(sandbox: Sandbox, place: { path: string; line: number }): Promise<string | null> {
  if (place.path.startsWith('/') || place.path.split('/').includes('..')) return `name ${place.path} from the repository's root.`
  const lines = await linesIn(sandbox, place.path)
  if (lines === null) return `${place.path} is not there at this commit; name a file that is, such as the one that should mention it.`
  return place.line > lines.length ? `${place.path} has ${lines.length} lines, not ${place.line}.` : null
}

/** Why nobody could take a suggestion over with one click: it must be other words for lines that the diff shows. */
async function suggestionProblem({ place, suggestion }: Finding, { sandbox, diff }: Seen): Promise<string | null> {
  if (suggestion === undefined) return null
  const { path, start_line, line, text } = suggestion
  if (path !== place?.path || start_line > line) return 'it must be for the file of the place, from start_line to line.'
  const beyond = await misplaced(sandbox, suggestion)
  if (beyond !== null) return beyond
  const there = ((await linesIn(sandbox, path)) ?? []).slice(start_line - 1, line).join('\n')
  if (text !== '' && there === text.replace(/\n$/, '')) return `it is what stands in lines ${start_line} to ${line} already; write the words that mend it, or leave it out.`
  const shown = linesMarked(diff.text, ['+', ' ']).get(path)
  // A diff that was cut does not tell; nor does one that writes the path in another way.
  const known = shown !== undefined || (!diff.truncated && !diff.files.some((file) => file.path === path))
  const missing = Array.from({ length: line - start_line + 1 }, (_, i) => start_line + i).find((n) => !shown?.includes(n))
  if (missing === undefined || !known || diff.truncated) return null
  return `line ${missing} of ${path} is not shown by the diff, so nobody could take it over; keep to lines that the diff shows, or leave it out and say in "what" how it is mended.`
}

async function linesIn(sandbox: Sandbox, path: string): Promise<string[] | null> {
  const bytes = await sandbox.readFile(path).catch(() => null)
  return bytes === null ? null : new TextDecoder().decode(bytes).replace(/\n$/, '').split('\n')
}
