import { handsIn } from './amend.ts'
import type { LineOf, RunRecord } from './record.ts'
import { callsOf } from './record.ts'

const target_chars = 400
const sent_back_chars = 600
const most_calls = 400

/** What a run did, without its reasoning and without what its tools printed: each call, its exit and the size of its answer. */
export function skeleton(record: RunRecord): string {
  const calls = record.turns.flatMap(({ turn, results }) =>
    callsOf(turn).map((call) => `${turn.n}. ${call.name} ${callTarget(call.name, call.input)} -> ${handsIn(call.name) ? handedIn(results.get(call.id)) : told(results.get(call.id))}`),
  )
  if (calls.length <= most_calls) return calls.join('\n')
  return [...calls.slice(0, most_calls / 2), `[… ${calls.length - most_calls} calls left out …]`, ...calls.slice(-most_calls / 2)].join('\n')
}

/** The one field of an input that says what a call was about; never its contents. */
export function callTarget(name: string, input: unknown): string {
  if (handsIn(name) || typeof input !== 'object' || input === null) return ''
  const fields = new Map<string, unknown>(Object.entries(input))
  const value = ['command', 'path', 'pattern', 'message'].map((key) => fields.get(key)).find((v) => typeof v === 'string')
  if (typeof value !== 'string') return ''
  const line = value.replace(/\s+/g, ' ')
  return line.length > target_chars ? `${line.slice(0, target_chars)}…` : line
}

/** Why a program sent an answer back is its own words, not the worker's. An answer that was taken ends the run: nothing follows it. */
function handedIn(result: LineOf<'result'> | undefined): string {
  if (!result) return 'accepted'
  const why = result.content
    .map((block) => (block.type === 'text' ? block.text : ''))
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()
  return `sent back: ${why.length > sent_back_chars ? `${why.slice(0, sent_back_chars)}…` : why}`
}

function told(result: LineOf<'result'> | undefined): string {
  if (!result) return 'no answer'
  const size = result.content.reduce((sum, block) => sum + (block.type === 'text' ? block.text.length : 0), 0)
  const exit = result.exit === undefined ? '' : `exit ${result.exit ?? 'killed'}, `
  return `${result.ok ? '' : 'refused or failed, '}${exit}${size} characters`
}
