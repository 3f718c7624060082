import { describe, expect, it } from 'vitest'
import { momentName, momentOf } from '../../../src/domain/moment.ts'
import { answersComment, momentLines, promptOf, questionLines, takenLines } from '../../../src/domain/views/local.ts'
import { plain, plainPage } from '../../../src/domain/views/plain.ts'
import { trackingIssue } from '../../../src/domain/views/tracking.ts'
import * as story from './stories.ts'

const url = 'http://127.0.0.1:4010/local/rooms'
const stories = {
  labelled: story.labelled,
  asked: story.asked,
  plan: story.plan,
  building: story.building,
  waitingForReview: story.waitingForReview,
  outOfRounds: story.outOfRounds,
  readyToMerge: story.readyToMerge,
  done: story.done,
  cancelled: story.cancelled,
}

describe('what a terminal says beside a local mission', () => {
  it.each(Object.entries(stories))('%s', async (name, m) => {
    const moment = momentOf(m)
    const asked = moment.is === 'questions' ? moment.questions.flatMap((q, i) => [...questionLines(q, i + 1), promptOf(moment, i)]) : [promptOf(moment, 0)]
    const text = [`(${momentName(moment)})`, ...momentLines(m, moment, url), ...asked].join('\n')
    // The plan's own page has its snapshot elsewhere.
    const page = plainPage(trackingIssue(m).body, 'open').join('\n')
    expect(moment.is !== 'plan' || text.includes(page)).toBe(true)
    await expect(`${text.replace(page, '(the plan’s page, folds open)').trimEnd()}\n`).toMatchFileSnapshot(`./local/${name}.txt`)
  })

  it('where the result is', async () => {
    const text = [...takenLines({ branch: 'missions/1-no-double-bookings', sha: 'a'.repeat(40), base: 'b'.repeat(40) }, "/home/ada/it's here")]
    await expect(`${text.join('\n')}\n`).toMatchFileSnapshot('./local/taken.txt')
  })
})

describe('answers as one comment', () => {
  it.each([
    [[null, null], 'Take the defaults.'],
    [['yes', null], '1. yes\n2. Take the default.'],
    [['/api/rooms stays', 'no'], '1. /api/rooms stays\n2. no'],
  ])('%j', (answers, said) => expect(answersComment(answers)).toBe(said))
})

describe('Markdown in a terminal', () => {
  it.each([
    ['**bold** and *italic*', 'bold and italic'],
    ['`a*b` stays', 'a*b stays'],
    [String.raw`\*not bold\* &lt;b&gt; &dollar;HOME`, '*not bold* <b> $HOME'],
    ['[`server.js:40`](/x/blob/y#L40), <sub>small</sub>', 'server.js:40, small'],
    [String.raw`a \[link\](x)`, 'a [link](x)'],
    ['`\u001B[2Jgone`\u200B', '[2Jgone'],
  ])('%j', (markdown, text) => expect(plain(markdown)).toBe(text))

  it('a page, its folds open or left out', () => {
    const page = '### Head\n\n\ntext\n\n<details>\n<summary><b>Fold</b></summary>\n\n| A | B |\n| :--- | ---: |\n| long cell | `x\\|y` |\n\n</details>\n\n```\n/approve-plan a41f\n```'
    expect(plainPage(page, 'open')).toEqual(['Head', '', 'text', '', 'Fold', '', '  A          B', '  long cell  x|y', '', '    /approve-plan a41f'])
    expect(plainPage(page, 'open', /Fold/)).toEqual(['Head', '', 'text', '', 'Fold (on the page)', '', '    /approve-plan a41f'])
    expect(plainPage(page, 'left out')).toEqual(['Head', '', 'text', '', '    /approve-plan a41f'])
  })
})
