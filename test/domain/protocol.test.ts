import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Event } from '../../src/domain/event.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { settingsProblems } from '../../src/domain/settings.ts'
import { transition } from '../../src/domain/transition.ts'
import { play } from '../scenarios/play.ts'
import { stories } from '../scenarios/stories.ts'
import { randomMission } from '../support/random-mission.ts'

const missions = Number(process.env['MISSIONS_RANDOM'] ?? 100)
const phases = ['clarifying', 'contracting', 'decomposing', 'dry_running', 'publishing', 'awaiting_approval', 'building', 'validating', 'triaging', 'verifying', 'delivering', 'done', 'stopped']

/** The table of docs/protocol.md: `phase × event` of every cell that says the event counts there. */
function table(): { counts: Set<string>; events: string[] } {
  const rows = readFileSync(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
    .split('\n')
    .filter((line) => /^\| `[A-Z]\w+` \|/.test(line))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    .filter((cells) => cells.length === phases.length + 1)
  const counts = rows.flatMap(([event = '', ...cells]) => cells.flatMap((cell, i) => (cell === '●' ? [`${phases[i]} × ${event.replaceAll('`', '')}`] : [])))
  return { counts: new Set(counts), events: rows.map(([event = '']) => event.replaceAll('`', '')) }
}

const first = Number(process.env['MISSIONS_SEED'] ?? 1)
const visits = { folded: new Set<string>(), ignored: new Set<string>() }
/** What random missions met beside the cells: parts that a plan, a run or a person may bring along. */
const met = new Set<string>()

test(`${missions} random missions keep every invariant and come to an end, seeds ${first} to ${first + missions - 1}`, { timeout: 900_000 }, () => {
  const ends = new Map<string, number>()
  for (let seed = first; seed < first + missions; seed++) {
    try {
      const told = randomMission(seed)
      ends.set(told.mission.outcome ?? 'none', (ends.get(told.mission.outcome ?? 'none') ?? 0) + 1)
      for (const event of told.events) for (const part of partsOf(event)) met.add(part)
      for (const run of Object.values(told.mission.runs)) met.add(`a run ${run.ending}, its books ${run.books}`)
      for (const [cell, n] of told.visits) {
        if (n.folded > 0) visits.folded.add(cell)
        if (n.ignored > 0) visits.ignored.add(cell)
      }
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
    }
  }
  expect([...ends.keys()].filter((outcome) => outcome === 'none')).toEqual([])
  expect(ends.get('validated')).toBeGreaterThan(missions / 4)
})

/** What an event brings along that no cell tells of. */
function partsOf(event: Event): string[] {
  if (event.type !== 'PlanWritten') return []
  if (event.settings === null) return ['no settings']
  if (event.settings.problems.length > 0) return ['settings that could not be used']
  return [settingsProblems(event.plan, event.settings).length > 0 ? 'a plan against the settings' : 'settings that bind the plan']
}

// A few missions do not get everywhere.
test.runIf(missions >= 100)('they met the repository’s own settings, kept and broken, and every way a run ends', () => {
  expect([...met].toSorted()).toEqual(
    expect.arrayContaining([
      'no settings',
      'a plan against the settings',
      'settings that bind the plan',
      'settings that could not be used',
      'a run submitted, its books closed',
      'a run failed, its books closed',
      'a run stopped, its books closed',
    ]),
  )
})

test('a journal folds to the same mission again', () => {
  const { events, mission } = randomMission(7)
  const again = events.reduce<Mission | null>((m, event) => transition(m, event)?.mission ?? null, null)
  expect(again).toEqual(mission)
})

test('every event has its row in docs/protocol.md', () => {
  const types = Event.options.map((o) => o.shape.type.value)
  expect(table().events.toSorted()).toEqual(types.toSorted())
})

test(`what docs/protocol.md says of each phase × event is what those missions did`, () => {
  const { counts } = table()
  // Stories go where chance hardly ever does.
  const folded = new Set([...visits.folded, ...stories.flatMap(({ file }) => [...play(readFileSync(file, 'utf8')).folded])])
  folded.delete('none × MissionRequested')
  // Nothing counts that the table calls null.
  expect([...folded].filter((cell) => !counts.has(cell))).toEqual([])
  // A hundred missions do not get everywhere; a thousand do.
  if (missions >= 1000) expect([...counts].filter((cell) => !folded.has(cell))).toEqual([])
  const cells = phases.length * table().events.length
  const nothing = [...visits.ignored].filter((cell) => !counts.has(cell)).length
  process.stdout.write(`${missions} missions: ${folded.size} of ${counts.size} counting cells folded, ${nothing} of ${cells - counts.size} null cells met and ignored\n`)
})
