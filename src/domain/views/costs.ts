import type { Mission, Run } from '../mission.ts'
import { elapsedMs } from '../instant.ts'
import { inline } from './escape.ts'
import { capUsd, dollars, duration, grouped, percent, plural, runs } from './figures.ts'
import { dotted, table, type Fold } from './page.ts'

/** Of some runs together. Tokens and dollars as their events tell them, nothing rounded before it is shown. */
interface Sum {
  runs: number
  ms: number
  input_tokens: number
  cache_write_tokens: number
  cache_read_tokens: number
  output_tokens: number
  cost_usd: number
}
type Used = Pick<Sum, 'input_tokens' | 'cache_write_tokens' | 'cache_read_tokens' | 'output_tokens' | 'cost_usd'>

const roles: Run['role'][] = ['orchestrator', 'worker', 'scrutiny', 'user-testing']
const figures = ['Input:', 'Cache write:', 'Cache read:', 'Output:', 'Dollars:']

/** Time, tokens and dollars by role, by feature and by model. Explorers have a row of their own, and their time is their orchestrator's. */
export function costsFold(m: Mission): Fold {
  const all = runs(m)
  const whole = sumOf(all)
  const rounds = Object.entries(m.rounds).map(([name, n]) => `${name} ${n}`)
  return {
    summary: '<b>Figures</b>: time, tokens and dollars by role, feature and model',
    blocks: [
      table(['Role', 'Runs:', 'Time:', ...figures], [...byRole(all).map(([role, sum, time]) => row(role, sum, time ? timeOf(sum, whole) : '')), row('**all**', whole, timeOf(whole, whole))]),
      table(['For', 'Runs:', 'Time:', ...figures], [...byFeature(m, all), row('**all**', whole, timeOf(whole, whole))]),
      table(
        ['Model', ...figures],
        byModel(all).map(([model, used]) => [inline(model, 100), ...cells(used)]),
      ),
      dotted(rounds.length > 0 ? `Validation rounds: ${rounds.join(', ')}` : null, `agreed limit ${dollars(capUsd(m))}`, ...notCounted(all)),
    ],
  }
}

/** Every run, oldest first. */
export function runsFold(m: Mission): Fold {
  const told = runs(m).flatMap((run) => (run.usage ? [[run.id.slice(m.key.length + 1), endingOf(run), grouped(run.usage.turns), ...cells(run.usage, 4)]] : []))
  const parts = Array.from({ length: Math.ceil(told.length / rows_per_table) }, (_, i) => told.slice(i * rows_per_table, (i + 1) * rows_per_table))
  return { summary: `<b>Every run</b>: ${plural(told.length, 'run')}, their explorers with them`, blocks: parts.map((rows) => table(['Run', 'Ended', 'Turns:', ...figures], rows)) }
}

const rows_per_table = 25

function endingOf(run: Run): string {
  if (run.books === 'lost') return 'stopped, not all known'
  if (run.books === 'closed' && run.ending === 'stopped' && run.usage?.turns === 0) return 'never begun'
  return run.ending ?? 'not yet'
}

function byRole(all: readonly Run[]): [string, Sum, boolean][] {
  return roles.flatMap((role): [string, Sum, boolean][] => {
    const sum = sumOf(all.filter((run) => run.role === role))
    const sent = all.flatMap((run) => (run.role === role && run.usage?.explorers ? [run.usage.explorers] : []))
    if (sent.length === 0) return [[role, sum, true]]
    const explored = sent.reduce<Sum>((total, part) => ({ ...plus(total, part, 1), runs: total.runs + part.runs }), nothing)
    return [
      [role, plus(sum, explored, -1), true],
      ['explorer', explored, false],
    ]
  })
}

function byFeature(m: Mission, all: readonly Run[]): string[][] {
  const whole = sumOf(all)
  const of = (name: string, mine: readonly Run[]) => (mine.length > 0 ? [row(name, sumOf(mine), timeOf(sumOf(mine), whole))] : [])
  return [
    ...m.features.flatMap(({ feature, on }) =>
      of(
        `${on ? '↳ ' : ''}**${feature.id}** ${inline(feature.title, 60)}`,
        all.filter((run) => run.feature === feature.id),
      ),
    ),
    ...of(
      'planning, milestones and the whole',
      all.filter((run) => run.feature === null),
    ),
  ]
}

function byModel(all: readonly Run[]): [string, Used][] {
  const models = new Map<string, Sum>()
  for (const { usage } of all) {
    if (!usage) continue
    for (const [model, used] of Object.entries(usage.by_model ?? { [usage.model]: usage })) models.set(model, plus(models.get(model) ?? nothing, used, 1))
  }
  return [...models].filter(([, used]) => used.input_tokens + used.cache_write_tokens + used.cache_read_tokens + used.output_tokens > 0)
}

function notCounted(all: readonly Run[]): (string | null)[] {
  const open = all.filter((run) => run.books === 'open').length
  const lost = all.filter((run) => run.books === 'lost').length
  return [open > 0 ? `${plural(open, 'run')} under way, counted as far as known` : null, lost > 0 ? `what ${plural(lost, 'stopped run')} used last is not known: the record could not be read` : null]
}

const nothing: Sum = { runs: 0, ms: 0, input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, cost_usd: 0 }

function sumOf(some: readonly Run[]): Sum {
  const used = some.reduce<Sum>((sum, { usage }) => (usage ? plus(sum, usage, 1) : sum), nothing)
  return { ...used, runs: some.length, ms: some.reduce((ms, run) => ms + (run.usage?.wall_ms ?? (run.ended_at ? elapsedMs(run.started_at, run.ended_at) : 0)), 0) }
}

function plus(sum: Sum, part: Used, sign: 1 | -1): Sum {
  return {
    ...sum,
    input_tokens: sum.input_tokens + sign * part.input_tokens,
    cache_write_tokens: sum.cache_write_tokens + sign * part.cache_write_tokens,
    cache_read_tokens: sum.cache_read_tokens + sign * part.cache_read_tokens,
    output_tokens: sum.output_tokens + sign * part.output_tokens,
    cost_usd: sum.cost_usd + sign * part.cost_usd,
  }
}

function row(name: string, sum: Sum, time: string): string[] {
  return [name, grouped(sum.runs), time, ...cells(sum)]
}

function timeOf(sum: Sum, whole: Sum): string {
  return `${duration(sum.ms)} (${percent(sum.ms, whole.ms)} %)`
}

function cells(used: Used, digits = 2): string[] {
  const { input_tokens, cache_write_tokens, cache_read_tokens, output_tokens, cost_usd } = used
  return [...[input_tokens, cache_write_tokens, cache_read_tokens, output_tokens].map(grouped), `$${cost_usd.toFixed(digits)}`]
}
