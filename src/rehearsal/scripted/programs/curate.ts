import { z } from 'zod'
import { submit, type Program } from '../program.ts'
import { sectionAs, type Brief } from '../request.ts'

const Entry = z.looseObject({ id: z.string(), about: z.enum(['code', 'product']), topic: z.string(), text: z.string(), paths: z.array(z.string()) })
type Entry = z.infer<typeof Entry>

/** Accepts what says where it holds, merges what is about the same place into the first that is, and rejects the rest. */
export function* curateProgram(brief: Brief): Program {
  const entries = sectionAs(brief, 'entries', z.array(Entry)) ?? []
  yield* submit('Each entry is decided.', { decisions: entries.map((entry) => decision(entry, entries)) })
}

function decision(entry: Entry, all: Entry[]): Record<string, unknown> {
  if (entry.about === 'code' && entry.paths.length === 0)
    return { decision: 'reject', entry: entry.id, why: 'ambiguous', reason: `"${entry.text.slice(0, 80)}" names no place and nothing to do: two readers would do different things.` }
  const first = all.find((x) => x.about === entry.about && x.topic === entry.topic && x.paths.join() === entry.paths.join())
  if (first && first !== entry) return { decision: 'merge', entry: entry.id, into: first.id, reason: 'Both speak of the same place and the same trap.' }
  return { decision: 'accept', entry: entry.id, topic: entry.topic, text: entry.text }
}
