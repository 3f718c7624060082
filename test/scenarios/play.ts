import { dispatchable, type Effect } from '../../src/domain/effect.ts'
import { mergeGate } from '../../src/domain/gate.ts'
import type { Mission } from '../../src/domain/mission.ts'
import { readLine } from '../support/told/line.ts'
import { effectLine, stateLine } from './show.ts'
import { fits, fold, missionOf, naturalOf, newStory, type Story } from './story.ts'
import { eventOf, goodAnswer } from './tell.ts'

/**
 * Plays the story a Markdown file tells and gives the file as it would be recorded now, and the cells of the protocol it visits. In its `story` blocks
 *   `< Event …`      tells an event (answers name their effect where several wait), and
 *   `~ until …`      lets everything go well until a phase, a feature's status (`f1 merging`) or an effect (`merge-feature.f1`)
 *                    is reached; `leaving f2, build.f3` does not answer what these words fit.
 * Behind them stands what was recorded: `>` effects issued, `x` effects that nobody needs any more, `=` the state and what
 * changed in it, `:` all that is pending, and `= nothing` where the event means nothing there. A `given` block sets the plan.
 */
export function play(markdown: string): { recorded: string; folded: Set<string> } {
  let story: Story | null = null
  let given = ''
  let block: 'given' | 'story' | null = null
  const out: string[] = []
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) {
      block = block === null ? (line === '```story' ? 'story' : line === '```given' ? 'given' : null) : null
      out.push(line)
      continue
    }
    if (block === 'given') given += `${line}\n`
    if (block !== 'story') out.push(line)
    else if (line.startsWith('#') || line.trim() === '') out.push(line)
    else if (line.startsWith('<') || line.startsWith('~')) {
      story ??= newStory(given)
      out.push(line, ...told(line, story))
    }
  }
  return { recorded: out.join('\n'), folded: story?.folded ?? new Set() }
}

function told(line: string, story: Story): string[] {
  try {
    const came = line.startsWith('<') ? tellOne(line.slice(1).trim(), story) : goWell(line.slice(1).trim(), story)
    return came.map((text) => story.names.inWords(text))
  } catch (error) {
    throw new Error(`step ${story.step}, "${line}": ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

function tellOne(written: string, story: Story): string[] {
  const before = story.mission
  const event = eventOf(readLine(written), story)
  const step = fold(story, event)
  if (!step) return ['= nothing']
  const dropped = step.settled.filter((id) => !('answers' in event && event.answers === id))
  return [...step.issued.map(effectLine), ...dropped.map((id) => `x ${naturalOf(id)}`), stateLine(before, step.mission)]
}

function goWell(written: string, story: Story): string[] {
  const [, goal = '', leaving = ''] = /^until (.+?)(?: leaving (.+))?$/.exec(written) ?? []
  const left = leaving.split(/,\s*/).filter(Boolean)
  const before = missionOf(story)
  for (let steps = 0; !reached(missionOf(story), goal); steps++) {
    if (steps > 400) throw new Error(`${goal} is never reached`)
    step(story, left)
  }
  const m = missionOf(story)
  return [stateLine(before, m), `: ${m.pending.map((e) => naturalOf(e)).join(' ') || 'nothing pending'}`]
}

function step(story: Story, left: string[]): void {
  const m = missionOf(story)
  const next = dispatchable(m.pending, m.holds.length > 0).find((e) => e.type !== 'WakeAt' && !left.some((words) => fits(naturalOf(e), words)))
  if (next) return good(next, story)
  const event = eventOf(readLine(human(m)), story)
  if (!fold(story, event)) throw new Error(`${event.type} meant nothing`)
}

function good(effect: Effect, story: Story): void {
  if (!fold(story, goodAnswer(effect, story))) throw new Error(`the answer to ${effect.id} meant nothing`)
}

function reached(m: Mission, goal: string): boolean {
  const [what = '', status] = goal.split(' ')
  if (status !== undefined) return m.features.some((f) => f.feature.id === what && f.status === status)
  return m.phase === what || m.pending.some((e) => e.type !== 'StopRun' && fits(naturalOf(e), what))
}

/** What a person does who is asked. */
function human(m: Mission): string {
  if (m.holds.length > 0) throw new Error(`held: ${JSON.stringify(m.holds.map((h) => h.reason))}`)
  if (m.phase === 'awaiting_approval') return 'CommandGiven mara /approve-plan'
  const shut = m.features.find((f) => f.status === 'merging' && !mergeGate(m, f).open)
  if (shut) return `PullRequestReviewed mara ${shut.feature.id} approved`
  if (m.phase === 'delivering' && m.pending.length === 0) return 'PullRequestClosed mara mission {merged: main.merged}'
  throw new Error(`nothing is left to do in phase ${m.phase}`)
}
