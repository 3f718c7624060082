import { parseCommands } from '../../src/domain/commands.ts'
import type { Effect } from '../../src/domain/effect.ts'
import { Event } from '../../src/domain/event.ts'
import { aRequest, aUsage, at, key } from '../support/builders.ts'
import { answerEvents, bodyOf, isAnswer } from '../support/told/answer.ts'
import { type Line, textOf } from '../support/told/line.ts'
import { fits, missionOf, naturalOf, type Story } from './story.ts'

/** A told line → the event it means, with all it leaves out. */
export function eventOf(line: Line, story: Story): Event {
  const when = { v: 1, at: at(story.step) }
  if (isAnswer(line.type)) {
    const { effect, rest } = answered(line, story)
    return Event.parse({ ...when, id: `${effect.id}/done`, answers: effect.id, type: line.type, ...bodyOf(effect, rest, story) })
  }
  return Event.parse({ ...when, id: `${line.type.toLowerCase()}/${story.step}`, type: line.type, ...factOf(line, story) })
}

/** The good answer to an effect, as a run of luck would have it. */
export function goodAnswer(effect: Effect, story: Story): Event {
  const type = answerEvents.find((name) => isAnswer(name, effect))
  if (!type) throw new Error(`nothing answers ${effect.id}`)
  return Event.parse({ v: 1, at: at(story.step), id: `${effect.id}/done`, answers: effect.id, type, ...bodyOf(effect, { type, words: [], text: '', more: {} }, story) })
}

/** Which effect a line answers: its first word may say so; else there must be one only. */
function answered(line: Line, story: Story): { effect: Effect; rest: Line } {
  const [first = ''] = line.words
  const ever = [...story.issued.values()].filter((e) => isAnswer(line.type, e))
  const named = ever.some((e) => fits(naturalOf(e), first))
  const rest = named ? { ...line, words: line.words.slice(1) } : line
  const candidates = ever.filter((e) => !named || fits(naturalOf(e), first))
  const open = candidates.filter((e) => missionOf(story).pending.some((p) => p.id === e.id))
  if (open.length > 1) throw new Error(`${line.type} could answer ${open.map(naturalOf).join(' or ')}: say which`)
  const effect = open[0] ?? candidates.at(-1)
  if (!effect) throw new Error(`${line.type} ${line.words.join(' ')} answers nothing that was ever issued`)
  return { effect, rest }
}

function factOf(line: Line, story: Story): Record<string, unknown> {
  const [first = '', second = '', third = ''] = line.words
  const by = first
  const comment = 1000 + story.step
  switch (line.type) {
    case 'MissionRequested':
      return { request: aRequest(), limits: story.given.limits, policy: story.given.policy }
    case 'CommandGiven': {
      const [command] = parseCommands(line.text)
      if (!command) throw new Error(`no command in: ${line.text}`)
      const written = line.more['written']
      return { by, comment, issue: 7, created_at: typeof written === 'number' ? at(written) : at(story.step), command }
    }
    case 'Replied':
      return { by, comment, issue: 7, text: line.text }
    case 'OutsiderSpoke':
      return { by, comment, issue: 7 }
    case 'LabelRemoved':
    case 'IssueClosed':
    case 'IssueReopened':
      return { by }
    case 'AccessLost':
      return { reason: line.words.join(' ') }
    case 'PullRequestClosed':
      return { by, ...pullOf(second, story), merge_sha: textOf(line, 'merged') === undefined ? null : story.names.sha(textOf(line, 'merged') ?? '') }
    case 'PullRequestReviewed':
      return { by, ...pullOf(second, story), head: headOf(line, second, story), state: third, body: textOf(line, 'body') ?? '' }
    case 'HeadMoved':
      return { by, branch: pullOf(second, story).branch, sha: story.names.sha(third) }
    case 'EffectFailed':
      return { effect: `${key}.${first}`, trouble: second, detail: line.words.slice(2).join(' ') }
    case 'RunPaused':
      return { run: `${key}.${first}`, usage: aUsage({ turns: Number(second || 1) }) }
    default:
      throw new Error(`no such event: ${line.type}`)
  }
}

/** A feature's pull request and branch, or the mission's own. */
function pullOf(name: string, story: Story): { pull: number; branch: string } {
  const m = missionOf(story)
  if (name === 'mission' || name === 'integration') return { pull: m.delivery.pull ?? 99, branch: m.integration?.branch ?? 'mission/7/main' }
  const f = m.features.find((x) => x.feature.id === name)
  if (!f) throw new Error(`no feature ${name}`)
  return { pull: f.pull ?? 0, branch: f.branch }
}

function headOf(line: Line, name: string, story: Story): string {
  const said = textOf(line, 'head')
  if (said !== undefined) return story.names.sha(said)
  const m = missionOf(story)
  const head = m.features.find((x) => x.feature.id === name)?.head ?? m.integration?.head
  if (!head) throw new Error(`${name} has no head`)
  return head
}
