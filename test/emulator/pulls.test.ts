import { expect, test } from 'vitest'
import { openWorld, refusal } from './world.ts'
import type { Clone, TestWorld } from './world.ts'

/** A branch off main with these files, pushed. */
async function push(clone: Clone, branch: string, files: Record<string, string>, from = 'origin/main'): Promise<string> {
  await clone.git('fetch', '--quiet')
  await clone.git('checkout', '--quiet', '-B', branch, from)
  const sha = await clone.commit(files, `work on ${branch}`)
  await clone.git('push', '--quiet', '--force', 'origin', branch)
  return sha
}

async function open(world: TestWorld, head: string, more: Record<string, unknown> = {}) {
  return (await world.app.rest.pulls.create({ ...world.repo, title: `about ${head}`, head, base: 'main', ...more })).data
}

test('a pull request needs two branches, something between them, and no twin', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  await push(clone, 'topic', { 'a.txt': 'a' })
  await clone.git('push', '--quiet', 'origin', 'origin/main:refs/heads/same')
  await open(world, 'topic')
  const errors = async (head: string, base = 'main') => (await refusal(open(world, head, { base }))).errors
  expect({ same: await errors('same'), twin: await errors('topic'), none: await errors('nowhere'), base: await errors('topic', 'nowhere') }).toEqual({
    same: [{ resource: 'PullRequest', code: 'custom', message: 'No commits between main and same' }],
    twin: [{ resource: 'PullRequest', code: 'custom', message: 'A pull request already exists for mara:topic.' }],
    none: [{ resource: 'PullRequest', field: 'head', code: 'invalid' }],
    base: [{ resource: 'PullRequest', field: 'base', code: 'invalid' }],
  })
})

test('whether it merges comes from git, and a merge is pinned to its head', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  const ours = await push(clone, 'ours', { 'a.txt': 'ours\n' })
  await push(clone, 'theirs', { 'a.txt': 'theirs\n' })
  const [one, two] = [await open(world, 'ours'), await open(world, 'theirs')]
  const merge = (pull_number: number, more: Record<string, unknown> = {}) => world.app.rest.pulls.merge({ ...world.repo, pull_number, ...more })
  expect(await refusal(merge(one.number, { sha: '0'.repeat(40) }))).toMatchObject({ status: 409, message: expect.stringContaining('Head branch was modified') })
  const { data } = await merge(one.number, { sha: ours })
  const { data: after } = await world.app.rest.pulls.get({ ...world.repo, pull_number: two.number })
  expect({ mergeable: after.mergeable, state: after.mergeable_state }).toEqual({ mergeable: false, state: 'dirty' })
  expect((await refusal(merge(two.number))).status).toBe(405)
  expect((await refusal(merge(one.number))).status).toBe(405)
  const { data: commit } = await world.app.rest.repos.getCommit({ ...world.repo, ref: data.sha })
  expect(commit.parents.map((parent) => parent.sha)).toEqual([expect.any(String), ours])
  expect(commit.commit.message).toBe('Merge pull request #1 from mara/ours\n\nabout ours')
})

test('squash and rebase leave a straight line, unless the repository forbids them', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  await push(clone, 'squash', { 'a.txt': 'a\n' })
  await push(clone, 'squash', { 'b.txt': 'b\n' }, 'squash')
  await push(clone, 'rebase', { 'c.txt': 'c\n' })
  await push(clone, 'rebase', { 'd.txt': 'd\n' }, 'rebase')
  const [one, two] = [await open(world, 'squash'), await open(world, 'rebase')]
  const merge = (pull_number: number, merge_method: 'merge' | 'squash' | 'rebase') => world.app.rest.pulls.merge({ ...world.repo, pull_number, merge_method, commit_title: 'Titled' })
  world.emulator.setRepository('mara/shop', { allow_merge_commit: false })
  expect(await refusal(merge(one.number, 'merge'))).toMatchObject({ status: 405, message: expect.stringContaining('Merge commits are not allowed') })
  await merge(one.number, 'squash')
  await merge(two.number, 'rebase')
  const { data } = await world.app.rest.repos.listCommits({ ...world.repo, sha: 'main' })
  expect(data.map((commit) => [commit.commit.message.split('\n')[0], commit.parents.length])).toEqual([
    ['work on rebase', 1],
    ['work on rebase', 1],
    ['Titled', 1],
    ['Initial commit', 0],
  ])
})

test('a branch is brought up to its base, once', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  const head = await push(clone, 'topic', { 'a.txt': 'a\n' })
  const pull = await open(world, 'topic')
  const update = (more: Record<string, unknown> = {}) => world.app.rest.pulls.updateBranch({ ...world.repo, pull_number: pull.number, ...more })
  expect((await refusal(update())).message).toContain('no new commits on the base branch')
  await world.emulator.as('mara').commitFile('mara/shop', 'main', 'b.txt', 'b')
  expect((await refusal(update({ expected_head_sha: '0'.repeat(40) }))).status).toBe(422)
  expect((await update({ expected_head_sha: head })).status).toBe(202)
  const { data } = await world.app.rest.pulls.get({ ...world.repo, pull_number: pull.number })
  expect({ commits: data.commits, files: data.changed_files, moved: data.head.sha !== head }).toEqual({ commits: 2, files: 1, moved: true })
  expect((await world.arrived()).slice(-2)).toEqual(['push', 'pull_request.synchronize'])
})

