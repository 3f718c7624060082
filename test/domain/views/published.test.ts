import { expect, it } from 'vitest'
import { validationCheck } from '../../../src/domain/views/check.ts'
import { review, suggestionBlock, suggestionWords } from '../../../src/domain/views/review.ts'
import { verdictComment } from '../../../src/domain/views/verdict.ts'
import { aFeature, aFeatureState, aFinding, anAssertionState, effect, sha, val } from '../../support/builders.ts'
import { tested } from './stories.ts'

const folder = 'evidence/exercise.m1.r1.p1'
const published = {
  commit: sha('record'),
  folder,
  files: [
    { assertion: val('WEB-001'), path: `${folder}/VAL-WEB-001/02-browser.txt`, sha256: 'a'.repeat(64), items: ['page(taken by * until 10:00)'] },
    { assertion: val('WEB-001'), path: `${folder}/VAL-WEB-001/03-val-web-001-taken.png`, sha256: 'b'.repeat(64), items: ['screenshot(taken)'] },
  ],
}
const seen = (result: 'pass' | 'fail') => ({
  ...tested,
  assertions: { ...tested.assertions, [val('WEB-001')]: anAssertionState(result, { note: 'Looked.', published, ...(result === 'pass' ? { flaky: true } : {}) }) },
})

it('a verdict links what was seen and shows its pictures, pinned to the commit that holds them', async () => {
  await expect(`${verdictComment(seen('fail'), { assertions: [val('WEB-001')], findings: [] })}\n`).toMatchFileSnapshot('pages/verdict-published.md.snap')
})

it('the check links every assertion, and says which result flipped', async () => {
  const { text } = validationCheck(seen('pass'))
  await expect(`${text}\n`).toMatchFileSnapshot('pages/check-published.md.snap')
})

it('a review lists what was not confirmed', () => {
  const feature = aFeatureState(aFeature(1), { rounds: 1, status: 'reviewing' })
  const dismissed = { is: 'dismissed' as const, by: 'confirmation', reason: 'not confirmed' }
  const refused = aFinding('review.f1.r1-2', { scope: 'f1', decision: dismissed, reproduction: { is: 'not_confirmed', run: effect('confirm', 'f1', 'r1'), note: 'With PORT=4000 it listens there.' } })
  const text = review({ ...tested, features: [feature], findings: [refused] }, feature)
  expect(text).toContain('**Passes, nothing found**')
  expect(text).toMatch(/\*\*Not confirmed\*\* by a second, fresh reviewer[^]*With PORT=4000 it listens there\.[^]*`review\.f1\.r1-2`/)
})

it('a suggestion keeps its code as it is', () => {
  expect(suggestionBlock({ path: 'a.md', start_line: 1, line: 2, text: 'see\n```js\n@mara\n```\n' })).toBe('````suggestion\nsee\n```js\n@mara\n```\n````')
  expect(suggestionBlock({ path: 'a.js', start_line: 3, line: 4, text: '' })).toBe('```suggestion\n```')
  expect(suggestionBlock({ path: 'a.js', start_line: 3, line: 4, text: '\n' })).toBe('```suggestion\n\n```')
  expect(suggestionWords({ path: 'a.js', start_line: 3, line: 4, text: '  await save()\n' })).toBe('Suggested for lines 3 to 4 of `a.js`:\n\n```\n  await save()\n```')
  expect(suggestionWords({ path: 'a.js', start_line: 3, line: 3, text: '' })).toBe('Suggested: leave out line 3 of `a.js`.')
})
