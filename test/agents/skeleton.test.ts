import { expect, test } from 'vitest'
import { recordOf } from '../../src/agents/record.ts'
import { skeleton } from '../../src/agents/skeleton.ts'

const usage = { input_tokens: 1, cache_write_tokens: 0, cache_read_tokens: 0, output_tokens: 1 }
const turn = (n: number, ...content: object[]) => ({
  kind: 'turn',
  n,
  model: 'm',
  at: '2026-01-01T00:00:00.000Z',
  content: [{ type: 'text', text: 'I think it is the cache.' }, ...content],
  stop: 'tool_use',
  usage,
  cost_usd: 0,
  ms: 1,
})
const result = (n: number, id: string, name: string, text: string, ok: boolean) => ({
  kind: 'result',
  n,
  id,
  name,
  content: [{ type: 'text', text }],
  ok,
  ...(name === 'bash' ? { exit: 1 } : {}),
  ms: 1,
})

test('a reviewer sees each call, its exit and size, and why an answer was sent back; nothing of what was thought or printed', () => {
  const record = recordOf([
    turn(1, { type: 'tool_use', id: 'a', name: 'bash', input: { command: 'npm test\n--watch=false' } }, { type: 'tool_use', id: 'b', name: 'submit', input: { summary: 'All done.' } }),
    result(1, 'a', 'bash', 'secret output', false),
    result(1, 'b', 'submit', 'Not accepted.\n- Nothing in /work differs.', false),
    { kind: 'reply', n: 1, why: 'results', extra: [] },
    turn(2, { type: 'tool_use', id: 'c', name: 'submit', input: { summary: 'All done.' } }),
    { kind: 'ended', at: '2026-01-01T00:00:00.000Z', ending: { is: 'submitted', value: {} } },
  ])
  expect(skeleton(record).split('\n')).toEqual([
    '1. bash npm test --watch=false -> refused or failed, exit 1, 13 characters',
    '1. submit  -> sent back: Not accepted. - Nothing in /work differs.',
    '2. submit  -> accepted',
  ])
})
