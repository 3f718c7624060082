import { z } from 'zod'
import { defectChanges, defects, type Defect } from '../../story/defects.ts'
import type { Change } from '../../story/edits.ts'
import { testsOf, type Proves } from '../../story/proves.ts'
import { featureIds, solution } from '../../story/solutions.ts'
import { one, say, submit, type Call, type Program, type Result } from '../program.ts'
import { section, sectionAs, type Brief } from '../request.ts'
import { commandAnswer } from '../seen.ts'

const testCommand = 'node --test'
const lintCommand = 'node scripts/lint.js'

/** What a worker sets out to do. */
interface Work {
  title: string
  reads: string[]
  tests: Change[]
  /** The tests by name, with the assertions that each stands for. */
  proves: Proves[]
  code: Change[]
  /** Tried by hand when all is green. */
  trial: string | null
}

/** Builds a feature of the story, or the fix of a finding: looks, tests first, code, tests, commit, hand-off. */
export function* buildProgram(brief: Brief, slips: readonly number[]): Program {
  const work = workFor(brief, slips)
  if (section(brief, 'merge') !== '') yield* settleConflicts()
  const looked = yield* say('I look at the house rules and at what I will touch.', call('read', { path: 'AGENTS.md' }), ...work.reads.map((path) => call('read', { path })))
  const before = yield* bash('What is green before I came?', testCommand)

  yield* change('The tests first.', work.tests)
  const red = work.tests.length === 0 ? null : yield* bash('They fail, as they should.', `${testCommand} ${work.tests.map((t) => t.path).join(' ')}`)
  const missed = yield* change('Now the code.', work.code)
  const green = yield* bash('And all tests.', testCommand)
  const lint = yield* bash('Lint.', lintCommand)
  const trial = work.trial === null ? null : yield* bash('Tried as a user would.', work.trial)
  yield* say('I look at the whole change and commit it.', call('changes', {}), call('commit', { message: `${work.title}\n\nTests first; they failed before and pass now.` }))

  const ran = [before, red, green, lint, trial].filter((r) => r !== null)
  const whole = green.exit === 0 && lint.exit === 0 && missed.length === 0
  yield* submit('Done.', {
    summary: whole ? `${work.title}. All tests and lint are green.` : `${work.title}: not finished. ${missed.length} of the edits found no place, tests ended with exit ${green.exit ?? 'none'}.`,
    implemented: [...work.code.map((c) => c.path), ...work.tests.map((t) => t.path)]
      .filter(first)
      .map((path) => `Changed ${path}`)
      .concat(work.code.length === 0 ? ['Nothing to change was found'] : []),
    left_undone: missed.map((c) => `The edit of ${c.path} found no place`),
    commands: ran.map(({ command, exit, seen }) => ({ command, exit: exit ?? -1, seen })),
    tests_added: work.proves,
    issues: whole ? [] : [{ severity: 'blocking', what: `The change is not whole: ${looked.filter((r) => !r.ok).length} files could not be read and the tests are not green.` }],
    knowledge: learned(brief),
    deviations: [],
  })
}

/** What this worker found out that the next one would want to know, and what it wrongly thinks worth knowing. */
function learned(brief: Brief): Record<string, unknown>[] {
  if (brief.run.endsWith('.f1.a1')) {
    return [
      {
        topic: 'linting',
        text: '`node scripts/lint.js` checks the syntax of files in the root and in bin/ only; a slip of syntax in src/ shows when a test imports the file.',
        paths: ['scripts/lint.js', 'src/'],
      },
    ]
  }
  if (brief.run.endsWith('.f2.a1')) {
    return [
      {
        topic: 'testing',
        text: 'support/start.js starts the server only: a test of a command runs it as a process of its own, with DATA_FILE naming a file of its own.',
        paths: ['support/start.js', 'bin/'],
      },
    ]
  }
  return brief.run.endsWith('.f3.a1') ? [{ topic: 'pages', text: 'Be careful with the form.' }] : []
}

const FeatureBrief = z.looseObject({ id: z.string(), title: z.string(), brief: z.string(), touches: z.array(z.string()), fixes: z.array(z.string()) })

