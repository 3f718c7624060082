import { expect, test } from 'vitest'
import { openWorld } from './world.ts'

test('an issue becomes a merged pull request, by token and by git', async () => {
  await using world = await openWorld()
  const { emulator, app, repo } = world
  const mara = emulator.as('mara')
  const issue = await mara.createIssue('mara/shop', { title: 'No double bookings', body: 'please', labels: ['mission'] })
  await app.rest.issues.createComment({ ...repo, issue_number: issue.number, body: 'reading' })

  const clone = await world.clone(await world.token({ repositories: ['shop'], permissions: { contents: 'write' } }))
  await clone.git('checkout', '--quiet', '-b', 'mission/1/f1-lock')
  const head = await clone.commit({ 'server.js': 'one\ntwo\n' })
  await clone.git('push', '--quiet', 'origin', 'mission/1/f1-lock')

  const { data: pull } = await app.rest.pulls.create({ ...repo, title: 'Lock', head: 'mission/1/f1-lock', base: 'main', body: 'Closes #1' })
  expect(pull).toMatchObject({ number: 2, mergeable: true, commits: 1, changed_files: 1, head: { sha: head } })
  await app.rest.pulls.createReview({ ...repo, pull_number: 2, event: 'COMMENT', body: 'read', comments: [{ path: 'server.js', line: 2, body: 'why?' }] })
  const again = await clone.commit({ 'server.js': 'one\ntwo, because\n' })
  await clone.git('push', '--quiet', 'origin', 'mission/1/f1-lock')
  await app.rest.checks.create({ ...repo, name: 'missions/validation', head_sha: again, conclusion: 'success', output: { title: 'all', summary: 'good' } })
  const merge = await mara.merge('mara/shop', 2, { sha: again })

  await clone.git('fetch', '--quiet')
  expect(await clone.git('rev-parse', 'origin/main')).toBe(merge.sha)
  expect((await mara.issue('mara/shop', 1)).state).toBe('closed')
  expect(await world.arrived()).toEqual([
    'installation.created',
    'issues.opened',
    'issues.labeled',
    'issue_comment.created',
    'create',
    'push',
    'pull_request.opened',
    'pull_request_review.submitted',
    'pull_request_review_comment.created',
    'push',
    'pull_request.synchronize',
    'check_run.created',
    'check_run.completed',
    'check_suite.completed',
    'pull_request.closed',
    'issues.closed',
    'push',
  ])
  expect(world.received.every((webhook) => webhook.signed)).toBe(true)
})