test('an app comments on its own pull request and no more', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  await push(clone, 'topic', { 'a.txt': 'a\n' })
  const { number: pull_number } = await open(world, 'topic')
  const review = (more: Record<string, unknown>) => world.app.rest.pulls.createReview({ ...world.repo, pull_number, ...more })
  expect((await refusal(review({ event: 'APPROVE' }))).errors).toEqual(['Can not approve your own pull request'])
  expect((await refusal(review({ event: 'REQUEST_CHANGES', body: 'no' }))).errors).toEqual(['Can not request changes on your own pull request'])
  expect((await refusal(review({ event: 'COMMENT' }))).status).toBe(422)
  expect((await review({ event: 'COMMENT', body: 'read' })).data.state).toBe('COMMENTED')
})

test('one comment off the diff fails the whole review', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  await push(clone, 'before', { 'a.txt': Array.from({ length: 30 }, (_, line) => `line ${line + 1}\n`).join('') })
  await clone.git('push', '--quiet', 'origin', 'before:main')
  await push(clone, 'topic', { 'a.txt': Array.from({ length: 30 }, (_, line) => (line === 14 ? 'changed\n' : `line ${line + 1}\n`)).join('') })
  const { number: pull_number } = await open(world, 'topic')
  const comment = (path: string, line: number, more: Record<string, unknown> = {}) => ({ path, line, body: 'x', ...more })
  const review = (...comments: object[]) => world.app.rest.pulls.createReview({ ...world.repo, pull_number, event: 'COMMENT', body: 'x', comments: comments as never })
  expect((await refusal(review(comment('a.txt', 15), comment('a.txt', 2)))).errors).toEqual(['Line could not be resolved'])
  expect((await refusal(review(comment('b.txt', 1)))).errors).toEqual(['Path could not be resolved'])
  expect((await world.app.rest.pulls.listReviews({ ...world.repo, pull_number })).data).toEqual([])
  const { data } = await review(comment('a.txt', 15, { side: 'LEFT' }), comment('a.txt', 15, { start_line: 13, start_side: 'RIGHT' }))
  const { data: kept } = await world.app.rest.pulls.listCommentsForReview({ ...world.repo, pull_number, review_id: data.id })
  expect(kept.map(({ side, line, start_line, position, diff_hunk }) => ({ side, line, start_line, position, end: diff_hunk.split('\n').at(-1) }))).toEqual([
    { side: 'LEFT', line: 15, start_line: null, position: 4, end: '-line 15' },
    { side: 'RIGHT', line: 15, start_line: 13, position: 5, end: '+changed' },
  ])
})

test('a comment stays with its line while that is there, and is outdated after', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  const sha = await push(clone, 'topic', { 'a.txt': 'one\ntwo\n' })
  const { number: pull_number } = await open(world, 'topic')
  await world.app.rest.pulls.createReviewComment({ ...world.repo, pull_number, body: 'why', commit_id: sha, path: 'a.txt', line: 2, side: 'RIGHT' })
  const seen = async () => {
    const { data } = await world.app.rest.pulls.listReviewComments({ ...world.repo, pull_number })
    return data.map(({ line, original_line, original_commit_id }) => ({ line, original_line, same: original_commit_id === sha }))
  }
  await push(clone, 'topic', { 'b.txt': 'else\n' }, 'topic')
  expect(await seen()).toEqual([{ line: 2, original_line: 2, same: true }])
  await push(clone, 'topic', { 'a.txt': 'one\nthree\n' }, 'topic')
  expect(await seen()).toEqual([{ line: null, original_line: 2, same: true }])
})

test('people end a pull request from outside: branch deleted, base pushed, closed and reopened', async () => {
  await using world = await openWorld()
  const clone = await world.clone('user-wren')
  const heads = ['deleted', 'pushed', 'closed']
  for (const head of heads) {
    await push(clone, head, { [`${head}.txt`]: 'x' })
    await open(world, head)
  }
  const wren = world.emulator.as('wren')
  await clone.git('push', '--quiet', '--delete', 'origin', 'deleted')
  await clone.git('push', '--quiet', 'origin', 'pushed:main')
  await wren.editPull('mara/shop', 3, { state: 'closed' })
  await expect(wren.editPull('mara/shop', 1, { state: 'open' })).rejects.toThrow('has been deleted')
  const ends = await Promise.all([1, 2, 3].map(async (number) => (({ state, merged }) => ({ state, merged }))(await wren.pull('mara/shop', number))))
  expect(ends).toEqual([
    { state: 'closed', merged: false },
    { state: 'closed', merged: true },
    { state: 'closed', merged: false },
  ])
  expect((await wren.editPull('mara/shop', 3, { state: 'open' })).state).toBe('open')
})

test('a required check holds the merge until it is green', async () => {
  await using world = await openWorld()
  world.emulator.protect('mara/shop', 'main', { required_checks: ['test'], allow_pushes: true })
  const clone = await world.clone('user-wren')
  const head_sha = await push(clone, 'topic', { 'a.txt': 'a' })
  await open(world, 'topic')
  await expect(world.emulator.as('mara').merge('mara/shop', 1)).rejects.toThrow('Required status check "test" is expected.')
  const run = await world.emulator.ci('mara').checkRun('mara/shop', { name: 'test', head_sha, conclusion: 'success' })
  expect(run.app?.slug).toBe('github-actions')
  expect((await world.emulator.as('mara').merge('mara/shop', 1)).merged).toBe(true)
})
