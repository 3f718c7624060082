import { mergeGate } from '../gate.ts'
import type { Handoff } from '../feature.ts'
import type { FeatureState, Mission } from '../mission.ts'
import { contractEntries } from './feature-checks.ts'
import { code, inline, prose, title } from './escape.ts'
import { doing } from './board.ts'
import { decision } from './decision.ts'
import { missionName } from './names.ts'
import { bullets, dotted, page, table, type Fold } from './page.ts'
import { proofBlock, proofFold, proofLine } from './proof.ts'

/** A feature's pull request into the mission's branch: what was done, what proves it, how to review. Mentions nobody. */
export function featurePullRequest(m: Mission, f: FeatureState): { title: string; body: string } {
  const { feature, handoff } = f
  return {
    title: `${feature.id}: ${feature.fixes.length > 0 ? 'Fix: ' : ''}${title(feature.title, 100)}`,
    body: page(
      handoff ? prose(handoff.summary, 2000) : prose(feature.brief, 2000),
      handoff ? done(handoff) : null,
      f.proof ? proofBlock(f.proof) : null,
      review(m, f),
      feature.covers.length > 0 ? `**Proves**, when the milestone is tested\n\n${contractEntries(m, feature.covers)}` : null,
      fixes(m, f),
      f.proof ? proofFold(f.proof) : null,
      handoff ? commandsFold(handoff) : null,
      discovered(m, f),
      handoff ? notesFold(handoff) : null,
      foot(m, f),
    ),
  }
}

function done(h: Handoff): string {
  const undone = h.left_undone.length > 0 ? `\n\n**Left undone**\n\n${bullets(h.left_undone.map((x) => inline(x, 400)))}` : ''
  return `**Done**\n\n${bullets(h.implemented.slice(0, 20).map((x) => inline(x, 400)))}${undone}`
}

function review(m: Mission, f: FeatureState): string {
  const tests = [...new Set(f.handoff?.tests_added.map((test) => test.path))]
  const where =
    tests.length > 0
      ? ` The tests say what is meant: ${tests
          .slice(0, 5)
          .map((x) => code(x, 100))
          .join(', ')}.`
      : ''
  return `**How to review** ${nextStep(m, f)}${where}`
}

function nextStep(m: Mission, f: FeatureState): string {
  if (f.status === 'merged') return 'It is merged into the mission’s branch; what you see now, say on the mission’s pull request.'
  if (f.status === 'dropped') return `It is ${doing(m, f)}.`
  const gate = mergeGate(m, f)
  if (f.status === 'merging' && !gate.open) return `Scrutiny has passed, now it needs you: ${gate.needs} (${gate.because}). Request changes, and a worker takes them up.`
  if (gate.open) return `You need not: a fresh reviewer looks at it, and then it is merged into the mission’s branch (${gate.because}). If you request changes, a worker takes them up first.`
  return `Wait until a fresh reviewer has passed it; then it needs ${gate.needs} (${gate.because}).`
}

/** Fixes that were built on this branch since it was opened. */
function fixes(m: Mission, f: FeatureState): string | null {
  const on = m.features.filter((x) => x.on === f.feature.id)
  if (on.length === 0) return null
  return `**Fixed since**\n\n${bullets(on.map((x) => `${x.feature.id} ${inline(x.feature.title, 100)}${x.issue ? ` (#${x.issue})` : ''}: ${doing(m, x)}${x.proof ? `; ${proofLine(x.proof)}` : ''}`))}`
}

function commandsFold(h: Handoff): Fold | null {
  if (h.commands.length === 0) return null
  return {
    summary: `<b>What the worker ran</b>`,
    blocks: [
      table(
        ['Command', 'Exit:', 'Seen'],
        h.commands.slice(0, 30).map((c) => [code(c.command, 160), String(c.exit), inline(c.seen, 300)]),
      ),
    ],
  }
}

/** What its workers came across, and what became of each: fixed, or dismissed with a reason. */
function discovered(m: Mission, f: FeatureState): string | null {
  const found = m.findings.filter((x) => x.validator === 'worker' && x.scope === f.feature.id)
  if (found.length === 0) return null
  return `**Discovered on the way**\n\n${bullets(found.slice(0, 12).map((x) => `${x.finding.severity.replace('_', '-')}: ${inline(x.finding.what, 500)}  \n  ${decision(m, x.decision)}`))}`
}

function notesFold(h: Handoff): Fold | null {
  const blocks = [
    h.deviations.length > 0 ? `**Deviations from the procedures**\n\n${bullets(h.deviations.map((x) => inline(x, 400)))}` : null,
    h.knowledge.length > 0 ? `**Learned**\n\n${bullets(h.knowledge.map((x) => `${code(x.topic)} ${inline(x.text, 500)}`))}` : null,
  ].filter((x) => x !== null)
  return blocks.length > 0 ? { summary: '<b>What else the worker noticed</b>', blocks } : null
}

function foot(m: Mission, f: FeatureState): string {
  return `<sub>${dotted(
    `${missionName(m)}${m.tracking_issue === null ? '' : `, #${m.tracking_issue}`}`,
    f.issue === null ? null : `feature #${f.issue}`,
    `risk ${f.feature.risk}`,
    `for #${m.request.issue.number}`,
  )}</sub>`
}
