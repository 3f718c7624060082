import type { AssertionState, Mission } from '../mission.ts'
import { withNote } from './contract.ts'
import { plural, proof } from './figures.ts'
import { missionName, pullOf, sha7 } from './names.ts'
import { page, table, type Fold } from './page.ts'
import { evidenceFiles, evidenceLink } from './published.ts'
import { evidenceBlock } from './review.ts'

/** The check run `missions/validation`: one line for each assertion. */
export function validationCheck(m: Mission): { title: string; summary: string; text: string } {
  const { proved, waived, failed, all } = proof(m)
  const sha = m.delivery.reported ?? m.validation?.sha ?? m.integration?.head ?? null
  const untested = all - proved - waived - failed
  const title = [`${proved} of ${all} proved`, failed > 0 ? `${failed} failed` : null, waived > 0 ? `${waived} waived` : null, untested > 0 ? `${untested} to test` : null]
    .filter((x) => x !== null)
    .join(', ')
  return {
    title,
    summary: page(
      `**${title}**${sha ? ` on ${sha7(sha)}` : ''}`,
      failed > 0
        ? 'What did not pass goes back to the orchestrator. A person may go on without it: `/waive <check> <reason>`.'
        : untested > 0
          ? 'Validators exercise the product as a user would; nobody needs to act.'
          : `Exercised on this commit by fresh validators, as a user would.${m.delivery.pull ? ` Next: review and merge #${m.delivery.pull}.` : ''}`,
      `<sub>${missionName(m)}${m.tracking_issue === null ? '' : `, plan and contract in #${m.tracking_issue}`}</sub>`,
    ),
    text: page(lines(m), evidence(m)),
  }
}

function lines(m: Mission): string {
  const rows = (m.contract?.assertions ?? []).map((a) => {
    const state = m.assertions[a.id]
    const by = m.features.find((f) => f.feature.fixes.length === 0 && f.feature.covers.includes(a.id))
    const pull = by && pullOf(m, by)
    return [evidenceLink(m, a.id, mark(state)), `**${a.id}**`, withNote(a.title, state?.note ?? ''), a.tool, pull ? `#${pull}` : '']
  })
  return table(['Result', 'Check', 'What a user sees', 'By', 'Feature'], rows)
}

function mark(state: AssertionState | undefined): string {
  switch (state?.result) {
    case 'pass':
      return state.flaky ? '✓&nbsp;pass, flaky' : '✓&nbsp;pass'
    case 'fail':
      return '✗&nbsp;**fail**'
    case 'blocked':
      return '✗&nbsp;**blocked**'
    case 'waived':
      return '–&nbsp;waived'
    case 'untested':
    case undefined:
      return '·&nbsp;to&nbsp;test'
  }
}

/** What did not pass first: that is what people open. */
function evidence(m: Mission): Fold {
  const all = (m.contract?.assertions ?? []).filter((a) => (m.assertions[a.id]?.evidence.length ?? 0) > 0 || evidenceFiles(m, a.id).length > 0)
  const ordered = all.toSorted((a, b) => Number(m.assertions[a.id]?.result === 'pass') - Number(m.assertions[b.id]?.result === 'pass'))
  return {
    summary: `<b>Evidence</b> of ${plural(all.length, 'check')}`,
    blocks: ordered.flatMap((a) => [
      ...evidenceFiles(m, a.id).map((block, i) => (i === 0 ? `**${a.id}** ${m.assertions[a.id]?.result ?? ''}\n\n${block}` : block)),
      ...(m.assertions[a.id]?.evidence ?? []).map((e) => `**${a.id}** ${evidenceBlock(e)}`),
    ]),
  }
}
