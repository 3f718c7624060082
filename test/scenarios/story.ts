import type { Effect } from '../../src/domain/effect.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Mission } from '../../src/domain/mission.ts'
import type { EffectId } from '../../src/domain/id.ts'
import { checkMission } from '../../src/domain/invariants.ts'
import { transition, type Step } from '../../src/domain/transition.ts'
import { key } from '../support/builders.ts'
import type { Telling } from '../support/told/answer.ts'
import { readGiven } from '../support/told/given.ts'
import { names } from '../support/told/names.ts'

/** A mission that is being told, and what the telling needs to remember. */
export interface Story extends Telling {
  /** Every effect ever issued: late answers are to those that are gone. */
  issued: Map<EffectId, Effect>
  /** Steps told: one a minute. */
  step: number
  /** `phase × event` of every event that was folded. */
  folded: Set<string>
}

export function newStory(given: string): Story {
  return { given: readGiven(given), names: names(), mission: null, issued: new Map(), step: 0, folded: new Set() }
}

/** Tells one event to the real protocol and checks every invariant; null: it meant nothing there. */
export function fold(story: Story, event: Event): Step | null {
  story.step++
  const step = transition(story.mission, event)
  if (!step) return null
  checkMission(step.mission)
  if (story.mission) story.folded.add(`${story.mission.phase} × ${event.type}`)
  story.mission = step.mission
  for (const effect of step.issued) story.issued.set(effect.id, effect)
  return step
}

export function missionOf(story: Story): Mission {
  if (!story.mission) throw new Error('the story begins with MissionRequested')
  return story.mission
}

/** An effect as stories call it: its id without the mission's key. */
export function naturalOf(effect: { id: EffectId } | EffectId): string {
  return (typeof effect === 'string' ? effect : effect.id).slice(key.length + 1)
}

/** `f1` fits `build.f1.a1`; so does `build.f1`. */
export function fits(natural: string, words: string): boolean {
  return `.${natural}.`.includes(`.${words}.`)
}
