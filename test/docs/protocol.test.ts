import { expect, test } from 'vitest'
import type { z } from 'zod'
import { ValidationContract } from '../../src/domain/contract.ts'
import { DryRunReport } from '../../src/domain/dry-run.ts'
import { Effect, Task } from '../../src/domain/effect.ts'
import { Event, Request, Usage } from '../../src/domain/event.ts'
import { Feature, Handoff, Plan } from '../../src/domain/feature.ts'
import { Curated } from '../../src/domain/knowledge.ts'
import { Note } from '../../src/domain/notes.ts'
import { Proof } from '../../src/domain/proof.ts'
import { Settings } from '../../src/domain/settings.ts'
import { AssertionResult, Evidence, Finding, Published, Report, Triage } from '../../src/domain/verdict.ts'
import { codes, page, tableOf } from './tables.ts'

const protocol = page('docs/protocol.md')

/** What a table says: name → fields, `?` behind those that may be left out. */
function told(heading: string, first: string): Record<string, string[]> {
  return Object.fromEntries(tableOf(protocol, heading, first).map(([name = '', fields = '']) => [codes(name)[0] ?? name, codes(fields)]))
}

/** The same of schemas, without what all of them have. */
function has(shape: Record<string, z.ZodType>, common: readonly string[]): string[] {
  return Object.entries(shape)
    .filter(([name]) => !common.includes(name))
    .map(([name, field]) => (field.safeParse(undefined).success ? `${name}?` : name))
}

const ofEvents = ['v', 'id', 'at', 'type', 'answers']

test('the tables of fields have every field of every event, in order', () => {
  const headings = ['### Fields of facts', "### Fields of agents' answers", '### Fields of other answers', '### Fields of trouble']
  const tables = headings.map((heading) => told(heading, 'event'))
  const events = Event.options.map((one): [string, string[], boolean] => {
    const agent = 'usage' in one.shape && 'answers' in one.shape && one.shape.type.value !== 'RunStopped'
    return [one.shape.type.value, has(one.shape, agent ? [...ofEvents, 'usage'] : ofEvents), agent]
  })
  expect(Object.assign({}, ...tables)).toEqual(Object.fromEntries(events.map(([name, fields]) => [name, fields])))
  // And each stands where it belongs.
  expect(Object.keys(tables[1] ?? {})).toEqual(events.flatMap(([name, , agent]) => (agent ? [name] : [])))
})

test('of every effect, and of every task', () => {
  expect(told('### Fields of effects', 'effect')).toEqual(Object.fromEntries(Effect.options.map((one) => [one.shape.type.value, has(one.shape, ['id', 'at', 'type'])])))
  expect(told('### Fields of tasks', 'task')).toEqual(Object.fromEntries(Task.options.map((one) => [one.shape.task.value, has(one.shape, ['task'])])))
})

test('and of what they carry', () => {
  const parts = { Request, Usage, ValidationContract, Plan, Feature, Settings, Handoff, Proof, Report, Finding, AssertionResult, Evidence, Published, Triage, Curated, Note, DryRunReport }
  expect(told('### Fields of what they carry', 'part')).toEqual(Object.fromEntries(Object.entries(parts).map(([name, { shape }]) => [name, has(shape, [])])))
})
