import { expect, test } from 'vitest'
import { dueAgain } from '../../../src/adapters/github/redelivery.ts'
import type { Delivery } from '../../../src/adapters/github/redelivery.ts'

const minute_ms = 60_000
const noon = Date.parse('2026-03-01T12:00:00Z')

/** Attempts of webhooks, `<guid> <minutes ago> <answer>`, newest first as GitHub lists them; their ids count from 1. */
function listed(...attempts: string[]): Delivery[] {
  return attempts.map((attempt, i) => {
    const [guid = '', minutes, status_code] = attempt.split(' ')
    return { id: i + 1, guid, delivered_at: new Date(noon - Number(minutes) * minute_ms).toISOString(), status_code: Number(status_code) }
  })
}

test('a webhook that nobody took is due at once, the oldest first', () => {
  expect(dueAgain(listed('b 1 0', 'a 2 503'), noon)).toEqual([2, 1])
})

test('one that was taken at last is not', () => {
  expect(dueAgain(listed('a 1 202', 'b 2 200', 'a 3 502'), noon)).toEqual([])
})

test('the longer nobody takes it, the longer the pauses; the latest attempt is the one to repeat', () => {
  expect(dueAgain(listed('a 3 0', 'a 7 0'), noon)).toEqual([])
  expect(dueAgain(listed('a 4 0', 'a 6 0', 'a 8 0'), noon)).toEqual([1])
})
