import { baselineCounts, standing } from '../dry-run.ts'
import type { Mission } from '../mission.ts'
import { code, inline, person, prose } from './escape.ts'
import { list, plural } from './figures.ts'
import { sha7 } from './names.ts'
import { bullets, table, type Fold } from './page.ts'

/** What was found when the plan was tried on the base, in a table, and what is known to be wrong with it. */
export function dryRunTable(m: Mission): string {
  if (!m.dry_run || !m.plan || m.phase === 'dry_running') return ''
  return [`**Tried on your code**${m.base_sha ? `, at ${sha7(m.base_sha)},` : ''} before you are asked`, table(['Tried', 'Came out'], rows(m)), leftOut(m), troubles(m), skeleton(m)]
    .filter(Boolean)
    .join('\n\n')
}

/** Each assertion as it is on the base today. */
export function baselineFold(m: Mission): Fold | null {
  const assertions = m.contract?.assertions.filter((a) => m.baseline[a.id]) ?? []
  if (assertions.length === 0 || m.approval) return null
  const words = { fails: 'fails, as it should', holds: 'holds, and must stay so', already: '**holds already**', broken: '**does not hold today**', blocked: 'could not be tried', untried: '' }
  const room = Math.min(300, Math.floor(8_000 / assertions.length))
  return {
    summary: '<b>The checks on your code as it is today</b>',
    blocks: assertions.map((a) => `- **${a.id}** ${inline(a.title, 120)}: ${words[standing(a, m.baseline[a.id])]}  \n  ${inline(m.baseline[a.id]?.note || 'no note', room)}`),
  }
}

/** In a few words, for a terminal. */
export function dryRunLine(m: Mission): string {
  const report = m.dry_run?.report
  if (!report) return m.dry_run?.waived ? 'left out' : 'not tried'
  if (report.empty) return 'the repository is empty; the first milestone is tried instead'
  const red = report.procedures.filter((p) => p.exit !== 0).map((p) => p.procedure)
  const start = report.start === null ? null : report.start.up ? 'starts' : 'does not start'
  return [red.length > 0 ? `red: ${red.join(', ')}` : 'procedures green', start, checks(m), m.dry_run && m.dry_run.troubles.length > 0 ? plural(m.dry_run.troubles.length, 'known trouble') : null]
    .filter((x) => x !== null)
    .join(', ')
}

function rows(m: Mission): string[][] {
  const report = m.dry_run?.report
  if (!report) return [['everything', 'not tried']]
  if (report.empty) return [['repository', 'empty: there is nothing to install, test or start yet'], ...checkRow(m)]
  const { start } = report
  return [
    ...report.procedures.map((p) => [p.procedure, p.exit === 0 ? `green, ${p.seconds} s` : `**${p.exit === null ? 'killed' : `exit ${p.exit}`}**${plannedFor(m, p.procedure)}`]),
    ...(start ? [['start', start.up ? `up and answering after ${start.seconds} s` : `**not up**${plannedFor(m, 'start')}`]] : []),
    ...(report.tools.length > 0
      ? [['tools', report.tools.map((t) => `${t.tool} ${t.state === 'works' ? 'works' : t.state === 'no_product' ? 'has nothing to use yet' : '**does not work**'}`).join(', ')]]
      : []),
    ...(report.entry_points.length > 0
      ? [
          [
            'commands users run',
            report.entry_points.map((e) => `${code(e.argv.join(' '), 160)} ${e.state === 'runs' ? 'runs' : e.state === 'not_built' ? 'not built yet' : '**cannot be run**'}`).join(', '),
          ],
        ]
      : []),
    ...checkRow(m),
  ]
}

function plannedFor(m: Mission, procedure: string): string {
  const known = m.plan?.unready.find((u) => u.procedure === procedure)
  if (!known) return ''
  const what = known.state === 'left' ? 'stays so' : `${known.state === 'mended' ? 'mended' : 'built'} by ${known.feature ?? 'the first feature'}`
  return `, ${what}: ${inline(known.why, 200)}`
}

function checkRow(m: Mission): string[][] {
  return [['checks', checks(m)]]
}

/** `9 fail as they should, 3 hold and must stay so` */
function checks(m: Mission): string {
  const n = baselineCounts(m)
  return list(
    [
      n.fails > 0 ? `${n.fails} ${n.fails === 1 ? 'fails as it should' : 'fail as they should'}` : null,
      n.holds > 0 ? `${n.holds} ${n.holds === 1 ? 'holds and must stay so' : 'hold and must stay so'}` : null,
      n.already > 0 ? `${n.already} ${n.already === 1 ? 'holds' : 'hold'} already` : null,
      n.broken > 0 ? `${n.broken} that should hold ${n.broken === 1 ? 'does' : 'do'} not` : null,
      n.blocked > 0 ? `${n.blocked} could not be tried` : null,
      n.untried > 0 ? `${n.untried} not tried` : null,
    ].filter((x) => x !== null),
  )
}

function leftOut(m: Mission): string {
  const waived = m.dry_run?.waived
  return waived ? `${person(waived.by)} asked for the plan without the rest of it: “${inline(waived.reason, 300)}”` : ''
}

function troubles(m: Mission): string {
  const all = m.dry_run?.troubles ?? []
  if (all.length === 0) return ''
  return `**Known trouble, approved with the plan**\n\n${bullets(all.slice(0, 8).map((t) => prose(t, 500).replaceAll('\n', ' ')))}${all.length > 8 ? `\n- and ${all.length - 8} more` : ''}`
}

function skeleton(m: Mission): string {
  const built = m.plan?.unready.filter((u) => u.state !== 'left') ?? []
  const first = m.plan?.milestones[0]
  if (built.length === 0 || !first) return ''
  const manifests = m.plan?.manifests ?? []
  const files = manifests.length > 0 ? ` It writes ${list(manifests.slice(0, 8).map((path) => code(path, 80)))}.` : ''
  return `**First of all** ${built[0]?.feature ?? 'the first feature'} gets ${list(built.map((u) => u.procedure))} to work.${files} When milestone 1 is tested, all of it is tried again.`
}
