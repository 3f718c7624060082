import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Event } from '../../src/domain/event.ts'
import { play } from '../scenarios/play.ts'
import { stories } from '../scenarios/stories.ts'
import { randomMission } from '../support/random-mission.ts'

const missions = Number(process.env['MISSIONS_RANDOM'] ?? 100)
const phases = ['clarifying', 'contracting', 'decomposing', 'publishing', 'awaiting_approval', 'building', 'validating', 'triaging', 'verifying', 'delivering', 'done', 'stopped']

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
  const counts = rows.flatMap(([event = '', ...cells]) => cells.flatMap((cell, i) => (cell === '●' ? [`${phases[i]} × ${event.replaceAll('`', '')}`] : [])))
  return { counts: new Set(counts), events: rows.map(([event = '']) => event.replaceAll('`', '')) }
}

function visited(): { folded: Map<string, number>; ignored: Map<string, number> } {
  const folded = new Map<string, number>()
  const ignored = new Map<string, number>()
  for (let seed = 1; seed <= missions; seed++) {
    for (const [cell, n] of randomMission(seed).visits) {
      if (n.folded > 0) folded.set(cell, (folded.get(cell) ?? 0) + n.folded)
      if (n.ignored > 0) ignored.set(cell, (ignored.get(cell) ?? 0) + n.ignored)
    }
  }
  // Stories go where chance hardly ever does.
  for (const { file } of stories) for (const cell of play(readFileSync(file, 'utf8')).folded) folded.set(cell, (folded.get(cell) ?? 0) + 1)
  for (const map of [folded, ignored]) map.delete('none × MissionRequested')
  return { folded, ignored }
}

test('every event has its row in docs/protocol.md', () => {
  const types = Event.options.map((o) => o.shape.type.value)
  expect(table().events.toSorted()).toEqual(types.toSorted())
})

test(`what docs/protocol.md says of each phase × event is what ${missions} random missions do`, { timeout: 300_000 }, () => {
  const { counts } = table()
  const { folded, ignored } = visited()
  // Nothing counts that the table calls null.
  expect([...folded.keys()].filter((cell) => !counts.has(cell))).toEqual([])
  // A hundred missions do not get everywhere; a thousand do.
  if (missions >= 1000) expect([...counts].filter((cell) => !folded.has(cell))).toEqual([])
  const cells = phases.length * table().events.length
  process.stdout.write(
    `${missions} missions: ${folded.size} of ${counts.size} counting cells folded, ${[...ignored.keys()].filter((c) => !counts.has(c)).length} of ${cells - counts.size} null cells met and ignored\n`,
  )
})
