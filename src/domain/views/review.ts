import type { FeatureState, FindingState, Mission } from '../mission.ts'
import type { Evidence, Suggestion } from '../verdict.ts'
import { mergeGate } from '../gate.ts'
import { code, fenced, inline, prose } from './escape.ts'
import { plural } from './figures.ts'
import { placeOf } from './names.ts'
import { bullets, page, type Fold } from './page.ts'

/** The body of a scrutiny review; its findings are line comments, those off the diff stand here. */
export function review(m: Mission, f: FeatureState): string {
  const found = m.findings.filter((x) => x.scope === f.feature.id && x.decision.is === 'open')
  const blocking = found.filter((x) => x.finding.severity === 'blocking').length
  const others = found.length - blocking
  const verdict = blocking > 0 ? `Not yet: ${plural(blocking, 'blocking finding')}` : found.length > 0 ? `Passes, with ${plural(others, 'remark')}` : 'Passes, nothing found'
  const nowhere = found.filter((x) => !x.finding.place)
  const refused = m.findings.filter((x) => x.reproduction?.is === 'not_confirmed' && x.validator === 'scrutiny' && x.scope === f.feature.id && ofRound(x, f))
  return page(
    `**${verdict}** · ${f.feature.id}, review round ${f.rounds}`,
    f.report ? prose(f.report.summary, 2000) : null,
    nowhere.length > 0 ? bullets(nowhere.map((x) => `**${severity(x)}** ${inline(x.finding.what, 600)} ${code(x.id)}`)) : null,
    refused.length > 0
      ? `**Not confirmed** by a second, fresh reviewer, and so left alone:\n\n${bullets(refused.map((x) => `${inline(x.finding.what, 400)} <sub>${inline(x.reproduction?.note ?? '', 300)}</sub> ${code(x.id)}`))}`
      : null,
    next(m, f, found.length, blocking),
  )
}

/** Found in the round that is posted, whichever try of the reviewer it was. */
function ofRound(x: FindingState, f: FeatureState): boolean {
  const round = `review.${f.feature.id}.r${f.rounds}`
  return x.id.startsWith(`${round}-`) || x.id.startsWith(`${round}.`)
}

/** One finding: a line comment, a file comment, or a comment below. */
export function findingComment(m: Mission, finding: FindingState): string {
  const { what, assertion, evidence } = finding.finding
  const title = assertion && m.contract?.assertions.find((a) => a.id === assertion)?.title
  const place = placeOf(m, finding.finding, null)
  return page(
    `**${severity(finding)}**${assertion ? ` · ${assertion}${title ? ` ${inline(title, 120)}` : ''}` : ''}${place ? ` · ${place}` : ''}`,
    prose(what, 2000),
    evidenceFold(evidence),
    `<sub>The orchestrator decides: a fix or a dismissal with a reason. A person can dismiss it: <code>/waive ${finding.id} &lt;reason&gt;</code></sub>`,
  )
}

/** GitHub offers to commit it where it stands below the very lines it replaces. Its words are code, kept as they are; none take the lines away. */
export function suggestionBlock({ text }: Suggestion): string {
  return block('suggestion', text)
}

/** The same words where nobody could take them over with one click: no offer, only what was meant. */
export function suggestionWords({ path, start_line, line, text }: Suggestion): string {
  const lines = start_line === line ? `line ${line}` : `lines ${start_line} to ${line}`
  return text === '' ? `Suggested: leave out ${lines} of ${code(path)}.` : `Suggested for ${lines} of ${code(path)}:\n\n${block('', text)}`
}

function block(kind: string, text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((n, run) => Math.max(n, run.length), 2)
  const fence = '`'.repeat(longest + 1)
  return `${fence}${kind}\n${text === '' ? '' : `${text.replace(/\n$/, '')}\n`}${fence}`
}

/** Evidence as it was seen. */
export function evidenceFold(evidence: readonly Evidence[]): Fold | null {
  if (evidence.length === 0) return null
  return {
    summary: `Evidence (${evidence
      .map((e) => e.kind)
      .filter((kind, i, all) => all.indexOf(kind) === i)
      .join(', ')})`,
    blocks: evidence.map(evidenceBlock),
  }
}

export function evidenceBlock(e: Evidence): string {
  return `${e.kind}${e.file ? ` ${code(e.file, 200)}` : ''}\n${fenced(e.text, 2500)}`
}

function severity(f: FindingState): string {
  switch (f.finding.severity) {
    case 'blocking':
      return 'Blocking'
    case 'non_blocking':
      return 'Not blocking'
    case 'suggestion':
      return 'Suggestion'
  }
}

function next(m: Mission, f: FeatureState, all: number, blocking: number): string {
  if (blocking > 0) return '**Next:** each finding is fixed by a fresh worker on this branch or dismissed with a reason, then reviewed again. Nobody needs to act.'
  if (all > 0) return '**Next:** each remark is decided about: a fix, or a reason why not. Nobody needs to act.'
  const gate = mergeGate(m, f)
  return gate.open ? `**Next:** it is merged into the mission’s branch when its checks are green (${gate.because}). Nobody needs to act.` : `**Next:** ${gate.needs} (${gate.because}).`
}
