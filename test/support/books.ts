import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Redis } from 'ioredis'
import { expect } from 'vitest'
import { z } from 'zod'
import { defaultPrices } from '../../src/agents/price.ts'
import type { SealedEvent, Usage } from '../../src/domain/event.ts'
import type { MissionKey } from '../../src/domain/id.ts'
import type { Mission } from '../../src/domain/mission.ts'
import type { Emulator } from '../../src/emulator/emulator.ts'
import type { Journal } from '../../src/ports/journal.ts'
import { place } from '../../src/rehearsal/stage.ts'

/** Tokens by type, and billionths of a dollar. */
type Counts = Record<(typeof types)[number] | 'nano_usd', number>
const types = ['input_tokens', 'cache_write_tokens', 'cache_read_tokens', 'output_tokens'] as const

/** A line that was paid for, read by nobody else's schema. */
const Tokens = z.object({ input_tokens: z.int(), cache_write_tokens: z.int(), cache_read_tokens: z.int(), output_tokens: z.int() })
const Paid = z.object({ kind: z.enum(['turn', 'kept']), model: z.string(), usage: Tokens })
const Begun = z.object({ kind: z.literal('begun'), role: z.string() })

interface Payment {
  /** The mission's run, also for an explorer that it sent. */
  run: string
  role: string
  model: string
  counts: Counts
}

export interface Accounts {
  key: MissionKey
  /** MISSIONS_DATA_DIR. */
  data_dir: string
  events: readonly SealedEvent[]
  redis: Redis
  /** Bodies of pages that show what the mission cost. */
  pages: readonly string[]
}

/** Of a mission on a stage, once its pages are drawn. */
export async function accountsOf(mission: Mission, at: { dir: string; journal: Journal; redis: Redis; emulator: Emulator }): Promise<Accounts> {
  const { key, tracking_issue, delivery } = mission
  const person = at.emulator.as(place.person)
  const numbers = [tracking_issue, delivery.pull].filter((number) => number !== null)
  const pages = await Promise.all(numbers.map(async (number) => (await person.issue(place.full, number)).body ?? ''))
  return { key, data_dir: join(at.dir, 'data'), events: await at.journal.read(key), redis: at.redis, pages }
}

/** Recomputes what a mission that has ended cost from its trajectories, and holds journal, ledger and pages to it: to the token and to the billionth of a dollar, pages to what they round to. */
export async function expectBooksToAgree(accounts: Accounts): Promise<{ payments: number; runs: number; nano_usd: number }> {
  const payments = await paymentsOf(accounts)
  const whole = sum(payments)
  expect(byRun(accounts)).toEqual(grouped(payments, (one) => one.run))
  expect(explored(accounts)).toEqual(sum(payments.filter((one) => one.role === 'explorer')))
  expect(await ledgerOf(accounts)).toEqual({ spent: whole.nano_usd, paid: payments.length, held: [] })
  // What the installation's days count is what its missions do.
  expect(await total(accounts.redis, 'missions:spent-day:*')).toBe(await total(accounts.redis, 'missions:spent:*'))
  expect(accounts.pages.length).toBeGreaterThan(0)
  for (const page of accounts.pages) {
    expectRows(
      rowsOf(page, 'Role'),
      grouped(payments, (one) => one.role),
      whole,
    )
    expectRows(rowsOf(page, 'For'), grouped(payments, forWhat), whole)
    expectRows(
      rowsOf(page, 'Model'),
      grouped(payments, (one) => one.model),
    )
    expectRows(
      rowsOf(page, 'Run'),
      grouped(payments, (one) => one.run),
    )
  }
  return { payments: payments.length, runs: new Set(payments.map((one) => one.run)).size, nano_usd: whole.nano_usd }
}

async function paymentsOf({ data_dir, key }: Accounts): Promise<Payment[]> {
  const folder = join(data_dir, 'trajectories', key)
  const files = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'))
  const each = await Promise.all(
    files.map(async (file) => {
      const lines: unknown[] = (await readFile(join(folder, file), 'utf8'))
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line))
      const role = lines.map((line) => Begun.safeParse(line)).find((line) => line.success)?.data.role ?? ''
      const run = file.replace(/(?:\.x[\d.]+)?\.jsonl$/, '')
      return lines.flatMap((line): Payment[] => {
        const paid = Paid.safeParse(line)
        return paid.success ? [{ run, role, model: paid.data.model, counts: priced(paid.data) }] : []
      })
    }),
  )
  return each.flat()
}

/** A dollar per million tokens is a thousand billionths each. */
function priced({ model, usage }: z.infer<typeof Paid>): Counts {
  const price = Object.entries(defaultPrices.models).find(([id]) => model.startsWith(id))?.[1]
  if (!price) throw new Error(`${model} has no price`)
  const usd_per_million = usage.input_tokens * price.input + usage.cache_write_tokens * price.cache_write + usage.cache_read_tokens * price.cache_read + usage.output_tokens * price.output
  return { ...usage, nano_usd: Math.round(usd_per_million * 1000) }
}

