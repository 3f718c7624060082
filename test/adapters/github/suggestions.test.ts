import { expect, test } from 'vitest'
import { openStage } from './stage.ts'
import type { Stage } from './stage.ts'
import { agent, approved, confirmed, handedOff, lines } from './story.ts'

const branch = 'mission/1/f1-feature-1'
const remark = (what: string, line: number, suggestion: object) => ({
  severity: 'non_blocking',
  what,
  evidence: [],
  place: { path: 'long.js', line },
  suggestion: { path: 'long.js', ...suggestion },
})
const findings = [
  remark('Two lines say it in a roundabout way.', 20, { start_line: 19, line: 20, text: '  line 19, mended\n  `line` 20, mended\n' }),
  remark('One line too many here.', 21, { start_line: 21, line: 21, text: '' }),
  remark('This reaches beyond what the diff shows.', 20, { start_line: 20, line: 30, text: 'all of it anew' }),
  remark('This is not in the diff at all.', 35, { start_line: 35, line: 35, text: 'line 35, mended' }),
]

test('a suggestion is offered below the very lines it replaces; one that is not exact is only told', async () => {
  await using stage = await openStage()
  await reviewed(stage)
  await stage.act('PostReview')
  const { comments, review } = await posted(stage)
  expect(comments.map(({ what, path, start_line, line, side, commit }) => ({ what, path, start_line, line, side, commit }))).toEqual([
    { what: 'Two lines say it in a roundabout way.', path: 'long.js', start_line: 19, line: 20, side: 'RIGHT', commit: 'head' },
    { what: 'One line too many here.', path: 'long.js', start_line: null, line: 21, side: 'RIGHT', commit: 'head' },
    { what: 'This reaches beyond what the diff shows.', path: 'long.js', start_line: null, line: 20, side: 'RIGHT', commit: 'head' },
    { what: 'This is not in the diff at all.', path: 'long.js', start_line: null, line: 1, side: 'RIGHT', commit: 'head' },
  ])
  expect(comments.map(({ body }) => body.slice(body.search(/(```|Suggested)/)).replace(/\n*<!--[^]*$/, ''))).toEqual([
    '```suggestion\n  line 19, mended\n  `line` 20, mended\n```',
    '```suggestion\n```',
    'Suggested for lines 20 to 30 of `long.js`:\n\n```\nall of it anew\n```',
    'Suggested for line 35 of `long.js`:\n\n```\nline 35, mended\n```',
  ])
  expect(review).not.toContain('```suggestion')

  const page = await fetch(`${stage.emulator.url}/acme/rooms/pull/5`, { headers: { accept: 'text/html' } })
  const html = await page.text()
  const [, offered = ''] = /<span class="mono">long\.js:19–20<\/span>([^]*?)<\/article>/.exec(html) ?? []
  expect(offered).toContain('<strong>Suggested change</strong>')
  expect(offered).toContain('<code class="language-suggestion">  line 19, mended\n  `line` 20, mended</code>')
  expect(html.match(/Suggested change/g)).toHaveLength(2)
})

test('on a head that a person has moved nothing is offered, and the words are kept', async () => {
  await using stage = await openStage()
  await reviewed(stage)
  await stage.emulator.as('mara').commitFile(stage.repo, branch, 'long.js', 'all new\n')
  await stage.act('PostReview')
  const { comments, review } = await posted(stage)
  const everything = [review, ...comments.map(({ body }) => body)].join('\n')
  expect(everything).not.toContain('```suggestion')
  expect(everything).toContain('Suggested for lines 19 to 20 of `long.js`:\n\n```\n  line 19, mended\n')
})

test('where GitHub refuses the places, all of it is told in the body, and nothing is offered there', async () => {
  await using stage = await openStage()
  await reviewed(stage)
  stage.emulator.faults.add({ do: 'error', match: 'POST */pulls/{pull_number}/reviews', status: 422, when: 'before', times: 1 })
  await stage.act('PostReview')
  const { comments, review } = await posted(stage)
  expect(comments.map(({ what }) => what)).toEqual(['This is not in the diff at all.'])
  expect(review).toContain('`long.js:20`')
  expect(review).toContain('Suggested for lines 19 to 20 of `long.js`:\n\n```\n  line 19, mended\n')
  expect(review).not.toContain('```suggestion')
})

/** A feature that changes one line of forty, and a review of it. */
async function reviewed(stage: Stage): Promise<void> {
  await stage.emulator.as('mara').commitFile(stage.repo, 'main', 'long.js', lines(40, 'line'))
  await approved(stage)
  await handedOff(stage, 1, { 'long.js': lines(40, 'line').replace('line 20\n', 'line 20, changed\n') })
  await stage.act('PublishFeature')
  agent(stage, 'review', { type: 'FeatureReviewed', feature: 'f1', report: { summary: 'Read it all.', results: [], findings } })
  confirmed(stage)
}

async function posted(stage: Stage) {
  const [repository] = (await stage.emulator.dump()).repositories
  const head = stage.mission().features[0]?.head
  const comments = (repository?.review_comments ?? []).map(({ body, path, start_line, line, side, commit_id }) => ({
    body,
    what: findings.find(({ what }) => body.includes(what))?.what,
    path,
    start_line,
    line,
    side,
    commit: commit_id === head ? 'head' : commit_id,
  }))
  const inOrder = findings.flatMap(({ what }) => comments.filter((comment) => comment.what === what))
  return { comments: inOrder, review: repository?.reviews.map(({ body }) => body).join('\n') ?? '' }
}
