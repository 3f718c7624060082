import { expect, test } from 'vitest'
import { markers, missionOfMarker } from '../../../src/adapters/github/marker.ts'
import type { Markers } from '../../../src/adapters/github/marker.ts'
import { identity, mara, ourMarkers, us } from './people.ts'

const name = '81234-7.post-review.f1.r1'
const signed = ourMarkers.sign(81234, name, 'All is well.')

test('what the app signed it finds again', () => {
  expect(ourMarkers.read(81234, { body: signed, user: us })).toBe(name)
  expect(signed.startsWith('All is well.\n\n<!-- missions 81234-7.post-review.f1.r1 ')).toBe(true)
})

test('a pasted marker counts for nothing: the author is not the app', () => {
  expect(ourMarkers.read(81234, { body: signed, user: mara })).toBeNull()
  expect(ourMarkers.read(81234, { body: signed, user: null })).toBeNull()
})

test('a marker of another repository, another key or another name does not fit', () => {
  expect(ourMarkers.read(81235, { body: signed, user: us })).toBeNull()
  expect(markers(['another secret'], identity).read(81234, { body: signed, user: us })).toBeNull()
  expect(ourMarkers.read(81234, { body: signed.replace('.f1.', '.f2.'), user: us })).toBeNull()
})

test('while the secret is changed, what the one before signed is still found; new things are signed with the new one alone', () => {
  const rotating = markers(['the next secret', 'a secret of this test'], identity)
  const rotated = markers(['the next secret'], identity)
  const anew = rotating.sign(81234, name, 'All is well.')
  const found = (by: Markers, body: string) => by.read(81234, { body, user: us })
  expect({ old: found(rotating, signed), anew: found(rotating, anew) }).toEqual({ old: name, anew: name })
  expect({ old: found(rotated, signed), anew: found(rotated, anew) }).toEqual({ old: null, anew: name })
  expect(found(ourMarkers, anew)).toBeNull()
})

test('a marker quoted in a text does not hide the one below it', () => {
  const other = ourMarkers.sign(81234, '81234-7.halt.1', `Somebody wrote: ${signed}`)
  expect(ourMarkers.read(81234, { body: other, user: us })).toBe('81234-7.halt.1')
  const forged = signed.replace(/[0-9a-f]{32}/, '0'.repeat(32))
  expect(ourMarkers.read(81234, { body: `${signed}\n${forged}`, user: us })).toBe(name)
})

test('a text too long for GitHub is cut, its marker is not', () => {
  const long = ourMarkers.sign(81234, name, 'x'.repeat(70_000))
  expect(long.length).toBe(65_536)
  expect(ourMarkers.read(81234, { body: long, user: us })).toBe(name)
})

test('a marker leads to its mission', () => {
  expect(missionOfMarker(name)).toBe('81234-7')
  expect(missionOfMarker('81234-7-2.tracking')).toBe('81234-7-2')
  expect(missionOfMarker('refusal.outsider')).toBeNull()
  expect(missionOfMarker(null)).toBeNull()
})

test('every name that is signed can be read back', () => {
  for (const one of ['refuse/7/mara', 'refuse/7/empty/2026-03-01T10:00:00Z', '81234-7.post-verdict.m1.r1/31']) {
    expect(ourMarkers.read(81234, { body: ourMarkers.sign(81234, one, 'x'), user: us })).toBe(one)
  }
  expect(() => ourMarkers.sign(81234, 'two words', 'x')).toThrow('no marker can carry')
  expect(() => ourMarkers.sign(81234, 'x -->', 'x')).toThrow('no marker can carry')
})
