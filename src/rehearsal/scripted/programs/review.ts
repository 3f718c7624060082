import { z } from 'zod'
import { objections, type Objection } from '../rules/review.ts'
import { one, say, submit, type Call, type Program } from '../program.ts'
import { section, sectionAs, type Brief } from '../request.ts'
import { commandAnswer } from '../seen.ts'

/** Reads the diff by the rules of good practice, looks at the tests, and shows each objection in the file itself. */
export function* reviewProgram(brief: Brief): Program {
  const found = yield* scrutinise(brief)
  const feature = sectionAs(brief, 'feature', z.looseObject({ title: z.string() }))?.title ?? 'the feature'
  yield* submit('The review is done.', {
    summary:
      found.length === 0
        ? `I read the whole diff of "${feature}", looked up what it calls, and hold the tests to be green: nothing to object to.`
        : `I read the whole diff of "${feature}" and held it against the code around: ${found.length} to settle.`,
    findings: found,
  })
}

export interface ReviewFinding {
  severity: 'blocking' | 'suggestion'
  what: string
  place: { path: string; line: number }
  evidence: { kind: 'code'; text: string }[]
}

export function* scrutinise(brief: Brief): Program<ReviewFinding[]> {
  const [functions] = yield* say('Which functions answer a promise?', { name: 'grep', input: { pattern: 'async function ', path: '.' } })
  const asynchronous = new Set([...(functions?.text ?? '').matchAll(/\.m?js:\d+:.*async function (\w+)/g)].map((m) => m[1] ?? ''))
  const raised = objections(section(brief, 'diff'), { asynchronous }).slice(0, 12)
  const shown = raised.length === 0 ? [] : yield* say('I look at each place in the file.', ...raised.map(look))
  const findings = raised.flatMap((o, i) => {
    const text = shown[i]?.text ?? ''
    // What the file does not hold at this line is not there to object to.
    return text.includes(o.at.text.trim()) ? [finding(o, text)] : []
  })
  return [...(yield* redTests(brief)), ...findings]
}

/** A program has run the procedures; where it does not say that the tests are green, the reviewer runs them. */
function* redTests(brief: Brief): Program<ReviewFinding[]> {
  if (/^test: .* -> exit 0\b/m.test(section(brief, 'checks'))) return []
  const ran = yield* one('I run the tests myself.', 'bash', { command: 'node --test' })
  const { exit } = commandAnswer(ran)
  if (exit === 0) return []
  return [
    { severity: 'blocking', what: `The tests are red on this commit: exit ${exit ?? 'none'}.`, place: { path: 'package.json', line: 1 }, evidence: [{ kind: 'code', text: ran.text.slice(-1_500) }] },
  ]
}

function look({ at }: Objection): Call {
  return { name: 'read', input: { path: at.path, offset: Math.max(1, at.line - 2), limit: 5 } }
}

function finding(o: Objection, seen: string): ReviewFinding {
  return { severity: o.severity, what: `${o.rule}: ${o.what}`, place: { path: o.at.path, line: o.at.line }, evidence: [{ kind: 'code', text: seen.slice(0, 1_500) }] }
}