function workFor(brief: Brief, slips: readonly number[]): Work {
  const feature = sectionAs(brief, 'feature', FeatureBrief)
  const id = feature?.id ?? /\.build\.(f\d+)/.exec(brief.run)?.[1] ?? ''
  const findings = section(brief, 'findings')
  if (findings === '' && featureIds.includes(id)) {
    const { tests, code } = solution(id, isFirst(brief) ? slips : [])
    const trial = code.some((c) => c.path === 'bin/bookings.js') ? 'DATA_FILE=$(mktemp -d)/b.json node bin/bookings.js list' : null
    return { title: feature?.title ?? `Build ${id}`, reads: existing(code), tests, proves: testsOf(tests), code, trial }
  }
  const text = `${findings}\n${feature?.brief ?? ''}`
  const found = defects.filter((d) => slips.includes(d.n) && isTold(d, text)).map((d) => defectChanges(d.n))
  return {
    title: feature?.title ?? `Fix ${id}`,
    reads: found.flatMap((d) => d.alter.map((c) => c.path)).filter(first),
    tests: found.flatMap((d) => d.tests),
    proves: testsOf(found.flatMap((d) => d.tests)).map((t) => ({ ...t, proves: t.proves.filter((id) => findings.includes(id)) })),
    code: found.flatMap((d) => d.repair),
    trial: null,
  }
}

/** A slip happens once: neither in a later attempt nor after a lesson. */
function isFirst(brief: Brief): boolean {
  return section(brief, 'lessons') === '' && !/\.a([2-9]|\d\d)\b/.test(brief.run)
}

/** Does the text speak of this: of the assertion that failed, or of the place that a reviewer named? */
function isTold({ found_by }: Defect, text: string): boolean {
  return text.includes(found_by.kind === 'product' ? found_by.assertion : found_by.path)
}

/** Writes and edits; answers the edits that are not in the tree afterwards. */
function* change(text: string, changes: Change[]): Program<Change[]> {
  const missed: Change[] = []
  for (let i = 0; i < changes.length; i += 16) {
    const some = changes.slice(i, i + 16)
    const results = yield* say(
      i === 0 ? text : '',
      ...some.map((c) => (c.act === 'write' ? call('write', { path: c.path, content: c.content }) : call('edit', { path: c.path, old: c.old, new: c.new }))),
    )
    missed.push(...some.filter((_, k) => results[k]?.ok !== true))
  }
  const paths = missed.map((c) => c.path).filter(first)
  if (paths.length === 0) return []
  // An edit that was made before the machine stopped finds no place a second time.
  const read = yield* say('Some edits found no place. Are they made already?', ...paths.map((path) => call('read', { path })))
  return missed.filter((c) => !(c.act === 'edit' && holds(read[paths.indexOf(c.path)], c.new)))
}

function holds(read: Result | undefined, text: string): boolean {
  const plain = (read?.text ?? '').replaceAll(/^ *\d+\t/gm, '')
  return plain.includes(text.trimEnd())
}

/** Keeps what both sides say. */
function* settleConflicts(): Program {
  const marks = String.raw`grep -rlE --exclude-dir=node_modules '^(<<<<<<< |>>>>>>> )' .`
  yield* bash('A merge comes first: both sides stay.', String.raw`${marks} | xargs -r sed -i -E '/^(<<<<<<< |=======$|>>>>>>> )/d'; ${marks} || true`)
}

interface Ran {
  command: string
  exit: number | null
  seen: string
}

function* bash(text: string, command: string): Program<Ran> {
  const result = yield* one(text, 'bash', { command })
  const { exit, stdout, stderr } = commandAnswer(result)
  const counts = [...stdout.matchAll(/^# ((?:tests|pass|fail) \d+)$/gm)].map((m) => m[1]).join(', ')
  return { command, exit, seen: (counts || `${stdout} ${stderr}`.trim()).slice(0, 400) || 'nothing printed' }
}

function call(name: string, input: Record<string, unknown>): Call {
  return { name, input }
}

function existing(changes: Change[]): string[] {
  return changes
    .filter((c) => c.act === 'edit')
    .map((c) => c.path)
    .filter(first)
    .slice(0, 8)
}

function first(path: string, i: number, all: string[]): boolean {
  return all.indexOf(path) === i
}