/** By run, what the event says that closed its books; a run without a turn has none to close. */
function byRun({ events, key }: Accounts): Record<string, Counts> {
  const closed = events.flatMap((event): [string, Counts][] => {
    if (!('usage' in event) || event.type === 'RunPaused') return []
    const run = event.type === 'RunStopped' ? event.run : event.answers
    return event.usage.turns === 0 ? [] : [[run.slice(key.length + 1), countsOf(event.usage)]]
  })
  expect(closed.map(([run]) => run)).toEqual([...new Set(closed.map(([run]) => run))])
  return Object.fromEntries(closed)
}

function explored({ events }: Accounts): Counts {
  const sent = events.flatMap((event) => ('usage' in event && event.type !== 'RunPaused' && event.usage.explorers ? [event.usage.explorers] : []))
  return sum(sent.map((one) => ({ counts: countsOf(one) })))
}

function countsOf(usage: Pick<Usage, (typeof types)[number] | 'cost_usd'>): Counts {
  const { input_tokens, cache_write_tokens, cache_read_tokens, output_tokens, cost_usd } = usage
  return { input_tokens, cache_write_tokens, cache_read_tokens, output_tokens, nano_usd: Math.round(cost_usd * 1e9) }
}

async function ledgerOf({ redis, key }: Accounts): Promise<unknown> {
  const held = Object.entries(await redis.hgetall('missions:held')).filter(([, hold]) => hold.startsWith(`${key} `))
  return { spent: Number(await redis.get(`missions:spent:${key}`)), paid: await redis.scard(`missions:turns:${key}`), held }
}

async function total(redis: Redis, keys: string): Promise<number> {
  const values = await Promise.all((await redis.keys(keys)).map((key) => redis.get(key)))
  return values.reduce((all, value) => all + Number(value), 0)
}

function forWhat({ run }: Payment): string {
  return /^(?:build|review|confirm|triage|split)\.(f\d+)\./.exec(run)?.[1] ?? 'planning, milestones and the whole'
}

/** The rows of all tables whose first column has this name: its cells, by name. */
function rowsOf(page: string, first: string): Map<string, Record<string, string>> {
  const rows = new Map<string, Record<string, string>>()
  let head: string[] = []
  for (const line of page.split('\n')) {
    const cells = line.startsWith('|')
      ? line
          .slice(1, line.lastIndexOf('|'))
          .split('|')
          .map((cell) => cell.trim())
      : []
    if (cells.length === 0) head = []
    else if (head.length === 0) head = cells
    else if (head[0] === first && head.at(-1) === 'Dollars' && !/^:?-+:?$/.test(cells[0] ?? '')) rows.set(nameOf(cells[0] ?? ''), Object.fromEntries(head.map((name, i) => [name, cells[i] ?? ''])))
  }
  return rows
}

/** `↳ **f4** Await the write` → `f4` */
function nameOf(cell: string): string {
  return /\*\*(\w+)\*\*/.exec(cell)?.[1] ?? cell
}

const columns = { input_tokens: 'Input', cache_write_tokens: 'Cache write', cache_read_tokens: 'Cache read', output_tokens: 'Output' } as const

function expectRows(rows: Map<string, Record<string, string>>, counted: Record<string, Counts>, all?: Counts): void {
  const wanted = { ...counted, ...(all ? { all } : {}) }
  const used = [...rows].filter(([, cells]) => Object.values(columns).some((column) => cells[column] !== '0'))
  expect(used.map(([name]) => name).toSorted()).toEqual(Object.keys(wanted).toSorted())
  for (const [name, counts] of Object.entries(wanted)) {
    const cells = rows.get(name) ?? {}
    const shown = types.map((type) => cells[columns[type]])
    expect([name, ...shown]).toEqual([name, ...types.map((type) => counts[type].toLocaleString('en-US'))])
    const dollars = /^\$(\d+\.(\d+))$/.exec(cells['Dollars'] ?? '')
    const half_a_digit = 0.5 * 10 ** -(dollars?.[2]?.length ?? 0)
    expect(Math.abs(Number(dollars?.[1]) - counts.nano_usd / 1e9)).toBeLessThanOrEqual(half_a_digit + 1e-9)
  }
}

function grouped(payments: readonly Payment[], name: (one: Payment) => string): Record<string, Counts> {
  const names = [...new Set(payments.map(name))]
  return Object.fromEntries(names.map((one) => [one, sum(payments.filter((payment) => name(payment) === one))]))
}

function sum(payments: readonly { counts: Counts }[]): Counts {
  const total: Counts = { input_tokens: 0, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 0, nano_usd: 0 }
  for (const { counts } of payments) for (const name of [...types, 'nano_usd'] as const) total[name] += counts[name]
  return total
}
