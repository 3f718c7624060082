import type { AssertionId } from '../id.ts'
import type { FindingState, Mission } from '../mission.ts'
import { resultOf, withNote } from './contract.ts'
import { code, inline, prose } from './escape.ts'
import { plural } from './figures.ts'
import { milestoneTitle, placeOf, sha7 } from './names.ts'
import { bullets, dotted, page, table, type Fold } from './page.ts'
import { evidenceFiles, evidenceLink } from './published.ts'
import { evidenceFold } from './review.ts'

/** What the validators of a milestone have to say on one pull request: the checks it covers, and the findings that belong there. */
export function verdictComment(m: Mission, subject: { assertions: AssertionId[]; findings: FindingState[] }): string {
  const { assertions, findings } = subject
  const v = m.validation
  const bad = assertions.filter((id) => ['fail', 'blocked'].includes(m.assertions[id]?.result ?? ''))
  const head =
    bad.length > 0
      ? bad.length === assertions.length && bad.length === 1
        ? `${bad[0] ?? ''} did not pass`
        : `${bad.length} of ${plural(assertions.length, 'check')} did not pass`
      : findings.length > 0
        ? plural(findings.length, 'finding')
        : `${plural(assertions.length, 'check')} passed`
  const evidence = bad.flatMap((id) => m.assertions[id]?.evidence ?? [])
  return page(
    `**${head}** · ${v ? dotted(milestoneTitle(m, v.milestone), `round ${v.round}`, `on ${sha7(v.sha)}`) : 'validation'}`,
    assertions.length > 0
      ? table(
          ['Check', 'What a user sees', 'Result'],
          assertions.map((id) => [`**${id}**`, withNote(titleOf(m, id), m.assertions[id]?.note ?? ''), evidenceLink(m, id, resultOf(m, id))]),
        )
      : null,
    findings.length > 0 ? bullets(findings.map((f) => line(m, f))) : null,
    pictures(m, bad),
    evidenceFold([...evidence, ...findings.flatMap((f) => f.finding.evidence)].filter((e, i, all) => all.findIndex((x) => x.text === e.text) === i).slice(0, 12)),
    findings.length > 0 || bad.length > 0 ? '**Next:** each finding becomes a fix or is dismissed with a reason, then the milestone is tested again. Nobody needs to act.' : null,
  )
}

/** What the testers saw of what did not pass, open to be looked at. */
function pictures(m: Mission, bad: AssertionId[]): Fold | null {
  const blocks = bad.flatMap((id) => evidenceFiles(m, id))
  return blocks.length > 0 ? { summary: `What was seen of ${bad.join(', ')}`, blocks } : null
}

function line(m: Mission, f: FindingState): string {
  const head = dotted(
    f.finding.severity === 'blocking' ? '**Blocking**' : f.finding.severity === 'non_blocking' ? '**Not blocking**' : '**Suggestion**',
    f.finding.assertion ?? null,
    placeOf(m, f.finding, m.validation?.sha ?? null),
    code(f.id),
  )
  const second = f.reproduction?.is === 'not_confirmed' ? `\n\n  *Not reproduced by a second, fresh run on the same commit:* ${inline(f.reproduction.note, 300)}` : ''
  return `${head}\n\n${indented(prose(f.finding.what, 1200))}${second}`
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((row) => (row ? `  ${row}` : ''))
    .join('\n')
}

function titleOf(m: Mission, id: AssertionId): string {
  return m.contract?.assertions.find((a) => a.id === id)?.title ?? ''
}
